"""How two models' answers to the same rows differ."""

from __future__ import annotations

from typing import Any, Literal

from modelgate.aggregates.flipped import Flipped
from modelgate.aggregates.paired_confusion import PairedConfusion
from modelgate.metrics.cells import of_share
from modelgate.metrics.measure import NO_ROWS, NO_WEIGHT, Measured, nothing
from modelgate.metrics.paired_cells import TOO_MANY_CLASSES, UNWEIGHED, Cells

Which = Literal["negative", "churn"]


def measure_flips(found: PairedConfusion, which: Which) -> Measured:
    """The share of rows that flip: to a wrong answer, or to another one at all."""
    if not found.weighable:
        return nothing(TOO_MANY_CLASSES, n=found.rows)
    unlabelled = found.alike + found.apart
    if which == "negative" and found.apart:
        why = f"{found.apart:,} rows without a label are answered differently"
        return nothing(why, n=found.rows)
    if unlabelled and found.weighted:
        return nothing(UNWEIGHED, n=found.rows)
    cells = Cells.of(found)
    total, effective = float(cells.weight.sum()), cells.effective
    rows = found.rows + unlabelled
    if not rows:
        return nothing(NO_ROWS)
    if found.rows and total <= 0:
        return nothing(NO_WEIGHT, n=found.rows)
    right, before = cells.candidate == cells.truth, cells.champion == cells.truth
    scale = effective / total if total > 0 else 1.0
    shares = {
        "negative": float(cells.weight[~right & before].sum()) * scale,
        "positive": float(cells.weight[right & ~before].sum()) * scale,
        "churn": float(cells.weight[cells.candidate != cells.champion].sum()) * scale + found.apart,
    }
    everything = effective + unlabelled
    details = {name: hits / everything for name, hits in shares.items()}
    details["net"] = details["positive"] - details["negative"]
    return of_share(shares[which], everything, everything, rows, details)


def flipped_rows(found: Flipped, shown: int) -> tuple[dict[str, Any], ...]:
    """The rows for the evidence: what is true, and what the candidate says in place of it."""
    classes = found.facts.classes
    return tuple(
        {
            "type": "row",
            "row": row,
            "truth": classes[truth],
            "answer": classes[answer],
            "score": sure,
        }
        for sure, row, truth, answer in found.rows[:shown]
    )
