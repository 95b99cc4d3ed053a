"""The intervals that p-values are inverted from: they hold the value and widen with the level."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.stats.calibration_error import CalibrationError, equal_mass
from modelgate.stats.coverage import Answered, RiskArea, RiskAt
from modelgate.stats.interval import Interval
from modelgate.stats.operating import (
    Counts,
    LeastCost,
    PrecisionAtRecall,
    RecallAtAlarms,
    binomial_ends,
)
from modelgate.stats.recalibration import recalibration

LEVELS = (0.01, 0.2, 0.5, 0.8, 0.9, 0.98, 0.9998, 1 - 1e-9)


def curve(seed: int, rows: int, *, tied: bool, sure: float) -> tuple[Any, Any, Any]:
    """Scores from the highest down; rows of the class, and others, at each."""
    rng = np.random.default_rng(seed)
    said = 1 / (1 + np.exp(-sure * rng.normal(size=rows)))
    said = said.round(1) if tied else said
    truth = rng.random(rows) < said
    truth[:2] = False, True
    scores, place = np.unique(said, return_inverse=True)
    own = np.bincount(place, weights=truth, minlength=len(scores))
    others = np.bincount(place, weights=~truth, minlength=len(scores))
    return scores[::-1], own[::-1], others[::-1]


def counts(scores: Any, own: Any, others: Any) -> Counts:
    return Counts(scores, np.cumsum(own), np.cumsum(others))


MEASURES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "calibration error": lambda s, p, n: CalibrationError(
        equal_mass(s, p, n, bins=10, effective=float((p + n).sum()))
    ),
    "precision at recall": lambda s, p, n: PrecisionAtRecall(counts(s, p, n), 0.8),
    "recall at alarms": lambda s, p, n: RecallAtAlarms(counts(s, p, n), 0.05),
    "cost": lambda _, p, n: LeastCost(p, n, 1.0, 5.0),
    "risk": lambda s, p, n: RiskAt(Answered(s, p, n), 0.7),
    "risk area": lambda s, p, n: RiskArea(Answered(s, p, n)),
}


@pytest.mark.parametrize("name", list(MEASURES))
@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(4, 400),
    tied=st.booleans(),
    sure=st.sampled_from([0.1, 1.5, 6.0]),
)
def test_an_interval_holds_its_value_and_widens(
    name: str, seed: int, rows: int, tied: bool, sure: float
) -> None:
    found = MEASURES[name](*curve(seed, rows, tied=tied, sure=sure))
    before = Interval(found.value, found.value)
    for level in LEVELS:
        at = found(level)
        assert np.isfinite([at.low, at.high]).all()
        assert at.low <= found.value + 1e-12
        assert found.value <= at.high + 1e-12
        assert at.low <= before.low + 1e-9
        assert before.high <= at.high + 1e-9
        before = at
    assert before.high > before.low  # nothing is ever known for sure


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), rows=st.integers(30, 300), tied=st.booleans())
def test_slope_and_intercept_widen_too(seed: int, rows: int, tied: bool) -> None:
    scores, own, others = curve(seed, rows, tied=tied, sure=1.5)
    fit = recalibration(scores, own, others, effective=float(rows))
    assert not isinstance(fit, str)
    for value, interval in ((fit.slope, fit.slope_at), (fit.intercept, fit.intercept_at)):
        low = high = value
        for level in LEVELS:
            at = interval(level)
            assert at.low <= low + 1e-5
            assert high - 1e-5 <= at.high
            low, high = at.low, at.high


@given(rows=st.integers(1, 500), chance=st.floats(0.001, 0.999), level=st.sampled_from(LEVELS))
def test_binomial_ends_are_scipys(rows: int, chance: float, level: float) -> None:
    from scipy.stats import binom

    tail = (1 - level) / 2
    low, high = binomial_ends(rows, chance, level)
    for wanted, found in ((tail, low), (1 - tail, high)):
        assert binom.cdf(found, rows, chance) >= wanted - 1e-9
        assert found == 0 or binom.cdf(found - 1, rows, chance) < wanted + 1e-9
