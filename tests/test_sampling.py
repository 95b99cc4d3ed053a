"""The rows that checks may change and ask again are the same however they come."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.aggregates import Batch
from modelgate.provided import Sample
from modelgate.sampling import Sampling

ROWS = 500
VALUES = np.arange(ROWS, dtype=np.float64) * 2


def sampled(
    cuts: list[int], *, seed: int = 3, most: int = 40, group: bool = False, scores: bool = False
) -> Sample | None:
    """A sample of `VALUES`, seen in blocks that end at `cuts`."""
    sampling = Sampling(("value",), seed=seed, group="of" if group else None, rows=most)
    owner = [f"u{row // 10}" for row in range(ROWS)]
    for start, end in zip([0, *cuts], [*cuts, ROWS], strict=True):
        part = VALUES[start:end]
        block = pa.RecordBatch.from_pydict({"value": part.tolist(), "of": owner[start:end]})
        row = np.arange(start, end)
        batch = Batch(
            truth=row % 2,
            answer=row % 3,
            scores=np.stack([row / ROWS, 1 - row / ROWS], axis=1) if scores else None,
            row=row,
        )
        sampling.add(block, batch, row % 7 != 0, start)
    return sampling.sample("classification")


@given(cuts=st.lists(st.integers(0, ROWS), max_size=6), seed=st.integers(0, 5))
def test_any_blocks_give_one_sample(cuts: list[int], seed: int) -> None:
    whole, parts = sampled([], seed=seed), sampled(sorted(cuts), seed=seed)
    assert whole is not None
    assert parts is not None
    assert whole.rows.equals(parts.rows)
    assert whole.positions.tolist() == parts.positions.tolist()


def test_rows_answers_and_truth_stay_together_in_the_order_of_the_file() -> None:
    found = sampled([100, 300], scores=True)
    assert found is not None
    assert len(found) == 40
    assert found.positions.tolist() == sorted(found.positions.tolist())
    assert found.rows.column("value").to_pylist() == VALUES[found.positions].tolist()
    assert found.truth.tolist() == (found.positions % 2).tolist()
    assert found.answers.labels is not None
    assert found.answers.labels.tolist() == (found.positions % 3).tolist()
    assert found.answers.scores is not None
    assert found.answers.scores[:, 0].tolist() == (found.positions / ROWS).tolist()


def test_rows_that_cannot_be_judged_are_never_in_it() -> None:
    found = sampled([], most=ROWS)
    assert found is not None
    assert not (found.positions % 7 == 0).any()
    assert len(found) == int((np.arange(ROWS) % 7 != 0).sum())


def test_of_rows_that_belong_together_one_is_taken() -> None:
    found = sampled([77, 203], most=30, group=True)
    assert found is not None
    assert len(found) == 30
    assert len(set((found.positions // 10).tolist())) == 30


@pytest.mark.parametrize("most", [1, 2_000])
def test_few_or_many_are_wanted(most: int) -> None:
    found = sampled([250], most=most)
    assert found is not None
    assert len(found) == min(most, int((np.arange(ROWS) % 7 != 0).sum()))


def test_without_a_row_there_is_no_sample() -> None:
    assert Sampling(("value",), seed=0).sample("regression") is None
