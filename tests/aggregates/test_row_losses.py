"""Rows with their losses: the same whatever the order and the parts; of many, a fair sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Batch, Facts
from modelgate.aggregates.row_losses import RowLosses
from modelgate.coding import ColumnCoder, columns_of

BINARY = Facts("classification", (0, 1), positive=1)
NUMBER = Facts("regression")
N = 3000
rng = np.random.default_rng(4)
ROWS = pa.RecordBatch.from_pydict(
    {"age": pa.array(rng.integers(18, 90, N)), "country": pa.array(rng.choice(["BR", "NL"], N))}
)
CODER = ColumnCoder(columns_of(ROWS, ()))
TRUTH, ANSWER = rng.integers(0, 2, N), rng.integers(0, 2, N)
SCORES = np.where(ANSWER == 1, 0.8, 0.2)


def batch(rows: Any = slice(None), **others: Any) -> Batch:
    made = Batch(
        truth=TRUTH,
        answer=ANSWER,
        scores=np.stack([1 - SCORES, SCORES], axis=1),
        row=np.arange(N),
        columns=CODER.of(ROWS),
    ).take(rows)
    return Batch(**{name: getattr(made, name) for name in made.__slots__} | others)


def state(parts: Sequence[Any], loss: str = "wrong", kept: int = 1 << 14) -> RowLosses:
    found = RowLosses(BINARY, loss=loss, kept=kept)
    for part in parts:
        found.add(batch(part))
    return found


def same(one: RowLosses, other: RowLosses) -> bool:
    return all(
        np.array_equal(getattr(one.kept, name), getattr(other.kept, name))
        for name in ("content", "loss", "codes")
    )


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        pytest.param("wrong", (TRUTH != ANSWER).astype(float), id="wrong"),
        pytest.param("brier", np.where(TRUTH == ANSWER, 0.04, 0.64), id="brier"),
        pytest.param("log", -np.log(np.where(TRUTH == ANSWER, 0.8, 0.2)), id="log"),
    ],
)
def test_what_a_row_costs(loss: str, wanted: np.ndarray) -> None:
    found = state([slice(None)], loss).kept
    assert np.sort(found.loss) == pytest.approx(np.sort(wanted))


def test_what_a_number_costs() -> None:
    found = RowLosses(NUMBER, loss="size")
    found.add(batch(slice(0, 3), truth=np.array([1.0, 2.0, 3.0]), answer=np.array([1.5, 2.0, 0.0])))
    assert np.sort(found.kept.loss).tolist() == [0.0, 0.5, 3.0]


@pytest.mark.parametrize("kept", [1 << 14, 500], ids=["all-rows", "a-sample"])
def test_neither_order_nor_parts_matter(kept: int) -> None:
    order = rng.permutation(N)
    once = state([slice(None)], kept=kept)
    assert same(once, state([order[:100], order[100:2000], order[2000:]], kept=kept))
    merged = state([order[:1500]], kept=kept)
    merged.merge(state([order[1500:]], kept=kept))
    assert same(once, merged)
    assert (once.rows, merged.rows) == (N, N)


def test_a_sample_is_bounded_and_fair() -> None:
    found = state([slice(start, start + 50) for start in range(0, N, 50)], kept=1000)
    assert 400 <= len(found.kept.loss) <= 1000
    assert found.kept.loss.mean() == pytest.approx((TRUTH != ANSWER).mean(), abs=0.06)
    assert len(np.unique(found.kept.codes[:, 0])) == len(CODER.known[0].values) - 1


def test_what_cannot_be_searched_is_told() -> None:
    labels = RowLosses(BINARY, loss="log")
    labels.add(batch(scores=None))
    assert labels.unknown
    grouped = RowLosses(BINARY, loss="wrong")
    grouped.add(batch(group=np.arange(N, dtype=np.uint64)))
    assert grouped.grouped
    bare = RowLosses(BINARY, loss="wrong")
    bare.add(batch(columns=None))
    assert (bare.columns, len(bare.kept.loss)) == ((), 0)
