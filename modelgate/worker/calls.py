"""One block of rows as calls of the model; runs inside the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Answering
from modelgate.worker.explain import Refusal, shorten

Feeds = Mapping[str, NDArray[Any]]


_TOO_LARGE = ("ailed to allocate", "bad_alloc", "BFCArena", "output tensor would require more than")


def answer(
    model: Answering,
    feeds: Feeds,
    rows: int,
    *,
    outputs: Sequence[str],
    rows_a_call: int,
    after_each: Callable[[], None],
) -> dict[str, NDArray[Any]]:
    """What the model answers to some rows.

    Args:
        model: the open model.
        feeds: inputs that count rows (rows, ...), or one whole input a row where no axis counts
            them; constants whole.
        rows: their number, 0 or more.
        outputs: those wanted.
        rows_a_call: rows of one call, where the model takes any number.
        after_each: called after every call of the model.

    Returns:
        By output: (rows, ...).

    Raises:
        Refusal: the model raised, or answered what does not belong to these rows.
    """
    parts: list[list[NDArray[Any]]] = []
    for count, feed in _calls(model, feeds, rows, rows_a_call):
        try:
            found = model.run(feed, outputs)
        except Refusal:
            raise
        except MemoryError:
            raise Refusal("MG4003", "needs more memory for one call than it is given") from None
        except Exception as error:  # noqa: BLE001 (onnxruntime raises what it likes)
            raise _explained(str(error)) from None
        if len(found) != len(outputs):  # asked for no output, onnxruntime gives all
            raise Refusal("MG4004", "has no output of numbers or text; it gives other containers")
        parts.append(
            [_kept(model, name, one, count) for name, one in zip(outputs, found, strict=True)]
        )
        after_each()
    return {name: _joined(name, [part[i] for part in parts]) for i, name in enumerate(outputs)}


def _calls(
    model: Answering, feeds: Feeds, rows: int, rows_a_call: int
) -> Iterator[tuple[int, Feeds]]:
    """The rows of each call, and its inputs."""
    signature = model.signature
    if not signature.batched:
        for row in range(rows):
            yield 1, {name: array[row] for name, array in feeds.items()}
        return
    step = signature.batch or rows_a_call
    for start in range(0, rows, step):
        count = min(step, rows - start)
        pad = step - count if signature.batch else 0
        yield (
            count,
            {
                name: _padded(array[start : start + count], pad)
                if name in signature.batched
                else array
                for name, array in feeds.items()
            },
        )


def _padded(array: NDArray[Any], pad: int) -> NDArray[Any]:
    """The rows, then the last one again: a batch must be full, and zeros may be no valid row."""
    return np.concatenate([array, np.repeat(array[-1:], pad, axis=0)]) if pad else array


def _kept(model: Answering, name: str, found: Any, count: int) -> NDArray[Any]:
    """One output of one call as (count, ...)."""
    array = _stacked(name, found) if isinstance(found, list) else np.asarray(found)
    if not model.signature.batched:
        return array[np.newaxis]
    asked = model.signature.batch or count
    if array.ndim == 0 or len(array) != asked:
        given = "one number" if array.ndim == 0 else f"{len(array)} rows"
        raise Refusal("MG4004", f"answered {given} of {asked} in output {name!r}")
    return array[:count]


def _stacked(name: str, found: list[Any]) -> NDArray[Any]:
    """A sequence of tensors as one array."""
    arrays = [np.asarray(one) for one in found]
    if any(isinstance(one, dict) for one in found):
        raise Refusal("MG4004", f"answers dictionaries in output {name!r}; leave that output out")
    if len({(one.shape, one.dtype) for one in arrays}) > 1:
        raise Refusal("MG4004", f"answers tensors of different shapes in output {name!r}")
    return np.stack(arrays) if arrays else np.empty((0,), np.float32)


def _joined(name: str, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return np.empty((0,), np.float32)
    if len({part.shape[1:] for part in parts}) > 1:
        raise Refusal("MG4004", f"answers shapes that differ from call to call in output {name!r}")
    return np.concatenate(parts)


def _explained(text: str) -> Refusal:
    if any(sign in text for sign in _TOO_LARGE):
        return Refusal("MG4003", "needs more memory for one call than it is given")
    if "Got invalid dimensions" in text or "Unexpected input data type" in text:
        return Refusal("MG3160", f"does not take these rows: {shorten(text)}")
    return Refusal("MG4002", f"broke off: {shorten(text)}")
