"""Differences of paired shares: error rates by enumeration, and what holds for every table.

A rate here is no simulation: all tables that matter are counted with their chance.
"""

from collections.abc import Callable
from math import ceil, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from modelgate.stats.interval import Interval
from modelgate.stats.inversion import p_at_least, p_at_most
from modelgate.stats.paired import (
    FEW,
    MANY,
    mcnemar,
    paired_low,
    paired_method,
    paired_share,
)
from modelgate.stats.paired_exact import SPENT, exact_low
from modelgate.stats.tails import normal_quantile
from modelgate.stats.tango import scores, tango_low

Floats = NDArray[np.float64]
TAIL = 0.05

tables = st.integers(1, 3_000).flatmap(
    lambda rows: st.tuples(
        st.integers(0, min(rows, 60)), st.integers(0, min(rows, 60)), st.just(rows)
    ).filter(lambda table: table[0] + table[1] <= table[2])
)
levels = st.floats(0.05, 0.9998)


def fewest(last: int, keeps: Callable[[int, int], bool]) -> Floats:
    """(last + 1,) by discordant rows, the fewest of one kind that suffice; one more if none do."""
    found, near = [], 0
    for apart in range(last + 1):
        low, high = (0, apart + 1) if apart < 3 else (max(0, near - 1), min(apart + 1, near + 3))
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if keeps(middle, apart - middle) else (middle + 1, high)
        found.append(low)
        near = low
    return np.array(found, dtype=np.float64)


def sufficient(rows: int, last: int, margin: float) -> Floats:
    """(last + 1,) the fewest gains with which a drop of the margin is ruled out."""
    return fewest(last, lambda won, lost: paired_low(won, lost, rows, TAIL) > -margin)


def rate(enough: Floats, rows: int, discordance: float, share: float) -> float:
    """How often a table has `enough` of a kind that is `share` of the discordant rows."""
    apart = np.arange(len(enough))
    given = stats.binom.sf(enough - 1, apart, share)
    return float((stats.binom.pmf(apart, rows, discordance) * given).sum())


def most_apart(rows: int, discordance: float) -> int:
    return min(rows, ceil(rows * discordance + 7 * sqrt(rows * discordance)) + 10)


@pytest.mark.parametrize("rows", [1, 30, 100, 10_000])
def test_without_a_discordant_row_the_rule_of_three_speaks(rows: int) -> None:
    found = paired_share(0, 0, rows)
    assert found.low == pytest.approx((TAIL * (1 - SPENT)) ** (1 / rows) - 1, rel=1e-6)
    assert found.high == pytest.approx(-found.low, rel=1e-9)


def test_one_gain_in_one_row_rules_out_only_that_it_is_rare() -> None:
    # A difference of -0.9 or less needs a gain that comes up in 1 of 20 at most.
    assert paired_low(1, 0, 1, TAIL) == pytest.approx(2 * TAIL * (1 - SPENT) - 1, abs=0.002)
    assert paired_low(0, 1, 1, TAIL) == -1


@pytest.mark.parametrize(
    ("gains", "losses", "rows"),
    [
        pytest.param(1, 7, 21, id="fagerlands-airway-table"),
        pytest.param(7, 1, 21, id="the-other-way-round"),
        pytest.param(3, 3, 60, id="as-many-of-each"),
    ],
)
def test_the_exact_end_is_where_tables_as_good_are_as_rare_as_the_error(
    gains: int, losses: int, rows: int
) -> None:
    tail, apart = 0.025, gains + losses
    found, start = exact_low(gains, losses, rows, tail), tango_low(gains, losses, rows, tail)
    won, lost = np.array(
        [(won, total - won) for total in range(rows + 1) for won in range(total + 1)]
    ).T
    as_good = scores(won, lost, rows, start) >= scores(gains, losses, rows, start) - 1e-9
    side = tail * SPENT * 3 / 8
    ends = stats.beta.ppf([side, 1 - side], [apart, apart + 1], [rows - apart + 1, rows - apart])
    chances = []
    for discordance in np.linspace(max(ends[0], abs(found)), ends[1], 500):
        chance = stats.binom.pmf(won + lost, rows, discordance)
        chance *= stats.binom.pmf(won, won + lost, (discordance + found) / (2 * discordance))
        chances.append(chance[as_good].sum())
    assert max(chances) == pytest.approx(tail * (1 - SPENT), rel=0.01)


