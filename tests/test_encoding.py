"""Rows of a table as what the model takes: nothing is rounded, filled or cut silently."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.binding import Feed
from modelgate.encoding import feeds
from modelgate.errors import DataError


def block(**columns: Any) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def test_columns_become_a_matrix_in_the_order_told() -> None:
    made = feeds([Feed("X", "float32", ("b", "a"), (2,))], block(a=[1, 2], b=[0.5, None]))["X"]
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, [[0.5, 1], [np.nan, 2]])


def test_texts_become_objects_of_the_inputs_shape() -> None:
    made = feeds([Feed("X", "string", ("a", "b"), (2,))], block(a=["x", None], b=[1, 2]))["X"]
    assert made.tolist() == [["x", "1"], ["", "2"]]


def test_whole_numbers_stay_whole() -> None:
    made = feeds([Feed("X", "int64", ("a",), ())], block(a=[2**53 + 1, -1]))["X"]
    assert made.tolist() == [2**53 + 1, -1]


@pytest.mark.parametrize(
    ("kind", "column", "code"),
    [
        pytest.param("int64", [1, None], "MG3140", id="a-missing-whole-number"),
        pytest.param("int64", [1.0, float("nan")], "MG3140", id="nan-for-a-whole-number"),
        pytest.param("int32", [1, 2**40], "MG3141", id="too-large"),
        pytest.param("uint8", [1, -1], "MG3141", id="negative-for-unsigned"),
        pytest.param("int8", [1.5, 2.0], "MG3141", id="a-fraction"),
        pytest.param("bool", [True, None], "MG3140", id="a-missing-truth-value"),
        pytest.param("bool", [0, 2], "MG3141", id="two-for-a-truth-value"),
        pytest.param("int8", [128], "MG3141", id="one-too-large"),
        pytest.param("int32", [float("inf")], "MG3141", id="an-infinity-for-a-whole-number"),
        pytest.param("float32", [1.0, 1e300], "MG3141", id="too-large-for-a-fraction"),
        pytest.param("float16", [1, 70_000], "MG3141", id="too-large-for-half-a-fraction"),
    ],
)
def test_what_does_not_fit_is_refused(kind: str, column: list[Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        feeds([Feed("X", kind, ("a",), ())], block(a=column))
    assert caught.value.code == code


def test_an_image_with_a_hole_is_refused() -> None:
    column = pa.array([[1, 2], None], type=pa.list_(pa.uint8(), 2))
    rows = pa.RecordBatch.from_arrays([column], ["x"])
    with pytest.raises(DataError, match="MG3140"):
        feeds([Feed("X", "float32", ("x",), (2,))], rows)


@pytest.mark.parametrize(
    ("kind", "column", "expected"),
    [
        pytest.param("int8", [127, -128], [127, -128], id="the-ends-of-a-type"),
        pytest.param("bool", [0, 1], [False, True], id="bits-as-truth-values"),
        pytest.param("int64", [True, False], [1, 0], id="truth-values-as-bits"),
        pytest.param("int32", [2.0, -3.0], [2, -3], id="whole-fractions"),
        pytest.param("float32", [None, 1.5, float("inf")], [None, 1.5, np.inf], id="infinity"),
        pytest.param("float64", [Decimal("0.25"), None], [0.25, None], id="decimals"),
    ],
)
def test_what_fits_is_the_same_number(kind: str, column: list[Any], expected: list[Any]) -> None:
    made = feeds([Feed("X", kind, ("a",), ())], block(a=column))["X"]
    assert made.dtype == kind
    np.testing.assert_array_equal(made, np.array(expected, dtype=kind))


def test_what_lies_beneath_a_null_counts_for_nothing() -> None:
    beneath = pa.array([1e300, 2.0], mask=np.array([True, False]))
    rows = pa.RecordBatch.from_arrays([beneath], ["a"])
    made = feeds([Feed("X", "float32", ("a",), ())], rows)["X"]
    np.testing.assert_array_equal(made, [np.nan, 2])


def test_the_message_names_column_input_and_type() -> None:
    with pytest.raises(DataError) as caught:
        feeds([Feed("X", "uint8", ("age",), ())], block(age=[3, 300]))
    assert caught.value.exit_code == 3
    assert caught.value.message == (
        "column 'age' holds 3 to 300; the model's input 'X' takes uint8"
    )


def test_an_image_out_of_range_is_refused() -> None:
    column = pa.array([[1.0, 256.0]], type=pa.list_(pa.float64(), 2))
    rows = pa.RecordBatch.from_arrays([column], ["x"])
    with pytest.raises(DataError, match="MG3141"):
        feeds([Feed("X", "uint8", ("x",), (2,))], rows)
