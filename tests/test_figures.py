"""Numbers in words: their units, and the digits that mean something."""

from __future__ import annotations

import pytest

from modelgate.figures import figures, number, significant
from tests.results import result


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        pytest.param(0.912, "share", "91.2 %", id="share"),
        pytest.param(1.0, "share", "100.0 %", id="all"),
        pytest.param(0.99996, "share", "99.996 %", id="nearly-all-is-not-all"),
        pytest.param(0.00002, "share", "0.002 %", id="nearly-none-is-not-none"),
        pytest.param(0.0, "share", "0.0 %", id="none"),
        pytest.param(3.4142, "mpg", "3.41 mpg", id="own-unit"),
        pytest.param(-3.4142, "mpg", "-3.41 mpg", id="negative"),
        pytest.param(12345.678, "EUR", "12,346 EUR", id="thousands"),
        pytest.param(0.0312, "second", "31.2 ms", id="milliseconds"),
        pytest.param(3 * 2**20, "byte", "3 MiB", id="bytes"),
        pytest.param(1, "row", "1 row", id="one-row"),
        pytest.param(2, "rows", "2 rows", id="two-rows"),
        pytest.param(0, "broken promise", "0 broken promises", id="plural-of-two-words"),
        pytest.param(0.951, "score", "0.951", id="unit-goes-without-saying"),
        pytest.param(-0.0, "", "0", id="no-negative-zero"),
        pytest.param(1e-12, "", "1e-12", id="tiny"),
        pytest.param(2.5e12, "", "2.5e+12", id="huge"),
    ],
)
def test_a_number_has_its_unit_and_no_needless_digit(value: float, unit: str, shown: str) -> None:
    assert number(value, unit) == shown


def test_an_interval_says_how_many_digits_mean_something() -> None:
    shown = figures(result(value=2.8541, interval=(2.66, 3.052), unit="mpg", limit={"at_most": 3}))
    assert (shown.value, shown.interval, shown.limit) == ("2.85 mpg", "2.66–3.05 mpg", "3 mpg")  # noqa: RUF001


def test_a_value_beside_its_limit_is_not_rounded_onto_it() -> None:
    shown = figures(result(value=0.92982, interval=(0.9034, 0.9505), limit={"at_least": 0.93}))
    assert (shown.value, shown.limit) == ("92.98 %", "93 %")


def test_a_negative_interval_has_a_word_between_its_ends() -> None:
    shown = figures(result(value=0.1, interval=(-0.2, 0.4), unit="score", limit={}))
    assert shown.interval == "-0.20 to 0.40"


def test_digits_before_the_point_mean_nothing_where_the_interval_is_wide() -> None:
    shown = figures(
        result(value=5696426.0, interval=(5571856.0, 5855569.0), unit="rows a second", limit={})
    )
    assert (shown.value, shown.low, shown.high) == (
        "5,700,000 rows a second",
        "5,570,000 rows a second",
        "5,860,000 rows a second",
    )


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (384.2, 2, "380"),
        (0.05123, 2, "0.051"),
        (0.0, 2, "0"),
        (-14.46534, 6, "-14.4653"),
        (1e-9, 2, "1e-09"),
        (float("nan"), 6, "nan"),
    ],
)
def test_so_many_digits_and_no_exponent(value: float, digits: int, text: str) -> None:
    assert significant(value, digits) == text