def test_from_many_discordant_rows_on_it_is_tangos_with_a_hundredth_to_spare() -> None:
    assert paired_low(60, 40, 900, TAIL) == tango_low(60, 40, 900, TAIL * (1 - SPENT))


@pytest.mark.parametrize(
    ("apart", "method"),
    [
        pytest.param(FEW, "exact unconditional, paired by row", id="few"),
        pytest.param(FEW + 1, "exact unconditional and Tango, paired by row", id="between"),
        pytest.param(MANY, "Tango, paired by row", id="many"),
    ],
)
def test_the_method_is_named(apart: int, method: str) -> None:
    assert paired_method(apart) == method


@pytest.mark.parametrize("rows", [1, 5, 16, 38])
@pytest.mark.parametrize("tail", [0.05, 0.001])
def test_no_side_of_the_exact_interval_misses_more_often_than_it_says(
    rows: int, tail: float
) -> None:
    gains, losses = np.array(
        [(won, apart - won) for apart in range(rows + 1) for won in range(apart + 1)]
    ).T
    low = np.array(
        [exact_low(int(g), int(x), rows, tail) for g, x in zip(gains, losses, strict=True)]
    )
    for discordance in np.linspace(0.02, 1, 40):
        for share in np.linspace(0, 1, 21):
            chance = stats.binom.pmf(gains + losses, rows, discordance)
            chance *= stats.binom.pmf(gains, gains + losses, share)
            missed = low > discordance * (2 * share - 1) + 1e-12
            assert chance[missed].sum() <= tail


@pytest.mark.parametrize(
    ("rows", "margin"),
    [
        pytest.param(90, 0.03, id="90-rows"),
        pytest.param(140, 0.02, id="140-rows"),
        pytest.param(550, 0.02, id="550-rows"),
        pytest.param(1_200, 0.005, id="1200-rows"),
        pytest.param(1_500, 0.01, id="1500-rows"),
    ],
)
def test_a_candidate_at_the_margin_is_promoted_at_most_one_time_in_twenty(
    rows: int, margin: float
) -> None:
    enough = sufficient(rows, most_apart(rows, 0.1), margin)
    for discordance in np.linspace(1.5 * margin, 0.1, 25):
        share = (discordance - margin) / (2 * discordance)
        assert rate(enough, rows, float(discordance), float(share)) <= TAIL


@pytest.mark.parametrize("rows", [500, 2_000, 10_000])
def test_forty_checks_of_an_equal_candidate_block_it_at_most_once_in_two_hundred(rows: int) -> None:
    alpha = 0.005 / 40  # Holm's first level: with no failure true, what the others do is no matter
    last = most_apart(rows, 0.1)
    enough = fewest(last, lambda lost, won: paired_low(lost, won, rows, alpha) >= 0)
    for discordance in np.linspace(0.01, 0.1, 19):
        assert 40 * rate(enough, rows, float(discordance), 0.5) <= 0.005


@pytest.mark.parametrize(
    ("rows", "discordance"),
    [(100, 0.05), (200, 0.08), (500, 0.05), (1_000, 0.08), (2_000, 0.08)],
)
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_a_drop_of_two_points_is_shown_as_often_as_by_mid_p(
    rows: int, discordance: float, alpha: float
) -> None:
    last = most_apart(rows, discordance)
    ours = fewest(last, lambda lost, won: paired_low(lost, won, rows, alpha) >= 0)
    theirs = fewest(last, lambda lost, won: mcnemar(won, lost)[0] <= alpha)
    share = (discordance + 0.02) / (2 * discordance)
    assert rate(ours, rows, discordance, share) >= 0.98 * rate(theirs, rows, discordance, share)


def test_no_row_more_changes_a_verdict_by_two_points_once_some_rows_differ() -> None:
    passing = []
    for rows in range(1_000, 1_006):  # about 50 rows differ: where the methods go over
        enough = sufficient(rows, most_apart(rows, 0.05), 0.02)
        passing.append(rate(enough, rows, 0.05, 0.5))
    assert np.abs(np.diff(passing)).max() < 0.02


@given(table=tables, level=levels)
@example(table=(0, 1, 1), level=0.9)
@example(table=(0, 0, 1), level=0.9998)
def test_it_holds_the_difference_is_never_sure_and_turns_with_its_sides(
    table: tuple[int, int, int], level: float
) -> None:
    gains, losses, rows = table
    found, turned = (
        paired_share(gains, losses, rows, level),
        paired_share(losses, gains, rows, level),
    )
    assert -1 <= found.low < found.high <= 1
    assert found.low <= (gains - losses) / rows <= found.high
    assert (found.low, found.high) == (-turned.high, -turned.low)


