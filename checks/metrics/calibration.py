from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Aggregate, Facts, Need, Outcome, check
from modelgate.errors import UsageError
from modelgate.metrics.calibration import (
    measure_bend,
    measure_brier,
    measure_error,
    need_for,
    worst_bins,
)


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The scores of the positive class, or the confidence of the answers."""
    if not 1 <= settings["bins"] <= 1_000:
        raise UsageError("MG2160", f"bins is {settings['bins']}; write 1 to 1000")
    return need_for(facts)


@check(
    family="metrics",
    subject="measure",
    needs=needs,
    tasks=("classification",),
    severity="major",
    example=("calibration: ece", "at_most: 5%"),
)
def calibration(
    found: Aggregate,
    *,
    measure: Literal["ece", "brier", "slope", "intercept"],
    bins: int = 10,
) -> Outcome:
    """Probabilities mean what they say: of the rows told 80 %, four in five happen.

    A score that a person or a price is set by has to be a probability, not only an order. Judged is
    the positive class's; of more than two classes, the confidence of the answer.

    ece is the mean distance of probability and share that happened, over bins of equal mass. Noise
    alone makes the usual estimate large (of a perfect model on 300 rows about 5 points): what it is
    expected to add is taken off, and the interval allows for it. What lies off both ways within one
    bin is not seen: the true distance may be larger. brier is the mean squared distance, with its
    parts: reliability - resolution + uncertainty. slope and intercept come from a logistic
    regression on the logits: a slope below 1 says too sure (1 is right; two steps hold both
    sides), an intercept above 0 that more happens than is said.

    Measures: what is named, ece as a share.
    Settings: measure, which one. bins, of equal mass, 1 to 1000; rows of one probability stay
        together, so that there may be fewer.
    Source: M. P. Naeini et al. (2015), "Obtaining well calibrated probabilities using Bayesian
        binning", AAAI; D. B. Stephenson et al. (2008), Weather and Forecasting 23, 752-757; D. R.
        Cox (1958), Biometrika 45, 562-565.
    """
    if measure == "ece":
        measured = measure_error(found, bins)  # type: ignore[arg-type]
    elif measure == "brier":
        measured = measure_brier(found, bins)  # type: ignore[arg-type]
    else:
        measured = measure_bend(found, bins, measure)  # type: ignore[arg-type]
    share = measure in {"ece", "brier"}
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="higher" if measure == "slope" else "lower",
        unit="share" if measure == "ece" else "score",
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        lowest=0.0 if share else None,
        highest=1.0 if share else None,
        method=measured.method,
        reason=measured.reason,
        evidence=worst_bins(measured.details),
        details=measured.details,
    )
