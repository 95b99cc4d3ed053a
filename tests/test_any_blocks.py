"""Whatever blocks the rows come in, and in whatever order: every metric says the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.aggregates import Need
from modelgate.binding import Reading
from modelgate.judging import Gathered, Judge
from modelgate.library import Library, builtin_root
from modelgate.metrics.table import METRICS
from modelgate.setting import REQUIRED

METRIC = Library(builtin_root())["metric"]
CLASSIFICATION = Reading(
    task="classification", scores="p", classes=("no", "yes"), positive=1, own=()
)
REGRESSION = Reading(task="regression", values="v")


def names(reading: Reading) -> list[str]:
    return [name for name, metric in METRICS.items() if metric.task == reading.task]


def settings(name: str) -> dict[str, Any]:
    defaults = {key: one.default for key, one in METRIC.settings.items()}
    return {key: one for key, one in defaults.items() if one is not REQUIRED} | {
        "metric": name,
        "k": 1,
    }


def need(name: str, reading: Reading) -> Need:
    assert METRIC.needs is not None
    return METRIC.needs(reading.facts, settings(name))


def judged(reading: Reading, rows: list[Any], cuts: list[int], *, weighted: bool) -> Gathered:
    needs = [need(name, reading) for name in names(reading)]
    judge = Judge(reading, list(dict.fromkeys(needs)), target="y", weight="w" if weighted else None)
    for start, end in pairwise([0, *(cut for cut in cuts if cut < len(rows)), len(rows)]):
        truth, answer, weight = zip(*rows[start:end], strict=True)
        kind = pa.string() if reading.task == "classification" else pa.float64()
        columns = [pa.array(truth, kind), pa.array(weight, pa.float64())]
        found = np.array(answer)
        raw = {"p": np.stack([1 - found, found], axis=1)} if reading.scores else {"v": found}
        judge.add(pa.RecordBatch.from_arrays(columns, ["y", "w"]), raw)
    return judge.gathered


def outcomes(gathered: Gathered, reading: Reading) -> dict[str, Any]:
    found = {
        name: METRIC.ask(gathered.whole[need(name, reading)], **settings(name))
        for name in names(reading)
    }
    assert len(found) >= 8
    return found


WEIGHT = st.none() | st.sampled_from([0.0, 0.1, 1.0, 3.5])
LABELLED = st.tuples(
    st.sampled_from(["no", "yes", None]), st.floats(0, 1) | st.just(float("nan")), WEIGHT
)
MEASURED = st.tuples(
    st.floats(-100, 100) | st.none(), st.floats(-100, 100) | st.just(float("inf")), WEIGHT
)
CASES = st.one_of(
    st.tuples(st.just(CLASSIFICATION), st.lists(LABELLED, min_size=1, max_size=40)),
    st.tuples(st.just(REGRESSION), st.lists(MEASURED, min_size=1, max_size=40)),
)


@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@given(case=CASES, cuts=st.sets(st.integers(1, 39)), seed=st.integers(0, 99))
def test_blocks_and_order_change_no_metric(
    weighted: bool, case: tuple[Reading, list[Any]], cuts: set[int], seed: int
) -> None:
    reading, rows = case
    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    one = judged(reading, rows, sorted(cuts), weighted=weighted)
    other = judged(reading, shuffled, [], weighted=weighted)
    assert one.answers.dropped == other.answers.dropped
    assert outcomes(one, reading) == outcomes(other, reading)
