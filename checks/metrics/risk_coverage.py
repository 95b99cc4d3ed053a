from __future__ import annotations

from typing import Literal

from modelgate import Outcome, check
from modelgate.aggregates.confidence import Confidence
from modelgate.errors import UsageError
from modelgate.metrics.selective import measure_risk


@check(
    family="metrics",
    subject="measure",
    tasks=("classification",),
    severity="major",
    example=("risk_coverage: aurc", "at_most: 2%"),
)
def risk_coverage(
    found: Confidence, *, measure: Literal["aurc", "risk"], coverage: float = 0.8
) -> Outcome:
    """The model errs less where it is surer: its doubts can be handed to people.

    Rows are ordered by the probability that the model gave to its own answer. risk is the share of
    errors among the surest of them, as many as the coverage says: what is left if the others are
    handed on. aurc is its mean over all coverages: a model whose confidence says nothing has the
    same risk at each, and an area equal to its error rate.

    Measures: a share of errors; less is better.
    Settings: measure, which one. coverage, the share of rows that is answered, for risk.
    Source: R. El-Yaniv and Y. Wiener (2010), "On the foundations of noise-free selective
        classification", JMLR 11, 1605-1641; Y. Geifman, G. Uziel and R. El-Yaniv (2019),
        "Bias-reduced uncertainty estimation for deep neural classifiers", ICLR.
    """
    if not 0 < coverage <= 1:
        raise UsageError("MG2160", f"coverage is {coverage:g}; write a share between 0 and 1")
    measured = measure_risk(found, measure, coverage)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="lower",
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        lowest=0.0,
        highest=1.0,
        method=measured.method,
        reason=measured.reason,
        details=measured.details,
    )
