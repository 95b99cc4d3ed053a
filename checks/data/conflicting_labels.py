from __future__ import annotations

from modelgate import Outcome, check
from modelgate.data_quality.repeated import conflicting
from modelgate.data_quality.told import nothing, told
from modelgate.surveys.repeats import Repeats


@check(
    family="data",
    severity="minor",
    at_most=0.01,
    tasks=("classification",),
    surveys=lambda settings: {"of": "features", "near": settings["near"]},
    example=("conflicting_labels: all",),
)
def conflicting_labels(found: Repeats, *, near: bool = False) -> Outcome:
    """Equal inputs bear equal labels.

    No model can be right about two rows that look alike to it and are labelled differently: either
    a label is wrong, or the columns do not tell what the label hangs on. The columns that feed the
    model are compared.

    Measures: the share of rows whose like bears another label.
    Settings: near, whether texts count as equal that differ in case, accents, spaces or punctuation
        alone, and numbers that agree in their first four digits.
    Source: C. Northcutt, A. Athalye, J. Mueller (2021), "Pervasive label errors in test sets
        destabilize machine learning benchmarks", NeurIPS.
    """
    if found.layout.target is None:
        return nothing("nobody named the column with the labels")
    return told(conflicting(found), "labelled differently from their like", "other label")
