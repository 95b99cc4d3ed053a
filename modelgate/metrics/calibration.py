"""Whether probabilities mean what they say."""

from __future__ import annotations

from math import isclose
from typing import Any

import numpy as np

from modelgate.aggregates import Facts, Need
from modelgate.aggregates.confidence import Confidence
from modelgate.aggregates.ranking import Curve, Ranking
from modelgate.metrics.measure import Measured, different, nothing, rows_for_rarest
from modelgate.metrics.scores import without
from modelgate.stats.calibration_error import Bins, CalibrationError, equal_mass
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.means import loss_mean
from modelgate.stats.recalibration import recalibration
from modelgate.stats.shares import share

FEWEST = 100
"""Rows below which a calibration error is mostly noise."""
SHOWN = 3


def need_for(facts: Facts) -> Need:
    """The positive class's scores; of more than two classes the confidence of the answers."""
    return Need(Confidence) if facts.positive is None else Need(Ranking)


def measure_error(found: Ranking | Confidence, bins: int) -> Measured:
    """The expected calibration error, without what noise adds to it."""
    ranking, curve = _of(found)
    if (missing := without(ranking.labels_only, ranking.classes)) is not None:
        return missing
    effective = ranking.classes.effective
    table = _binned(curve, bins, effective)
    error = CalibrationError(table)
    return Measured(
        value=error.value,
        interval=error(LEVEL),
        at=error,
        method=f"{len(table.share)} bins of equal mass, less the noise; Bonferroni over patterns",
        n=ranking.rows,
        n_effective=different(effective, ranking.rows),
        minimum=FEWEST,
        details={
            "with_noise": error.raw,
            "noise_if_calibrated": error.noise,
            **_details(found, table),
        },
    )


def measure_brier(found: Ranking | Confidence, bins: int) -> Measured:
    """The mean squared distance of the probability, and what it is made of.

    Source: D. B. Stephenson, C. A. S. Coelho and I. T. Jolliffe (2008), "Two extra components in
        the Brier score decomposition", Weather and Forecasting 23, 752-757: resolution here is
        their generalised one, so that the parts add up whatever the bins.
    """
    ranking, curve = _of(found)
    if (missing := without(ranking.labels_only, ranking.classes)) is not None:
        return missing
    effective = ranking.classes.effective
    if effective <= 1 + 1e-9:
        return nothing("one row says nothing of the spread", n=ranking.rows)
    total = float((curve.positives + curve.negatives).sum())
    lost, kept = (1 - curve.scores) ** 2, curve.scores**2
    mean = float((curve.positives * lost + curve.negatives * kept).sum()) / total
    square = float((curve.positives * lost**2 + curve.negatives * kept**2).sum()) / total
    variance = max(square - mean * mean, 0.0) * effective / (effective - 1)

    def at(level: float) -> Interval:
        return loss_mean(mean, variance, effective, span=1.0, most=1.0, level=level)

    table = _binned(curve, bins, effective)
    return Measured(
        value=mean,
        interval=at(LEVEL),
        at=at,
        method="Student's t of the logarithm",
        n=ranking.rows,
        n_effective=different(effective, ranking.rows),
        details={**_decomposed(table, mean), **_details(found, table)},
    )


def measure_bend(found: Ranking | Confidence, bins: int, name: str) -> Measured:
    """The slope or the intercept of a logistic regression of what happened on what was said."""
    ranking, curve = _of(found)
    if (missing := without(ranking.labels_only, ranking.classes)) is not None:
        return missing
    effective = ranking.classes.effective
    fit = recalibration(curve.scores, curve.positives, curve.negatives, effective=effective)
    table = _details(found, _binned(curve, bins, effective))
    if isinstance(fit, str):
        return nothing(fit, n=ranking.rows, **table)
    at = fit.slope_at if name == "slope" else fit.intercept_at
    return Measured(
        value=fit.slope if name == "slope" else fit.intercept,
        interval=at(LEVEL),
        at=at,
        method="likelihood ratio",
        n=ranking.rows,
        n_effective=different(effective, ranking.rows),
        minimum=rows_for_rarest(ranking.rows, int(ranking.classes.rows.min())),
        details={"slope": fit.slope, "intercept": fit.intercept, **table},
    )


def worst_bins(details: Any) -> tuple[str, ...]:
    """The bins that are shown to be off, worst first, in words."""
    off = [row for row in details.get("curve", ()) if row["off"]]
    off.sort(key=lambda row: -abs(row["said"] - row["seen"]) * row["rows"])
    return tuple(
        f"of {row['rows']:,.0f} rows told {row['said']:.1%} it happened in {row['seen']:.1%}"
        for row in off[:SHOWN]
    )


def _of(found: Ranking | Confidence) -> tuple[Ranking, Curve]:
    if isinstance(found, Confidence):
        return found.ranking, found.curve
    assert found.facts.positive is not None
    return found, found.curve(found.facts.positive)


def _binned(curve: Curve, bins: int, effective: float) -> Bins:
    return equal_mass(
        curve.scores, curve.positives, curve.negatives, bins=bins, effective=effective
    )


def _decomposed(table: Bins, brier: float) -> dict[str, float]:
    base = float((table.share * table.seen).sum())
    reliability = float((table.share * (table.said - table.seen) ** 2).sum())
    # Within a bin: the rows' mean square, of which the gap of the means is but a part.
    within = table.spread - table.seen * (1 - table.seen)
    resolution = float((table.share * ((table.seen - base) ** 2 - within)).sum())
    parts = {
        "brier": brier,
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": base * (1 - base),
    }
    assert isclose(reliability - resolution + base * (1 - base), brier, abs_tol=1e-9)
    return parts


def _details(found: Ranking | Confidence, table: Bins) -> dict[str, Any]:
    answered = isinstance(found, Confidence)
    facts = found.facts
    of = "the answer" if answered else str(facts.classes[facts.positive or 0])
    seen = [
        (min(float(hit * rows), float(rows)), float(rows))
        for hit, rows in zip(table.seen, table.rows, strict=True)
    ]
    strict = 1 - (1 - LEVEL) / len(seen)  # of ten bins one is off by chance, nearly always
    columns = np.stack([table.least, table.most, table.said, table.seen, table.rows], axis=1)
    curve = [
        dict(zip(("from", "to", "said", "seen", "rows"), row, strict=True))
        | _around(*each, said=row[2], strict=strict)
        for row, each in zip(columns.tolist(), seen, strict=True)
    ]
    return {"probability_of": of, "curve": curve}


def _around(hits: float, rows: float, *, said: float, strict: float) -> dict[str, Any]:
    """The interval of a bin's share, and whether what was said is surely off."""
    at, surely = share(hits, rows), share(hits, rows, strict)
    return {"low": at.low, "high": at.high, "off": not surely.low <= said <= surely.high}
