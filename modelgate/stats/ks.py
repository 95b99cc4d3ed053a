"""Kolmogorov and Smirnov's test of two samples of numbers, ties and bins included."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.bridge import bridge_above
from modelgate.stats.kolmogorov import exact_above, limit_quantile
from modelgate.stats.shift import Counted, Ends, Floats, Integers, Shift, as_p_value
from modelgate.stats.side_by_side import Steps
from modelgate.stats.unpaired import differences_high

EXACT = 4_000
"""Rows of both samples together up to which the exact law is computed."""
ALWAYS = 500
"""Rows up to which it is computed even where no level is near."""
_NEAR = 1e-9, 0.2  # chances between which it matters how exact they are
_BLOCKS = 1_000  # places, evenly apart in rank, that the upper end looks at


def ks(one: Counted, other: Counted) -> Shift:
    """The largest difference between the shares of rows up to a value, and its test.

    Null hypothesis: both samples come from one population. Nothing is paired: the rows of the two
    have nothing to do with each other. Any rows from 1 and 1 to 1e8 and more; in bins, or with
    many equal values, the test sees what they show and keeps its level.

    Up to `EXACT` rows together the p-value is that of all choices of which rows are the first
    sample, given the pooled values: scipy's exact one where no values are equal, and less where
    some are. Beyond, and from `ALWAYS` rows on where no level is near, it is that of the limit,
    which looks at a Brownian bridge just where the samples do (`bridge`). The error of a summary
    is taken off the distance before.

    The effect D is a difference of shares, in [0, 1]: no change of scale that keeps the order
    changes it. Its upper end is the largest that any place between the samples allows, each by
    itself (see `shift`); the lower end takes off what Kolmogorov's law allows to noise.

    Args:
        one: the first sample.
        other: the second; the two may be swapped.

    Source: N. Smirnov (1939), "On the estimation of the discrepancy between empirical curves of
        distribution for two independent samples", Bulletin Mathématique de l'Université de Moscou
        2(2), 3-16; the ends of differences of two shares are Newcombe's (1998), see `unpaired`.
    """
    steps = Steps.of(one, other)
    most = int(np.abs(steps.gaps).max())
    every = steps.rows * steps.others
    shown = most - int((one.error + other.error) * every)  # what no summary's error can make up
    chance, law = _chance(shown, steps)
    ends = distance_ends(one, other, steps)
    return Shift(most / every, as_p_value(chance), ends, f"Kolmogorov-Smirnov, {law}")


def _chance(gap: int, steps: Steps) -> tuple[float, str]:
    """The p-value and its law."""
    together = steps.rows + steps.others
    if together > ALWAYS:
        limit = bridge_above(gap, steps.rows, steps.others, steps.up_to)
        if together > EXACT or not _NEAR[0] <= limit <= _NEAR[1]:
            return limit, "limit"
    return exact_above(gap, steps.rows, steps.others, steps.up_to), "exact"


def distance_ends(one: Counted, other: Counted, steps: Steps | None = None) -> Ends:
    """Where the largest difference of the populations' shares lies, at any level; see `ks`.

    Args:
        one: the first sample.
        other: the second.
        steps: both side by side, where that is known.
    """
    steps = steps or Steps.of(one, other)
    error = one.error + other.error
    effect = int(np.abs(steps.gaps).max()) / (steps.rows * steps.others)
    size = sqrt(steps.rows * steps.others / (steps.rows + steps.others))
    mine, theirs = _places(steps)

    def low(tail: float) -> float:
        return max(0.0, effect - error - limit_quantile(tail) / size)

    def high(tail: float) -> float:
        most = differences_high(mine, steps.rows, theirs, steps.others, tail)
        return min(1.0, max(effect, float(most.max())) + error)

    return Ends(low, high)


def _places(steps: Steps) -> tuple[Floats, Floats]:
    """Shares of both samples up to the places that may bound the distance, the larger first.

    Of each thousandth of all rows those where the difference is largest and smallest: the error of
    a difference hardly changes within.
    """
    gaps = steps.gaps
    block = steps.up_to * _BLOCKS // (steps.rows + steps.others + 1)
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    sizes = np.diff(starts, append=len(gaps))
    highest = _first(gaps == np.repeat(np.maximum.reduceat(gaps, starts), sizes), block)
    lowest = _first(gaps == np.repeat(np.minimum.reduceat(gaps, starts), sizes), block)
    mine, theirs = steps.mine / steps.rows, steps.theirs / steps.others
    return (
        np.concatenate((mine[highest], 1 - mine[lowest])),
        np.concatenate((theirs[highest], 1 - theirs[lowest])),
    )


def _first(marked: NDArray[np.bool_], block: Integers) -> NDArray[np.intp]:
    """The first marked place of each block."""
    places = np.flatnonzero(marked)
    found: NDArray[np.intp] = places[np.diff(block[places], prepend=-1) != 0]
    return found
