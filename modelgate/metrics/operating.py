"""What a model is worth at the threshold it would be used with."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from modelgate.aggregates.ranking import Curve, Ranking
from modelgate.metrics.measure import Measured, different, nothing, rows_for_rarest
from modelgate.metrics.scores import without
from modelgate.stats.interval import LEVEL
from modelgate.stats.operating import Counts, LeastCost, PrecisionAtRecall, RecallAtAlarms

Point = Literal["precision_at_recall", "recall_at_fpr", "cost"]
POINTS = 50
"""Points of the curve that a report shows."""


def measure_point(
    found: Ranking, name: Point, index: int, *, at: float, costs: tuple[float, float]
) -> Measured:
    """Precision, recall or cost of the class at `index` of the classes, at one threshold.

    Args:
        found: the scores.
        name: which one.
        index: of the class.
        at: the recall or the rate of false positives that is asked, in (0, 1).
        costs: of a false positive, of a false negative.
    """
    if (missing := without(found.labels_only, found.classes)) is not None:
        return missing
    curve = found.curve(index)
    label = found.facts.classes[index]
    if not (curve.positives.sum() > 0 and curve.negatives.sum() > 0):
        return nothing(f"undefined: not both {label!r} and others occur in the truth", n=found.rows)
    counts, scale = _counts(curve, found)
    point: PrecisionAtRecall | RecallAtAlarms | LeastCost
    if name == "precision_at_recall":
        point, method = PrecisionAtRecall(counts, at), "binomial ranks and share, joined (MOVER)"
    elif name == "recall_at_fpr":
        point, method = RecallAtAlarms(counts, at), "binomial ranks and share, joined (MOVER)"
    else:
        own, others = curve.positives * scale, curve.negatives * scale
        point = LeastCost(own, others, *costs)
        method = "threshold chosen on one half, counted on the other"
    own_rows = int(found.classes.rows[index])
    return Measured(
        value=point.value,
        interval=point(LEVEL),
        at=point,
        method=method if found.is_exact else f"{method}, from scores in bins",
        n=found.rows,
        n_effective=different(found.classes.effective, found.rows),
        minimum=rows_for_rarest(found.rows, min(own_rows, found.rows - own_rows)),
        details={"class": label, **_at(counts, point.place), "curve": _shown(counts)},
    )


def _counts(curve: Curve, found: Ranking) -> tuple[Counts, float]:
    """Rows by threshold; effective ones where they bear weights, as whole ones where not."""
    total = float((curve.positives + curve.negatives).sum())
    scale = found.classes.effective / total if found.weighted else 1.0
    hits, alarms = np.cumsum(curve.positives) * scale, np.cumsum(curve.negatives) * scale
    return Counts(curve.scores, hits, alarms), scale


def _at(counts: Counts, place: int) -> dict[str, Any]:
    """The threshold and what it does; None where it lies above all scores."""
    if place < 0:
        return {"threshold": None, "recall": 0.0, "precision": None, "fpr": 0.0}
    hits, alarms = float(counts.hits[place]), float(counts.alarms[place])
    return {
        "threshold": float(counts.thresholds[place]),
        "recall": hits / counts.own,
        "precision": hits / (hits + alarms),
        "fpr": alarms / counts.others,
    }


def _shown(counts: Counts) -> list[dict[str, Any]]:
    """Points of the curve, evenly over the rows."""
    answered = counts.hits + counts.alarms
    wanted = np.linspace(0, answered[-1], POINTS + 1)[1:]
    places = np.unique(np.searchsorted(answered, wanted * (1 - 1e-12)).clip(0, len(answered) - 1))
    return [_at(counts, int(place)) for place in places]
