"""Many columns as one question, and the difference of missing rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.interval import Interval
from modelgate.stats.missing import missing_rates
from modelgate.stats.multiplicity import holm
from modelgate.stats.shift import Shift
from modelgate.stats.shifts import together


def shift(effect: float, p_value: float, reach: float = 0.02) -> Shift:
    def at(level: float) -> Interval:
        return Interval(max(0.0, effect - reach * level), effect + reach * level, level)

    return Shift(effect, p_value, at, "made up")


def test_a_column_has_shifted_where_neither_luck_nor_dust_explains_it() -> None:
    found = together(
        {
            "age": shift(0.08, 1e-4),
            "dust": shift(0.01, 1e-9),
            "luck": shift(0.30, 0.2, reach=0.5),
            "wage": shift(0.20, 1e-3),
        },
        floor=0.05,
    )
    assert found.shown == ("wage", "age")
    assert found.ranked == ("wage", "age", "luck", "dust")
    assert found.p_same == pytest.approx(3e-4)
    assert found.value == 0.20
    assert found.interval.low == pytest.approx(0.182)
    assert found.interval.high == pytest.approx(0.75)


def test_where_none_has_shifted_the_largest_effect_is_shown() -> None:
    found = together({"a": shift(0.01, 1e-9), "b": shift(0.04, 0.5)}, floor=0.05)
    assert found.shown == ()
    assert (found.p_same, found.value) == (1.0, 0.04)


def test_an_effect_at_the_floor_is_not_above_it() -> None:
    assert together({"a": shift(0.05, 1e-9)}, floor=0.05).p_same == 1.0


def test_no_column_is_no_question() -> None:
    with pytest.raises(ValueError, match="no column"):
        together({}, floor=0.05)


@given(
    columns=st.lists(st.tuples(st.floats(0, 1), st.floats(1e-12, 1)), min_size=1, max_size=30),
    floor=st.floats(0, 1),
)
def test_the_smallest_p_and_the_list_agree(
    columns: list[tuple[float, float]], floor: float
) -> None:
    shifts = {f"c{place}": shift(*column) for place, column in enumerate(columns)}
    found = together(shifts, floor)
    assert (found.p_same <= 0.05) == bool(found.shown)
    wanted = holm(np.array([p_value for _, p_value in columns]))
    assert list(found.adjusted.values()) == pytest.approx(wanted)
    assert sorted(found.ranked) == sorted(shifts)
    assert found.interval.high == max(each.interval.high for each in shifts.values())


def test_missing_rates_are_held_against_each_other() -> None:
    found = missing_rates(20, 1000, 50, 1000)
    assert found.effect == pytest.approx(0.03)
    assert found.p_value < 0.001
    assert 0 < found.interval.low < 0.03 < found.interval.high < 0.05
    swapped = missing_rates(50, 1000, 20, 1000)
    assert swapped.interval.low == pytest.approx(found.interval.low)
    assert swapped.interval.high == pytest.approx(found.interval.high)


@pytest.mark.parametrize(
    ("missing", "rows", "others_missing", "others"),
    [(0, 50, 0, 90), (3, 3, 5, 5), (10, 100, 20, 200), (10**6, 10**8, 10**6, 10**8)],
)
def test_equal_rates_lie_nowhere_apart(
    missing: int, rows: int, others_missing: int, others: int
) -> None:
    found = missing_rates(missing, rows, others_missing, others)
    assert (found.effect, found.interval.low) == (0.0, 0.0)
    assert found.p_value == pytest.approx(1)
    assert found.interval.high > 0


def test_few_missing_values_are_fishers() -> None:
    found = missing_rates(0, 10, 4, 10)
    assert found.method == "missing rates, chi-square, exact"
    assert found.p_value == pytest.approx(2 * 210 / 4845, rel=1e-9)


def test_more_missing_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        missing_rates(5, 4, 0, 4)