@given(table=tables, one=levels, other=levels)
def test_it_widens_with_the_level(table: tuple[int, int, int], one: float, other: float) -> None:
    gains, losses, rows = table
    inner, outer = (paired_share(gains, losses, rows, level) for level in sorted((one, other)))
    close = 1e-7 / rows
    assert outer.low <= inner.low + close
    assert inner.high <= outer.high + close


@given(table=tables, tail=st.sampled_from([0.05, 0.001]))
@example(table=(0, FEW, 1_000), tail=0.05)
@example(table=(MANY // 2, MANY // 2 - 1, 1_000), tail=0.05)
def test_a_gain_more_never_lowers_it_and_a_loss_more_never_lifts_it(
    table: tuple[int, int, int], tail: float
) -> None:
    gains, losses, rows = table
    rows += 1
    low = paired_low(gains, losses, rows, tail)
    close = 1e-6 / rows
    assert paired_low(gains + 1, losses, rows, tail) >= low - close
    assert paired_low(gains, losses + 1, rows, tail) <= low + close


@given(table=tables, bound=st.floats(-0.2, 0.2))
def test_its_p_values_are_below_the_error_just_where_the_interval_excludes(
    table: tuple[int, int, int], bound: float
) -> None:
    gains, losses, rows = table

    def at(level: float) -> Interval:
        return paired_share(gains, losses, rows, level)

    found = paired_share(gains, losses, rows)
    assert (p_at_least(at, bound) <= TAIL) is (found.low >= bound)
    assert (p_at_most(at, bound) <= TAIL) is (found.high <= bound)


@pytest.mark.parametrize(
    ("gains", "losses", "rows"),
    [pytest.param(2.4, 5.7, 80.3, id="few"), pytest.param(0.3, 0.0, 7.9, id="hardly-one")],
)
def test_weighted_counts_lie_between_the_whole_ones(
    gains: float, losses: float, rows: float
) -> None:
    low = paired_low(gains, losses, rows, TAIL)
    worse = paired_low(int(gains), ceil(losses), int(rows), TAIL)
    better = paired_low(ceil(gains), int(losses), int(rows), TAIL)
    assert worse < low < better


@given(table=tables)
def test_counts_that_are_whole_but_for_rounding_are_whole(table: tuple[int, int, int]) -> None:
    gains, losses, rows = table
    off = 1 + 1e-13
    assert paired_low(gains * off, losses / off, rows * off, TAIL) == pytest.approx(
        paired_low(gains, losses, rows, TAIL), abs=1e-9
    )


def test_a_hundred_million_rows_keep_their_digits() -> None:
    few, many = paired_low(3, 9, 10**8, TAIL), paired_low(3, 9, 10**6, TAIL)
    assert few * 10**8 == pytest.approx(many * 10**6, rel=1e-3)
    found = paired_share(4_000_000, 4_001_000, 10**8)
    z = normal_quantile(1 - TAIL * (1 - SPENT))
    assert float(scores(4e6, 4.001e6, 1e8, found.low)) == pytest.approx(z, abs=1e-3)


@pytest.mark.parametrize(
    ("gains", "losses"), [(0, 0), (0, 1), (3, 9), (40, 25), (0, 500), (49_000, 51_000)]
)
def test_mcnemars_mid_p_is_the_binomials(gains: int, losses: int) -> None:
    law = stats.binom(gains + losses, 0.5)
    worse, better = mcnemar(gains, losses)
    assert worse == pytest.approx(float(law.sf(losses) + law.pmf(losses) / 2), rel=1e-9)
    assert better == pytest.approx(float(law.sf(gains) + law.pmf(gains) / 2), rel=1e-9)
    assert worse + better == pytest.approx(1, abs=1e-12)


def test_mcnemars_mid_p_is_stable_at_a_hundred_million_rows() -> None:
    worse, _ = mcnemar(49_990_000, 50_010_000)
    assert worse == pytest.approx(float(stats.norm.sf(2.0)), rel=1e-4)


def test_no_counts_below_none() -> None:
    with pytest.raises(ValueError, match="losses"):
        mcnemar(-1, 2)
    with pytest.raises(ValueError, match="in 3 rows"):
        paired_share(2, 2, 3)
