from __future__ import annotations

from typing import Literal

from modelgate import Outcome, check
from modelgate.aggregates.flipped import Flipped
from modelgate.aggregates.paired_confusion import PairedConfusion
from modelgate.metrics.flips import flipped_rows, measure_flips


@check(
    family="metrics",
    subject="flips",
    tasks=("classification",),
    severity="major",
    example=("flips: negative", "at_most: 1%"),
    unit="share",
)
def flips(
    found: PairedConfusion,
    rows: Flipped,
    *,
    flips: Literal["negative", "churn"] = "negative",
    shown: int = 5,
) -> Outcome:
    """A new model does not break what worked.

    Two models of one accuracy may be right about different rows. Whoever built on an answer of the
    champion that was right meets a negative flip as a regression, even where the average is better.
    The change of accuracy is positive flips less negative ones, exactly.

    Measures: the share of rows that only the champion answers rightly (negative), or that the two
        answer differently at all (churn, which needs no label).
    Settings: flips, which of the two. shown, how many flipped rows the evidence holds, the
        candidate's surest mistakes first.
    Source: S. Yan et al. (2021), "Positive-congruent training: towards regression-free model
        updates", CVPR.
    """
    measured = measure_flips(found, flips)
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
        evidence=flipped_rows(rows, shown) if flips == "negative" else (),
        details=measured.details,
    )
