"""How long the open model takes, told by a clock inside the worker: no wire is in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Answering
from modelgate.worker import calls, prepared

Feeds = Mapping[str, NDArray[Any]]


def timed(
    model: Answering,
    step: Any,
    feeds: Feeds,
    job: Mapping[str, Any],
    *,
    after_each: Callable[[], None],
) -> dict[str, NDArray[Any]]:
    """The seconds that each of so many questions took.

    Args:
        model: the open model.
        step: what prepares its rows, which counts too; None where nothing does.
        feeds: rows enough for one question, or more; the questions go through them in turn.
        job: "rows" is how many questions, "a_question" the rows of each, "given" those in `feeds`;
            "outputs", those wanted.
        after_each: called after every question, outside of the clock.

    Returns:
        "seconds": (rows,).

    Raises:
        Refusal: the model does not take these rows.
    """
    size = job["a_question"]
    parts = [
        _part(model, step, feeds, start, size) for start in range(0, job["given"] - size + 1, size)
    ]
    seconds = np.empty(job["rows"], np.float64)
    for at in range(len(seconds)):
        part = parts[at % len(parts)]
        began = time.perf_counter()
        calls.answer(
            model,
            part if step is None else prepared.prepared(step, part, size),
            size,
            outputs=job["outputs"],
            rows_a_call=size,
            after_each=_nothing,
        )
        seconds[at] = time.perf_counter() - began
        after_each()
    return {"seconds": seconds}


def _part(model: Answering, step: Any, feeds: Feeds, start: int, size: int) -> Feeds:
    """The rows of one question; an input that counts no rows goes whole."""
    counting = model.signature.batched
    return {
        name: array[start : start + size] if step or not counting or name in counting else array
        for name, array in feeds.items()
    }


def _nothing() -> None:
    pass
