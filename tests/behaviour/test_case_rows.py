"""A value of a case becomes what it says in its column, or is refused at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from modelgate.behaviour.cases import rows_of
from modelgate.cases import Case, Cases
from modelgate.errors import MistakesError, Where


def column(value: Any, kind: pa.DataType) -> list[Any]:
    """What becomes of the value in a column of this type."""
    case = Case(input={"x": value}, expect=("a",), where=Where("cases.jsonl", 3))
    cases = Cases(Path("cases.jsonl"), (case,))
    return rows_of(cases, pa.schema([("x", kind)])).column(0).to_pylist()  # type: ignore[no-any-return]


def test_what_lacks_a_column_and_what_has_another_type_is_told_together() -> None:
    given: list[dict[str, Any]] = [{"x": 1}, {"x": "b", "y": 1}, {"x": 2, "y": 3}]
    each = [
        Case(input=one, expect=("a",), where=Where("cases.jsonl", line))
        for line, one in enumerate(given, start=1)
    ]
    with pytest.raises(MistakesError) as caught:
        rows_of(
            Cases(Path("cases.jsonl"), tuple(each)),
            pa.schema([("x", pa.int64()), ("y", pa.int64())]),
        )
    found = [(one.code, str(one.where)) for one in caught.value.mistakes]
    assert found == [("MG2143", "cases.jsonl:1"), ("MG2144", "cases.jsonl:2")]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        pytest.param(5, pa.string(), "5", id="a-number-as-text"),
        pytest.param(5, pa.float64(), 5.0, id="a-whole-number"),
        pytest.param(5.0, pa.int64(), 5, id="a-whole-number-with-a-point"),
        pytest.param(None, pa.float64(), None, id="nothing"),
        pytest.param([1, 2], pa.list_(pa.float32(), 2), [1.0, 2.0], id="a-list"),
        pytest.param("b", pa.dictionary(pa.int8(), pa.string()), "b", id="a-category"),
        pytest.param(True, pa.bool_(), True, id="a-truth"),
    ],
)
def test_a_value_that_fits(value: Any, kind: pa.DataType, said: Any) -> None:
    assert column(value, kind) == [said]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param(["5"], pa.string(), id="a-list-as-text"),
        pytest.param({"y": 1}, pa.string(), id="an-object-as-text"),
        pytest.param(True, pa.string(), id="a-truth-as-text"),
        pytest.param("5", pa.float64(), id="a-text-as-number"),
        pytest.param(["5"], pa.float64(), id="a-list-as-number"),
        pytest.param(True, pa.float64(), id="a-truth-as-number"),
        pytest.param(1, pa.bool_(), id="a-number-as-truth"),
        pytest.param(30.5, pa.int64(), id="a-fraction-cut"),
        pytest.param(float("inf"), pa.int64(), id="no-end"),
        pytest.param(1e300, pa.float32(), id="beyond-the-largest"),
        pytest.param(2**70, pa.int64(), id="too-large"),
        pytest.param([1, True], pa.list_(pa.float32(), 2), id="a-truth-in-a-list"),
        pytest.param([1, 2, 3], pa.list_(pa.float32(), 2), id="a-list-too-long"),
        pytest.param(5, pa.timestamp("s"), id="a-number-as-time"),
    ],
)
def test_a_value_that_would_become_another_is_refused(value: Any, kind: pa.DataType) -> None:
    with pytest.raises(MistakesError) as caught:
        column(value, kind)
    (found,) = caught.value.mistakes
    assert (found.code, str(found.where)) == ("MG2144", "cases.jsonl:3")
    assert "'x' takes" in found.message
    assert caught.value.exit_code == 2
