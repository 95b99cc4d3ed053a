from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.cell_hashes import cell_hashes, comparable, row_hashes


def hashes(values: Any, kind: pa.DataType | None = None, *, near: bool = False) -> list[int]:
    array = values if isinstance(values, pa.Array) else pa.array(values, kind)
    found: list[int] = cell_hashes(array, near=near).tolist()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(pa.array([1, 2, None]), pa.array([1.0, 2.0, None]), id="whole-and-double"),
        pytest.param(pa.array([1.5], pa.float32()), pa.array([1.5]), id="single-and-double"),
        pytest.param(pa.array([0.0]), pa.array([-0.0]), id="zeros"),
        pytest.param(pa.array([float("nan")]), pa.array([None], pa.float64()), id="missing"),
        pytest.param(
            pa.array(["a", "b", "a"]), pa.array(["a", "b", "a"], pa.large_string()), id="large"
        ),
        pytest.param(
            pa.array(["a", None, "b"]),
            pa.array(["a", None, "b"]).dictionary_encode(),
            id="dictionary",
        ),
        pytest.param(
            pa.array([datetime(2020, 1, 1)], pa.timestamp("ms")),  # noqa: DTZ001
            pa.array([datetime(2020, 1, 1)], pa.timestamp("ms")),  # noqa: DTZ001
            id="times",
        ),
        pytest.param(pa.array([b"ab"]), pa.array([b"ab"], pa.large_binary()), id="bytes"),
    ],
)
def test_equal_values_of_other_types_have_one_hash(one: pa.Array, other: pa.Array) -> None:
    assert cell_hashes(one).tolist() == cell_hashes(other).tolist()


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), min_size=2, max_size=40), st.integers(0, 10))
def test_texts_have_one_hash_exactly_where_they_are_equal(texts: list[str], start: int) -> None:
    found = hashes([text.encode("utf-8", "replace").decode() for text in texts])
    known = [text.encode("utf-8", "replace").decode() for text in texts]
    for place, text in enumerate(known):
        for other, also in enumerate(known):
            assert (found[place] == found[other]) is (text == also)
    column = pa.array(known)
    assert cell_hashes(column.slice(min(start, len(known)))).tolist() == found[start:]


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=40))
def test_numbers_have_one_hash_exactly_where_they_are_equal(values: list[float]) -> None:
    found = hashes(values)
    assert len(set(found)) == len({value + 0.0 for value in values})


def test_large_whole_numbers_are_told_apart() -> None:
    large = [2**60, 2**60 + 1, -(2**60), -(2**60) - 1]
    assert len(set(hashes(large, pa.int64()))) == 4


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Hello, World!", "hello world", True),
        ("café", "CAFE ", True),
        ("straße", "strasse", False),
        ("hello world", "hello word", False),
        (1234.4, 1234.2, True),
        (1234.4, 1236.0, False),
        (0.000123449, 0.00012341, True),
        (0.0, 1e-300, False),
    ],
)
def test_nearly_equal_values_may_count_as_equal(one: Any, other: Any, alike: bool) -> None:
    first, second = hashes([one, other], near=True)
    assert (first == second) is alike
    first, second = hashes([one, other])
    assert first != second


def test_rows_are_told_apart_by_which_column_holds_what() -> None:
    block = pa.RecordBatch.from_pydict({"a": [1, 2, 1], "b": [2, 1, 2]})
    one, two, three = row_hashes(block, ("a", "b")).tolist()
    assert one == three != two


def test_no_two_of_many_rows_have_one_hash() -> None:
    rng = np.random.default_rng(0)
    block = pa.RecordBatch.from_pydict(
        {"n": rng.permutation(200_000).tolist(), "t": ["x"] * 200_000}
    )
    assert len(set(row_hashes(block, ("n", "t")).tolist())) == 200_000


def test_vectors_are_rows_of_their_numbers() -> None:
    kind = pa.list_(pa.float32(), 2)
    one, two, three = hashes([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]], kind)
    assert one == three != two


def test_vectors_hash_alike_whether_or_not_another_row_lacks_its_own() -> None:
    kind = pa.list_(pa.float32(), 2)
    whole = hashes([[1.0, 2.0], [3.0, 4.0]], kind)
    some = hashes([None, [1.0, 2.0], None, [3.0, 4.0]], kind)
    assert some[1::2] == whole
    assert some[0] == some[2] == hashes([None])[0]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[1.0], [1.0, 2.0], None, [1.0]]),
        pa.array([{"a": 1}, {"a": 2}, None, {"a": 1}]),
        pa.array([[("a", 1)], [("a", 2)], None, [("a", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.array([(1, 2, 3), (1, 2, 4), None, (1, 2, 3)], pa.month_day_nano_interval()),
    ],
    ids=["lists", "structures", "maps", "spans"],
)
def test_cells_that_hold_several_values_are_told_apart(array: pa.Array) -> None:
    found = hashes(array)
    assert found[0] == found[3]
    assert len({*found}) == 3
    assert found[1:3] == hashes(array.slice(1, 2))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (pa.int64(), pa.float32(), True),
        (pa.int8(), pa.decimal128(9, 2), True),
        (pa.string(), pa.dictionary(pa.int8(), pa.large_string()), True),
        (pa.null(), pa.string(), True),
        (pa.string(), pa.int64(), False),
        (pa.float32(), pa.float64(), False),
        (pa.timestamp("us"), pa.string(), False),
        (pa.timestamp("us"), pa.timestamp("ns"), False),
        (pa.list_(pa.float32(), 2), pa.list_(pa.float64(), 2), False),
    ],
)
def test_which_columns_can_hold_equal_cells(
    one: pa.DataType, other: pa.DataType, found: bool
) -> None:
    assert comparable(one, other) is comparable(other, one) is found


def test_numbers_of_any_precision_are_nearly_alike() -> None:
    assert comparable(pa.float32(), pa.float64(), near=True)
