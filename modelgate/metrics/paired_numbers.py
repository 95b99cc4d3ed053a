"""Metrics of regression that are no means of a loss, of two models on the same rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isfinite, sqrt

from modelgate.aggregates.moments import Moments
from modelgate.aggregates.paired_errors import PairedErrors, PairedExplained, PairedSizes
from modelgate.metrics.measure import Compared, Options
from modelgate.metrics.numbers import NO_SCALE
from modelgate.metrics.paired_losses import Central, central_of, compared_of, missing
from modelgate.metrics.quantiles import measured_quantile
from modelgate.metrics.spread import TOO_LARGE, rounded
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.means import MOST
from modelgate.stats.paired_means import Part, difference, usual_error
from modelgate.stats.paired_quantiles import apart, correlation
from modelgate.stats.paired_roots import Squares, share_difference
from modelgate.stats.tails import normal_quantile


def compare_bias(found: PairedErrors, _options: Options) -> Compared:
    """How much farther from 0 the candidate's mean error lies than the champion's.

    |a| - |b| is the larger of min(a - b, a + b) and -max(a - b, a + b): its interval is what those
    of the difference and of the sum leave.
    """
    central = central_of(found.sums, found.unlike)
    if isinstance(central, Compared):
        return central
    if found.reach.span <= 0:
        return missing(NO_SCALE, int(found.sums.rows[0]))
    span = found.reach.error or found.reach.span
    part = replace(central.part, reach=central.part.reach or span)
    both_mean, both = _sum_of(found, central, span)
    error = sqrt(central.champion_variance / found.sums.effective)

    def at(level: float) -> Interval:
        one = difference(central.apart, [part], most=MOST, level=level)
        two = difference(both_mean, [both], most=MOST, level=level)
        # The champion's sign is sure only beyond twice what would show it: whoever took it for
        # sure at once would miss a champion without bias on both sides.
        sure = abs(central.champion) > 2 * normal_quantile((1 + level) / 2) * error
        return _of_sizes(one, two, level, sure=sure)

    return replace(
        compared_of(central, at, found.sums),
        difference=abs(central.candidate) - abs(central.champion),
    )


def compare_r2(found: PairedExplained, _options: Options) -> Compared:
    """How much more of the targets' variance the candidate explains."""
    sums, rows = found.sums, int(found.sums.rows[0])
    central = central_of(sums, found.unlike)
    if isinstance(central, Compared):
        return central
    try:
        targets, spread, joint = map(rounded, _of_targets(sums))
    except OverflowError:
        return missing(TOO_LARGE, rows)
    if targets <= 0:
        return missing("undefined: all targets are equal", rows)
    squares = Squares(
        candidate=central.candidate,
        champion=central.champion,
        part=central.part,
        scale=targets,
        scale_variance=spread,
        joint=joint,
        span=found.reach.error or found.reach.span,
    )
    if not all(map(isfinite, (targets, spread, joint))):
        return missing(TOO_LARGE, rows)

    def at(level: float) -> Interval:
        return share_difference(squares, level=level)

    compared = compared_of(central, at, sums)
    usual = compared.usual_error
    one, two = 1 - central.candidate / targets, 1 - central.champion / targets
    return replace(
        compared,
        value=one,
        champion=two,
        difference=-central.apart / targets,
        usual_error=None if usual is None else usual / targets,
    )


def compare_quantile(found: PairedSizes, options: Options) -> Compared:
    """How much larger the error is that a share of the rows stays below."""
    return _of_quantiles(found, options.quantile)


def compare_median(found: PairedSizes, _options: Options) -> Compared:
    """How much larger the error is that half of the rows stay below."""
    return _of_quantiles(found, 0.5)


def _of_quantiles(found: PairedSizes, share: float) -> Compared:
    one, two = (measured_quantile(sizes, share) for sizes in (found.candidate, found.champion))
    for each in (one, two):
        if each.value is None or each.at is None:
            return Compared(value=None, n=each.n, reason=each.reason)
    assert one.value is not None
    assert two.value is not None
    assert two.interval is not None
    value, champion, first, second = one.value, two.value, one.at, two.at
    assert first is not None
    assert second is not None
    rows = found.candidate.counted.effective
    together = correlation(*found.together(value, champion), rows)

    def at(level: float) -> Interval:
        return apart(value, champion, first(level), second(level), together)

    half = (two.interval.high - two.interval.low) / 2
    return Compared(
        value=value,
        champion=champion,
        interval=at(LEVEL),
        at=at,
        usual_error=usual_error(half / normal_quantile((1 + LEVEL) / 2)),
        method=f"{one.method}, variances recovered",
        n=one.n,
        n_effective=one.n_effective,
        minimum=one.minimum,
        details=one.details,
    )


def _sum_of(found: PairedErrors, central: Central, span: float) -> tuple[float, Part]:
    """The mean of the sum of both errors, and how it is spread."""
    sums = found.sums
    total = sums.total
    mean = (sums.exact("candidate") + sums.exact("champion")) / total
    second = sums.exact("both_squared") / total
    third = sums.exact("both_cubed") / total - 3 * mean * second + 2 * mean**3
    variance = rounded(max(second - mean * mean, Fraction(0)))
    rows = central.part.rows
    unlike = rows * found.opposed / int(sums.rows[0])
    reach = sqrt(variance * rows / unlike) if unlike > 0 else 0.0
    part = Part(
        rows=rows, unlike=unlike, variance=variance, third=rounded(third), reach=reach or span
    )
    return rounded(mean), part


def _of_sizes(one: Interval, two: Interval, level: float, *, sure: bool) -> Interval:
    """The interval of |a| - |b| from those of a - b and a + b; `sure`: of the sign of b."""
    if sure:
        high = max(min(one.high, two.high), -max(one.low, two.low))
    else:
        high = max(one.high, two.high, -one.low, -two.low)
    corners = [(x, y) for x in (one.low, one.high) for y in (two.low, two.high)]
    lows = [max(min(corner), -max(corner)) for corner in corners]
    first, last = max(two.low, -one.high), min(two.high, -one.low)
    if first <= last:  # a may be 0
        lows.append(-max(abs(first), abs(last)))
    return Interval(min(lows), high, level)


def _of_targets(sums: Moments) -> tuple[Fraction, Fraction, Fraction]:
    """Variance of the targets, that of a row's part in it, and its covariance with the rest."""
    total = sums.total

    def mean(name: str) -> Fraction:
        return sums.exact(name) / total

    middle = mean("truth") + mean("truth_rest")
    second = mean("truth_2") + mean("truth_2_rest")
    third, fourth = mean("truth_3"), mean("truth_4")
    targets = max(second - middle**2, Fraction(0))
    spread = fourth - 4 * middle * third + 6 * middle**2 * second - 3 * middle**4 - targets**2
    apart = mean("candidate") - mean("champion")
    joint = mean("apart_truth_2") - 2 * middle * mean("apart_truth") + middle**2 * apart
    return targets, max(spread, Fraction(0)), joint - apart * targets
