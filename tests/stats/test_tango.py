"""Tango's interval: the published values, and what holds for every table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.tails import normal_quantile
from modelgate.stats.tango import scores, tango


def test_it_is_the_interval_of_fagerlands_airway_table() -> None:
    found = tango(1, 7, 21, 0.95)
    assert (round(found.low, 3), round(found.high, 3)) == (-0.517, -0.026)


def test_at_no_difference_its_score_is_mcnemars_on_agrestis_approval_table() -> None:
    assert round(float(scores(150.0, 86.0, 1600, 0.0)) ** 2, 2) == 17.36


def test_an_end_is_where_the_score_is_the_normal_quantile() -> None:
    found = tango(30, 12, 500, 0.95)
    z = normal_quantile(0.975)
    assert float(scores(30.0, 12.0, 500, found.low)) == pytest.approx(z, abs=1e-6)
    assert float(scores(30.0, 12.0, 500, found.high)) == pytest.approx(-z, abs=1e-6)


@given(rows=st.integers(1, 2_000), data=st.data())
def test_it_is_never_sure_and_turns_with_its_sides(rows: int, data: st.DataObject) -> None:
    gains = data.draw(st.integers(0, rows))
    losses = data.draw(st.integers(0, rows - gains))
    found, turned = tango(gains, losses, rows), tango(losses, gains, rows)
    assert -1 <= found.low < found.high <= 1
    assert found.low <= (gains - losses) / rows <= found.high
    assert found.low == pytest.approx(-turned.high, abs=1e-9)


@pytest.mark.parametrize(
    ("gains", "losses", "rows"),
    [
        pytest.param(2, 2, 3, id="more-discordant-rows-than-rows"),
        pytest.param(0, 0, 0, id="no-row"),
        pytest.param(-1, 2, 3, id="less-than-none"),
        pytest.param(math.nan, 2, 3, id="no-number"),
        pytest.param(0, 0, math.inf, id="endless-rows"),
    ],
)
def test_what_no_rows_could_show_is_refused(gains: float, losses: float, rows: float) -> None:
    with pytest.raises(ValueError, match="losses in"):
        tango(gains, losses, rows)
