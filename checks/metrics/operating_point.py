from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Facts, Need, Outcome, check
from modelgate.aggregates.ranking import Ranking
from modelgate.errors import UsageError
from modelgate.metrics.operating import measure_point
from modelgate.metrics.table import class_index


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The scores; mistakes in the settings are found here, before any row."""
    for name in ("recall", "fpr"):
        if not 0 < settings[name] < 1:
            raise UsageError(
                "MG2160", f"{name} is {settings[name]:g}; write a share between 0 and 1"
            )
    for name in ("false_positive", "false_negative"):
        if not 0 < settings[name] < 1e12:
            raise UsageError("MG2160", f"{name} costs {settings[name]:g}; write a positive cost")
    place(facts, settings["of"])
    return Need(Ranking)


def place(facts: Facts, of: str | None) -> int:
    """The class that is looked for."""
    if of is not None:
        return class_index(of, facts)
    if facts.positive is None:
        raise UsageError(
            "MG2160",
            f"none of {len(facts.classes)} classes is the positive one",
            hint="say which class is looked for: `of: CLASS`",
        )
    return facts.positive


@check(
    family="metrics",
    subject="point",
    needs=needs,
    tasks=("classification",),
    severity="blocker",
    example=("operating_point: precision_at_recall", "recall: 0.9", "at_least: 0.7"),
)
def operating_point(
    found: Ranking,
    *,
    point: Literal["precision_at_recall", "recall_at_fpr", "cost"],
    recall: float = 0.8,
    fpr: float = 0.01,
    false_positive: float = 1.0,
    false_negative: float = 1.0,
    of: str | None = None,
) -> Outcome:
    """The model is good enough at the threshold it would be used with.

    An area under a curve is a mean over thresholds that nobody uses. Here the threshold is what the
    use asks for: the highest with such a recall, the lowest with so few false positives, or the
    cheapest. It is found on these rows, and that is allowed for: the interval holds for the
    threshold that the population would choose, or, for the cost, each half of the rows is judged at
    the threshold that the other half chose.

    Measures: the precision, the recall, or the mean cost of a row.
    Settings: point, which one. recall, of precision_at_recall. fpr, the share of false positives
        among the rows that are not of the class, of recall_at_fpr. false_positive, false_negative,
        what each costs. of, the class that is looked for; the positive one where none is written.
    Source: G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect
        measures: a general approach", Statistics in Medicine 27, 1693-1702.
    """
    cost = point == "cost"
    measured = measure_point(
        found,
        point,
        place(found.facts, of),
        at=recall if point == "precision_at_recall" else fpr,
        costs=(false_positive, false_negative),
    )
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="lower" if cost else "higher",
        unit="score" if cost else "share",
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        lowest=0.0,
        highest=max(false_positive, false_negative) if cost else 1.0,
        method=measured.method,
        reason=measured.reason,
        details=measured.details,
    )
