"""What happens to numbers, categories and whole rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modelgate.perturb import named
from modelgate.perturb.material.compared import tables

VALUES = np.array([10.5, 20.5, 30.5, 40.5])


def moved(name: str, values: NDArray[np.float64] = VALUES, **settings: Any) -> NDArray[np.float64]:
    after: NDArray[np.float64] = named(name)(values, seed=1, **settings)
    return after


@pytest.mark.parametrize(
    ("name", "settings", "after"),
    [
        ("increase", {"amount": 10}, [20.5, 30.5, 40.5, 50.5]),
        ("increase", {"amount": 0.01}, [10.51, 20.51, 30.51, 40.51]),
        ("increase", {"share": 0.1}, [11.55, 22.55, 33.55, 44.55]),
        ("decrease", {"amount": 10}, [0.5, 10.5, 20.5, 30.5]),
        ("decrease", {"share": 0.5}, [5.25, 10.25, 15.25, 20.25]),
        ("unit_error", {}, [105, 205, 305, 405]),
        ("unit_error", {"severity": 2}, [1050, 2050, 3050, 4050]),
        ("unit_error", {"severity": 3}, [10500, 20500, 30500, 40500]),
        ("unit_error", {"factor": 0.001}, [0.0105, 0.0205, 0.0305, 0.0405]),
    ],
)
def test_numbers_move_by_what_is_said(
    name: str, settings: dict[str, Any], after: list[float]
) -> None:
    np.testing.assert_allclose(moved(name, **settings), after, rtol=1e-12)


def test_a_share_of_a_negative_number_still_makes_it_larger() -> None:
    np.testing.assert_allclose(moved("increase", np.array([-10.0]), share=0.1), [-9.0])


def test_where_nothing_is_said_the_step_is_a_tenth_of_the_spread() -> None:
    pool = np.array([0.5, 10.5])  # a standard deviation of 5
    np.testing.assert_allclose(moved("increase", pool=pool, severity=4), VALUES + 2)
    np.testing.assert_allclose(moved("decrease", pool=pool), VALUES - 0.5)


def test_a_column_of_whole_numbers_stays_one() -> None:
    ages = np.arange(20.0, 60.0)
    for name in ("noise", "outliers", "increase", "decrease"):
        after = moved(name, ages, severity=4)
        assert np.all(after == np.rint(after)), name
        assert np.any(after != ages), name
    assert set(moved("increase", ages, pool=ages[:2]) - ages) == {1.0}


def test_noise_is_as_wide_as_is_said() -> None:
    values = np.random.default_rng(0).normal(50, 10, 20_000)
    assert moved("noise", values, severity=3).std() == pytest.approx(10.05, rel=0.02)
    noise = moved("noise", values, severity=5) - values
    assert noise.std() == pytest.approx(5, rel=0.02)
    assert abs(noise.mean()) < 0.15
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03
    assert (moved("noise", values, amount=3.0) - values).std() == pytest.approx(3, rel=0.02)


def test_the_least_noise_moves_every_other_whole_number() -> None:
    ages = np.random.default_rng(0).integers(20, 60, 4_000).astype(np.float64)
    steps = moved("noise", ages) - ages
    assert (steps != 0).mean() == pytest.approx(0.5, abs=0.03)
    assert set(steps) <= {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}


def test_yes_and_no_are_not_blurred() -> None:
    flags = np.array([0.0, 1.0, np.nan, 1.0])
    np.testing.assert_array_equal(moved("noise", flags, severity=5), flags)


@pytest.mark.parametrize(
    ("values", "step"),
    [
        pytest.param(np.arange(0, 900, 0.99), 0.01, id="prices"),
        pytest.param(np.arange(0, 900, 0.99).astype(np.float32), 0.01, id="of-single-precision"),
        pytest.param(np.arange(1000.0), 1, id="days"),
        pytest.param(np.arange(1.0, 6.0), 0, id="rooms"),
        pytest.param(np.array([0.0, 1.0]), 0, id="yes-and-no"),
        pytest.param(np.array([7.25, 7.25]), 0, id="all-alike"),
        pytest.param(np.array([np.nan, np.inf]), 0, id="no-number"),
        pytest.param(np.linspace(0, 1e-7, 300), 1e-3 * 2.9e-8, id="measured"),
    ],
)
def test_the_last_digit_that_a_column_writes(values: NDArray[np.float64], step: float) -> None:
    values = values.astype(np.float64)
    after, finite = moved("last_digit", values, pool=values), np.isfinite(values)
    np.testing.assert_array_equal(after[~finite], values[~finite])
    steps = after[finite] - values[finite]
    np.testing.assert_allclose(np.abs(steps), step, rtol=0.01, atol=1e-12)
    assert not step or {-1.0, 1.0} == set(np.sign(steps))


def test_other_rows_have_no_part_in_a_rows_noise() -> None:
    pool = np.array([0.25, 1, 2, 3])
    other = VALUES.copy()
    other[1:] = [np.nan, -7, 0]
    assert moved("noise", VALUES, pool=pool)[0] == moved("noise", other, pool=pool)[0]


def test_outliers_lie_where_they_are_said_to() -> None:
    values = np.random.default_rng(0).normal(0, 1, 2_000)
    far = moved("outliers", values, severity=2) - values
    assert {round(float(one / values.std())) for one in far} == {-5, 5}
    assert 900 < (far > 0).sum() < 1100
    assert np.all(moved("outliers", values, side="below") < values)


def test_another_category_is_any_other_of_the_column() -> None:
    before = ["a"] * 600
    after = named("category_swap")(before, seed=1, pool=["a", "b", "c", "d", None])
    counts = {value: after.count(value) for value in set(after)}
    assert set(counts) == {"b", "c", "d"}
    assert min(counts.values()) > 150
    assert named("category_swap")(["a", None], seed=1) == ["a", None]
    assert named("category_swap")(["a", "b"], seed=1, to="b") == ["b", "b"]


TABLE = pa.RecordBatch.from_pydict(
    {
        "age": pa.array([1.5, 2.5, None] * 400),
        "count": pa.array(np.arange(1200, dtype=np.int32)),
        "city": pa.array(["x", "y", "z"] * 400).dictionary_encode(),
        "pixels": pa.array([[1.0, 2.0]] * 1200, pa.list_(pa.float32(), 2)),
    },
    schema=pa.schema(
        [
            pa.field("age", pa.float64()),
            pa.field("count", pa.int32(), nullable=False),
            pa.field("city", pa.dictionary(pa.int32(), pa.string())),
            pa.field("pixels", pa.list_(pa.float32(), 2)),
        ]
    ),
)


@pytest.mark.parametrize("column", TABLE.schema.names)
def test_a_share_of_the_cells_goes_missing(column: str) -> None:
    one = named("missing")
    after = one(TABLE, seed=1, columns=[column], severity=3)
    lost = one.changed(TABLE, after)
    known = np.array([cell is not None for cell in TABLE.column(column).to_pylist()])
    assert lost[known].mean() == pytest.approx(0.2, abs=0.04)
    assert [cell is None for cell in after.column(column).to_pylist()] == list(lost | ~known)
    assert after.schema.field(column).type == TABLE.schema.field(column).type
    gone = one(TABLE, seed=1, columns=[column], share=1.0)
    assert gone.column(column).null_count == len(TABLE)


def test_cells_of_two_columns_do_not_go_missing_together() -> None:
    after = named("missing")(TABLE, seed=1, columns=["count", "city"], share=0.5)
    lost = [np.array([cell is None for cell in after.column(name).to_pylist()]) for name in (1, 2)]
    assert (lost[0] & lost[1]).mean() == pytest.approx(0.25, abs=0.05)


def test_columns_change_places_and_keep_their_values() -> None:
    one = named("column_order")
    after = one(TABLE, seed=1)
    assert after.schema.names != TABLE.schema.names
    assert after.to_pydict() == {name: TABLE.to_pydict()[name] for name in after.schema.names}
    assert one.changed(TABLE, after).all()
    some = one(TABLE, seed=1, columns=["age", "city"])
    assert some.schema.names == ["city", "count", "age", "pixels"]
    alone = one(TABLE.select(["age"]), seed=1)
    assert alone.schema.names == ["age"]
    assert not one.changed(TABLE.select(["age"]), alone).any()


def test_nan_for_nan_is_no_change() -> None:
    one = named("missing")
    before = pa.RecordBatch.from_pydict({"a": [np.nan, 1.0, None], "b": [1.0, 2.0, 3.0]})
    after = pa.RecordBatch.from_pydict({"a": [np.nan, 2.0, 3.0], "b": [1.0, 2.0, 3.0]})
    assert list(one.changed(before, after)) == [False, True, True]
    numbers = named("noise")
    assert list(numbers.changed(np.array([np.nan, 1.0]), np.array([np.nan, 2.0]))) == [False, True]


def test_cells_of_half_precision_are_compared_too() -> None:
    cells = np.array([1, 2, np.nan, 4], np.float16)
    before = pa.RecordBatch.from_pydict({"x": pa.array(cells)})
    after = pa.RecordBatch.from_pydict({"x": pa.array([cells[0], None, cells[2], cells[0]])})
    assert tables(before, after).tolist() == [False, True, False, True]
