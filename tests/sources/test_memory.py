"""Rows in memory that are no table are told so."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modelgate.errors import DataError
from modelgate.sources import open_dataset


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param(7, "MG3524", id="a-number"),
        pytest.param([{"a": 1}], "MG3524", id="a-list"),
        pytest.param(np.zeros((3, 2)), "MG3524", id="an-array-without-names"),
        pytest.param(pd.DataFrame({"a": [1, "x"]}), "MG3524", id="a-mixed-column"),
        pytest.param(pd.DataFrame({"a": [object()]}), "MG3524", id="objects"),
        pytest.param(pd.DataFrame({"a": []}), "MG3507", id="no-rows"),
        pytest.param(pd.DataFrame(), "MG3507", id="nothing"),
        pytest.param(pd.DataFrame([[1, 2]], columns=["a", "a"]), "MG3508", id="one-name-twice"),
        pytest.param(pd.DataFrame({"": [1]}), "MG3509", id="no-name"),
        pytest.param(pa.table({"a": pa.array([], pa.int64())}), "MG3507", id="table-without-rows"),
        pytest.param({}, "MG3522", id="no-arrays"),
        pytest.param({"a": np.zeros(2), "b": np.zeros(3)}, "MG3522", id="two-lengths"),
        pytest.param({"a": np.array([1, "x"], object)}, "MG3522", id="object-array"),
        pytest.param({"a": np.zeros(2, complex)}, "MG3522", id="complex-numbers"),
    ],
)
def test_what_is_no_table(rows: Any, code: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(rows)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert "\n" not in str(caught.value)


def test_an_index_is_left_out_and_names_are_text() -> None:
    frame = pd.DataFrame({0: [1, 2], 1: ["x", None]}, index=["p", "q"])
    (block,) = open_dataset(frame).blocks()
    assert block.to_pylist() == [{"0": 1, "1": "x"}, {"0": 2, "1": None}]


def test_arrays_with_further_axes_keep_their_shape() -> None:
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    (block,) = open_dataset({"image": images, "y": np.array([0, 1])}).blocks()
    assert block["image"].type == pa.list_(pa.list_(pa.uint8(), 4), 3)
    assert block["image"].to_pylist() == images.tolist()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", [False, True])
def test_any_layout_of_an_array(order: str, turned: bool) -> None:
    array = np.arange(12, dtype=f"{order}f4").reshape(6, 2)
    array = np.asfortranarray(array) if turned else array[::1]
    (block,) = open_dataset({"x": array}).blocks()
    assert block["x"].to_pylist() == array.tolist()


def test_a_reader_is_read_once_and_can_be_asked_again() -> None:
    dataset = open_dataset(pa.table({"a": [1, 2, 3]}).to_reader())
    assert [sum(map(len, dataset.batches())) for _ in range(2)] == [3, 3]


def test_all_nan_and_infinite_numbers_arrive() -> None:
    (block,) = open_dataset({"x": np.array([np.nan, np.inf, -np.inf])}).blocks()
    assert str(block["x"].to_pylist()) == "[nan, inf, -inf]"
