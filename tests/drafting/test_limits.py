"""Limits are round, on the safe side, and no further off than the interval is wide."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.drafting.limits import limit_above, limit_below, plain


@pytest.mark.parametrize(
    ("value", "low", "said"),
    [
        pytest.param(94.2, 91.6, "90", id="a-few-hundred-rows"),
        pytest.param(94.2, 93.87, "93.8", id="many-rows"),
        pytest.param(0.842, 0.827, "0.82", id="a-score"),
        pytest.param(100.0, 97.8, "96", id="no-mistake-at-all"),
        pytest.param(90.0, 90.0, "90", id="an-exact-number"),
        pytest.param(0.0, 0.0, "0", id="nothing"),
        pytest.param(0.5, -2.5, "-4", id="below-zero"),
    ],
)
def test_limits_from_below(value: float, low: float, said: str) -> None:
    assert plain(limit_below(value, low)) == said


@pytest.mark.parametrize(
    ("value", "high", "said"),
    [
        pytest.param(3.47, 3.93, "4", id="an-error"),
        pytest.param(357.0, 385.0, "400", id="a-large-error"),
        pytest.param(0.422, 0.438, "0.44", id="a-loss"),
        pytest.param(1.2e-6, 1.4e-6, "0.0000014", id="a-tiny-one"),
        pytest.param(2.1e9, 2.4e9, "2400000000", id="a-huge-one"),
    ],
)
def test_limits_from_above(value: float, high: float, said: str) -> None:
    assert plain(limit_above(value, high)) == said


@given(value=st.floats(-1e6, 1e6), width=st.floats(1e-6, 1e6))
def test_a_champion_keeps_its_own_limits(value: float, width: float) -> None:
    low, high = value - width, value + width
    least, most = limit_below(value, low), limit_above(value, high)
    assert Decimal(repr(low)) - Decimal(repr(width * 1.001)) <= least <= Decimal(repr(low))
    assert Decimal(repr(high)) <= most <= Decimal(repr(high)) + Decimal(repr(width * 1.001))
    assert float(plain(least)) <= low
    assert float(plain(most)) >= high
