from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.predictions import Predictions
from modelgate.surveys import Layout, Rows
from modelgate.surveys.row_sample import AnsweredRows, RowSample

ROWS = 5_000
TABLE = pa.RecordBatch.from_pydict(
    {"number": np.arange(ROWS).tolist(), "word": [f"w{row % 7}" for row in range(ROWS)]}
)
LAYOUT = Layout(schema=TABLE.schema, seed=3)


def _fed(survey: RowSample, cuts: list[int]) -> RowSample:
    edges = [0, *sorted(cuts), ROWS]
    for start, end in pairwise(edges):
        block = TABLE.slice(start, end - start)
        answers = Predictions(values=np.arange(start, end, dtype=float))
        survey.add(Rows(block, start, answers))
    return survey


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, ROWS), max_size=6))
def test_other_batches_of_the_same_rows_keep_the_same_ones(cuts: list[int]) -> None:
    whole = _fed(RowSample(LAYOUT, size=200), [])
    parts = _fed(RowSample(LAYOUT, size=200), cuts)
    assert parts.rows.equals(whole.rows)
    assert parts.positions.tolist() == whole.positions.tolist()
    assert parts.total == ROWS


def test_rows_positions_and_answers_belong_together() -> None:
    survey = AnsweredRows(LAYOUT, size=300)
    _fed(survey, [1_000, 2_500])
    assert len(survey) == len(survey.rows) == 300
    assert survey.rows.column("number").to_pylist() == survey.positions.tolist()
    assert survey.answered.values is not None
    assert survey.answered.values.tolist() == survey.positions.tolist()


def test_two_halves_merge_to_the_same_rows_in_either_order() -> None:
    def half(first: int) -> RowSample:
        survey = RowSample(LAYOUT, size=200)
        survey.add(Rows(TABLE.slice(first, ROWS // 2), first))
        return survey

    one, two = half(0), half(ROWS // 2)
    one.merge(half(ROWS // 2))
    two.merge(half(0))
    assert one.rows.equals(two.rows)
    assert one.rows.equals(_fed(RowSample(LAYOUT, size=200), []).rows)
    assert one.total == ROWS


def test_fewer_rows_than_the_size_are_all_kept_and_none_is_an_empty_table() -> None:
    assert _fed(RowSample(LAYOUT, size=ROWS + 1), [4]).rows.equals(TABLE)
    empty = RowSample(LAYOUT)
    assert len(empty) == len(empty.rows) == 0
    assert empty.rows.schema == TABLE.schema


def test_a_sample_answers_by_no_model_unless_it_is_asked_for() -> None:
    assert not RowSample.answers
    assert AnsweredRows.answers
    assert len(AnsweredRows(LAYOUT).answered) == 0
