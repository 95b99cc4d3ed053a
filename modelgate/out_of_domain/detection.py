"""How well a score tells inputs from elsewhere apart, and a threshold for serving to use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import floor
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.areas import area_of, at_scores
from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.operating import Counts, RecallAtAlarms
from modelgate.stats.ranks import average_precision, logit_interval
from modelgate.stats.shares import clopper_pearson

Floats = NDArray[np.float64]
Measure = Literal["auroc", "fpr_at_95", "aupr_in", "aupr_out"]
KEPT = 0.95
"""Share of the rows of the domain that are let through, where a false alarm rate is told."""
EXPORTED = 0.95
"""Two-sided level of what is said of an exported threshold."""
BETTER: dict[Measure, Literal["higher", "lower"]] = {
    "auroc": "higher",
    "fpr_at_95": "lower",
    "aupr_in": "higher",
    "aupr_out": "higher",
}


@dataclass(frozen=True, slots=True)
class Detected:
    """How well two kinds of rows are told apart.

    Attributes:
        value: of the measure, in [0, 1].
        at: where the true one lies, at any level.
        method: of the interval.
    """

    value: float
    at: IntervalAt
    method: str


def detected(inside: Floats, outside: Floats, measure: Measure) -> Detected:
    """How well a score tells rows from elsewhere from those of the domain.

    The two samples have nothing to do with each other. A row from elsewhere counts as positive for
    `auroc` and `aupr_out`, one of the domain for `aupr_in`; `fpr_at_95` is the share of rows from
    elsewhere that pass where 95 % of those of the domain do.

    Args:
        inside: (n,) scores of rows of the domain, at least one; none NaN, infinity may be.
        outside: (m,) of rows from elsewhere, likewise; more is more unfamiliar.
        measure: what is told.
    """
    if measure == "auroc":
        area = area_of(outside, inside)
        return Detected(area.value, area.at, "DeLong, Clopper-Pearson")
    thresholds, strange, familiar = at_scores(outside, inside)
    if measure == "fpr_at_95":
        counts = Counts(thresholds, np.cumsum(strange), np.cumsum(familiar))
        caught = RecallAtAlarms(counts, 1 - KEPT)
        return Detected(1 - caught.value, _turned(caught), "Wilson, binomial threshold")
    own, rest = (strange, familiar) if measure == "aupr_out" else (familiar[::-1], strange[::-1])
    found, _ = average_precision(own, rest)
    rows = float(own.sum())
    return Detected(found, lambda level: logit_interval(found, rows, level), "logit")


def _turned(at: Callable[[float], Interval]) -> IntervalAt:
    def turned(level: float) -> Interval:
        found = at(level)
        return Interval(1 - found.high, 1 - found.low, level)

    return turned


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which score on an input is taken for one from elsewhere; for serving to use.

    Attributes:
        score: its name.
        above: an input whose score is above it is from elsewhere.
        rejects: share of the rows of the domain that this rejects, found on rows that had no part
            in choosing it.
        low, high: where the true share lies.
        level: with which probability it does.
        fitted: rows that chose the threshold.
        verified: rows that it was tried on.
        digest: of the scores it was fitted on.
    """

    score: str
    above: float
    rejects: float
    low: float
    high: float
    level: float
    fitted: int
    verified: int
    digest: str

    @property
    def exported(self) -> dict[str, Any]:
        """The same, JSON-ready."""
        return asdict(self)


def threshold_for(inside: Floats, score: str, rejects: float, seed: int) -> Threshold | None:
    """A threshold that rejects at most such a share of the domain: fitted on half, tried on half.

    Of n rows that chose it and one more, exchangeable with them, the one more lies above the
    threshold with a chance of at most `rejects` (split conformal prediction; V. Vovk et al. (2005),
    "Algorithmic learning in a random world", proposition 2.3).

    Args:
        inside: (n,) scores of rows of the domain.
        score: its name.
        rejects: in (0, 1).
        seed: of the halves.

    Returns:
        None where the rows are too few to reject so few of them: (n + 1) rejects < 1, or no row is
        left to try it on.
    """
    order = np.random.default_rng(seed).permutation(len(inside))
    fit, tried = inside[order[::2]], inside[order[1::2]]
    above = floor((len(fit) + 1) * rejects)
    if above < 1 or not len(tried):
        return None
    chosen = float(np.sort(fit)[len(fit) - above])
    if not np.isfinite(chosen):
        return None
    rejected = int((tried > chosen).sum())
    interval = clopper_pearson(rejected, len(tried), EXPORTED)
    return Threshold(
        score=score,
        above=chosen,
        rejects=rejected / len(tried),
        low=interval.low,
        high=interval.high,
        level=EXPORTED,
        fitted=len(fit),
        verified=len(tried),
        digest=f"sha256:{hashlib.sha256(np.sort(fit).tobytes()).hexdigest()}",
    )
