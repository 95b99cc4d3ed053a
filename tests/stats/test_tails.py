"""The tails agree with scipy, from one row to a hundred million."""

import pytest
from scipy import special, stats

from modelgate.stats.tails import (
    beta_below,
    beta_quantile,
    normal_quantile,
    student_quantile,
)

SIZES = [0.3, 0.5, 1.0, 2.0, 5.5, 20.0, 100.0, 1e3, 1e5]
CHANCES = [1e-9, 1e-4, 0.05, 0.3, 0.5, 0.95, 0.9999]


@pytest.mark.parametrize("a", SIZES)
@pytest.mark.parametrize("b", SIZES)
def test_beta_quantiles_are_scipys_to_ten_digits(a: float, b: float) -> None:
    for chance in CHANCES:
        expected = float(special.betaincinv(a, b, chance))
        if expected > 1e-290:
            assert beta_quantile(chance, a, b) == pytest.approx(expected, rel=1e-10, abs=0)
            assert beta_below(expected, a, b) == pytest.approx(
                float(special.betainc(a, b, expected)), rel=1e-10, abs=0
            )


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [
        # Computed with mpmath 1.4 at 40 digits; scipy itself keeps but eight or so here.
        pytest.param(1e-7, 20, 1e8, 0.00345434738749636, id="20-of-1e8"),
        pytest.param(1e-8, 2, 1e8, 0.26424112133591, id="2-of-1e8"),
        pytest.param(1.02e-5, 1000, 1e8, 0.738631709078325, id="1000-of-1e8"),
    ],
)
def test_a_hundred_million_rows_keep_ten_digits(
    x: float, a: float, b: float, expected: float
) -> None:
    assert beta_below(x, a, b) == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize("freedom", [0.5, 1, 2, 3, 10, 29.5, 1e3, 1e6, 1e8])
def test_student_quantiles_are_scipys(freedom: float) -> None:
    for chance in (1e-6, 0.005, 0.05, 0.5, 0.95, 0.975, 0.9999):
        expected = float(stats.t.ppf(chance, freedom))
        assert student_quantile(chance, freedom) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("chance", [1e-9, 0.05, 0.5, 0.95, 1 - 1e-9])
def test_normal_quantiles_are_scipys(chance: float) -> None:
    assert normal_quantile(chance) == pytest.approx(float(special.ndtri(chance)), abs=1e-10)


def test_the_ends_of_the_range() -> None:
    assert beta_below(0.0, 2, 3) == 0
    assert beta_below(1.0, 2, 3) == 1
    assert beta_quantile(0.0, 2, 3) == 0
    assert beta_quantile(1.0, 2, 3) == 1
