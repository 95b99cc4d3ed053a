"""Metrics that are means of a loss, or the root of one, of two models on the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite, log, sqrt

from modelgate.aggregates.losses import SMALLEST
from modelgate.aggregates.moments import Moments
from modelgate.aggregates.paired_losses import PairedLosses, PairedSquares
from modelgate.metrics.measure import (
    BOTH_NEED_SCORES,
    NO_ROWS,
    NO_WEIGHT,
    Compared,
    Options,
    different,
)
from modelgate.metrics.numbers import NO_SCALE
from modelgate.metrics.spread import TOO_LARGE, freedom, rounded
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.means import MOST
from modelgate.stats.paired_means import Part, difference, unseen_reach, usual_error
from modelgate.stats.paired_roots import Squares, root_difference

METHOD = "Hall's transformed t of the rows' differences"
NO_SPREAD = "one row says nothing of the spread"


@dataclass(frozen=True, slots=True)
class Central:
    """Moments of the rows' losses and of their differences.

    Attributes:
        candidate, champion: mean losses.
        apart: the difference of these means, without the rounding of either.
        champion_variance: of one row's loss.
        joint: covariance of a row's difference with the champion's loss; NaN where it is not kept.
        part: how the differences of the rows are spread.
    """

    candidate: float
    champion: float
    apart: float
    champion_variance: float
    joint: float
    part: Part

    @property
    def large(self) -> float:
        """A loss that the champion seldom exceeds: what an unseen row costs where none differs."""
        return self.champion + 2 * sqrt(self.champion_variance)


def compare_mean(found: PairedLosses, _options: Options) -> Compared:
    """The difference of two means of a loss."""
    rows = int(found.sums.rows[0])
    if found.labels_only:
        return missing(BOTH_NEED_SCORES, rows)
    if found.loss == "share" and found.zeros:
        return missing(f"undefined: the target is 0 in {found.zeros} of {rows} rows", rows)
    central = central_of(found.sums, found.unlike)
    if isinstance(central, Compared):
        return central
    most, part = _most(found), central.part
    if not found.unlike:
        part = replace(part, reach=min(found.largest, central.large) or _thinkable(found))
    if part.reach <= 0:
        return missing(NO_SCALE, rows)

    def at(level: float) -> Interval:
        return difference(central.apart, [part], most=most, level=level)

    return compared_of(central, at, found.sums)


def compare_rmse(found: PairedSquares, _options: Options) -> Compared:
    """The difference of two roots of mean squared errors."""
    central = central_of(found.sums, found.unlike)
    if isinstance(central, Compared):
        return central
    if found.reach.span <= 0:
        return missing(NO_SCALE, int(found.sums.rows[0]))
    squares = Squares(
        candidate=central.candidate,
        champion=central.champion,
        part=central.part,
        scale=1.0,
        scale_variance=central.champion_variance,
        joint=central.joint,
        span=min(found.reach.error, sqrt(central.large)) or found.reach.span,
    )

    def at(level: float) -> Interval:
        return root_difference(squares, level=level)

    one, two = sqrt(central.candidate), sqrt(central.champion)
    compared = compared_of(central, at, found.sums)
    # A row moves the champion's root by its square over twice the root.
    usual = compared.usual_error
    usual = usual / (2 * two) if usual is not None and two > 0 else None
    return replace(compared, value=one, champion=two, difference=one - two, usual_error=usual)


def central_of(sums: Moments, unlike: int) -> Central | Compared:
    """The moments of `SUMS` about their means, or why there are none."""
    rows = int(sums.rows[0])
    if not rows:
        return missing(NO_ROWS, 0)
    if sums.effective <= 0:
        return missing(NO_WEIGHT, rows)
    if sums.effective <= 1 + 1e-9:
        return missing(NO_SPREAD, rows)
    try:
        moments, carrying = _about_means(sums), _carrying(sums)
    except OverflowError:
        return missing(TOO_LARGE, rows)
    candidate, champion, apart, champion_variance, variance, third, joint = map(rounded, moments)
    many = sums.effective * min(unlike / rows, carrying)
    seen = variance * sums.effective / many if many > 0 else 0.0
    # Losses have long tails: an unseen row is thought to lie twice as far off as usual.
    alone = 2 * sqrt(champion_variance)
    reach = unseen_reach(sqrt(seen), alone, many) if many > 0 else 0.0
    part = Part(rows=sums.effective, unlike=many, variance=variance, third=third, reach=reach)
    unbiased = champion_variance * freedom(sums.effective)
    found = Central(candidate, champion, apart, unbiased, joint, part)
    known = all(map(isfinite, (candidate, champion, unbiased, variance, third, joint)))
    return found if known else missing(TOO_LARGE, rows)


def _carrying(sums: Moments) -> float:
    """The share of rows that carry the spread, as the kurtosis shows it; 1 where it is not kept."""
    if "apart_fourth" not in sums or not sums.exact("apart_fourth"):
        return 1.0
    second, fourth = sums.exact("apart_squared"), sums.exact("apart_fourth")
    return rounded(3 * second * second / fourth / sums.total)


def _about_means(sums: Moments) -> tuple[Fraction, ...]:
    total = sums.total

    def mean(name: str) -> Fraction:
        return sums.exact(name) / total

    candidate, champion = mean("candidate"), mean("champion")
    apart, second = candidate - champion, mean("apart_squared")
    variance = max(second - apart**2, Fraction(0))
    third = mean("apart_cubed") - 3 * apart * second + 2 * apart**3
    champion_variance = max(mean("champion_squared") - champion**2, Fraction(0))
    joint = mean("apart_champion") - apart * champion if "apart_champion" in sums else Fraction(0)
    return candidate, champion, apart, champion_variance, variance, third, joint


def compared_of(central: Central, at: IntervalAt, sums: Moments) -> Compared:
    """The comparison of the means."""
    rows = int(sums.rows[0])
    interval = at(LEVEL)
    if not (isfinite(interval.low) and isfinite(interval.high)):
        return missing(TOO_LARGE, rows)
    return Compared(
        value=central.candidate,
        champion=central.champion,
        difference=central.apart,
        interval=interval,
        at=at,
        usual_error=usual_error(sqrt(central.champion_variance / sums.effective)),
        method=METHOD,
        n=rows,
        n_effective=different(sums.effective, rows),
    )


def missing(reason: str, rows: int) -> Compared:
    """No comparison, and why."""
    return Compared(value=None, reason=reason, n=rows)


def _most(found: PairedLosses) -> float:
    """The largest difference that there can be."""
    if found.loss == "log":
        return -log(SMALLEST)
    if found.loss == "brier":
        return 1.0 if len(found.facts.classes) == 2 else 2.0
    return 2.0 if found.loss == "symmetric" else MOST


def _thinkable(found: PairedLosses) -> float:
    """What a row may cost where no row has cost anything."""
    if found.loss == "size":
        return found.reach.span
    return min(_most(found), 1.0)
