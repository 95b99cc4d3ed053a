"""What it costs to search for inputs that break a property, over what it costs to draw them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

import numpy as np
import psutil
import pyarrow as pa

from tests.benchmarks import material
from tests.benchmarks.measure import Cost, ratio
from tests.benchmarks.taking import Size, Taken, in_turn

EXAMPLES = 1_000
ROWS = 2_000
"""Of the sample that inputs are drawn like: as many as the engine takes at most."""


def examples_tried(size: Size) -> Taken:
    """CPU of a property that holds of 1,000 inputs, worker included, over that of drawing them.

    The model takes twenty columns, five of them texts. Beside it the same of one that is broken,
    shrinking included, over drawing.
    """
    from modelgate.properties import Wish, known
    from modelgate.properties.search import BY_HYPOTHESIS, MOST_BY_HYPOTHESIS, search
    from modelgate.properties.space import Space

    with _asked() as (model, rows):
        answers = model.predict(rows)
        held = known("finite", Wish(), model, answers)
        broken = known("range", Wish(lowest=0.02, highest=0.98), model, answers)
        space = Space(rows, model.artifact.signature)
        slow = min(EXAMPLES // BY_HYPOTHESIS, MOST_BY_HYPOTHESIS)

        def ours(rule: Any = held) -> Cost:
            start = _now()
            again = Space(rows, model.artifact.signature)
            search(model, rule, again, examples=EXAMPLES, seed=0)
            return _since(start)

        def theirs() -> Cost:
            start = _now()
            space.drawn(np.random.default_rng(0), EXAMPLES - slow)
            space.searched(0, slow)
            return _since(start)

        calls, asked = model.calls, model.asked
        left, right = in_turn(size.rounds, ours, theirs)
        mean = (model.asked - asked) / (model.calls - calls)
        shrunk = ours(broken)
    return Taken(
        value=ratio([one.cpu for one in left], [one.cpu for one in right]),
        parts={
            "drawing CPU ms": 1000 * float(np.median([one.cpu for one in right])),
            "broken and shrunk / drawing": shrunk.cpu
            / float(np.median([one.cpu for one in right])),
            "rows a call": mean,
        },
    )


@contextmanager
def _asked() -> Iterator[tuple[Any, pa.RecordBatch]]:
    """The model as a check is given it, in its worker, and the rows of the sample."""
    from modelgate.data_binding import look_at_data
    from modelgate.evaluation import started
    from modelgate.judgement import prepare
    from modelgate.live import LiveModel
    from modelgate.options import Options

    with ExitStack() as stack:
        options = Options()
        worker = started(str(material.model("strings")), options, stack)
        place = str(material.data(ROWS))
        trial = prepare(worker, place, material.TARGET, None, options, start=None)
        look_at_data(trial)
        role = trial.roles["test"]
        assert role.reading is not None
        model = LiveModel(trial.asker, role.reading, role.data.schema, role.data.folder)
        table = pa.Table.from_batches(islice(role.data.batches(), 1))
        yield model, table.select(list(model.columns)).combine_chunks().to_batches()[0]


def _now() -> tuple[float, float]:
    """CPU seconds so far, the worker's among them, and the wall."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    times = [member.cpu_times() for member in family]
    return sum(one.user + one.system for one in times), time.perf_counter()


def _since(start: tuple[float, float]) -> Cost:
    cpu, wall = _now()
    return Cost(cpu - start[0], wall - start[1])
