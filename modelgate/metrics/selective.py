"""What is left of the errors when the least sure answers are withheld."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from modelgate.aggregates.confidence import Confidence
from modelgate.metrics.measure import Measured, different, nothing
from modelgate.metrics.scores import without
from modelgate.stats.coverage import Answered, RiskArea, RiskAt
from modelgate.stats.interval import LEVEL

Risk = Literal["aurc", "risk"]
POINTS = 20
"""Points of the curve that a report shows."""


def measure_risk(found: Confidence, name: Risk, coverage: float) -> Measured:
    """The share of errors among the surest answers, or its mean over all coverages.

    Args:
        found: how sure the answers were.
        name: which one.
        coverage: the share that is answered, in (0, 1].
    """
    ranking = found.ranking
    if (missing := without(ranking.labels_only, ranking.classes)) is not None:
        return missing
    effective = ranking.classes.effective
    curve = found.curve
    total = float((curve.positives + curve.negatives).sum())
    scale = effective / total if ranking.weighted else 1.0
    answered = Answered(curve.scores, curve.positives * scale, curve.negatives * scale)
    if coverage * effective < 1:
        return nothing("not one row is answered at this coverage", n=ranking.rows)
    at = RiskAt(answered, coverage)
    point: RiskAt | RiskArea = at if name == "risk" else RiskArea(answered)
    method = "binomial ranks and share, joined (MOVER)" if name == "risk" else "Fay and Feuer"
    details: dict[str, Any] = {"risk_of_all": answered.errors(answered.total) / answered.total}
    if name == "risk":
        details["answered_from"] = at.sure
    return Measured(
        value=point.value,
        interval=point(LEVEL),
        at=point,
        method=method if ranking.is_exact else f"{method}, from scores in bins",
        n=ranking.rows,
        n_effective=different(effective, ranking.rows),
        details={**details, "curve": _shown(answered)},
    )


def _shown(answered: Answered) -> list[dict[str, float]]:
    """Points of the curve, evenly over the coverage."""
    points = []
    for share in np.linspace(0, 1, POINTS + 1)[1:].tolist():
        at = RiskAt(answered, share)
        points.append({"coverage": share, "risk": at.value, "confidence": at.sure})
    return points
