from __future__ import annotations

from typing import Annotated

from modelgate import Outcome, check
from modelgate.data_quality.repeated import overlap
from modelgate.data_quality.told import nothing
from modelgate.figures import number
from modelgate.stats.interval import LEVEL
from modelgate.surveys import Of
from modelgate.surveys.repeats import Repeats


@check(
    family="data",
    severity="minor",
    at_most=0.01,
    surveys=lambda settings: {"of": "features", "near": settings["near"]},
    example=("split_overlap: all",),
)
def split_overlap(
    found: Repeats,
    reference: Annotated[Repeats, Of(setting="against")],
    *,
    against: str = "reference",
    near: bool = False,
) -> Outcome:
    """Rows that the model was trained on do not stand in the test set.

    A model may know them by heart: what it scores on them says nothing about rows to come. Rows of
    few values meet their like by chance; how often is told by the reference, whose rows have twins
    among themselves as often as new rows would have there, and only what is beyond that counts. The
    columns that feed the model are compared. Up to a million distinct rows each is looked up; of
    more, a random sample of the distinct rows tells.

    Measures: the share of rows that stand in the reference too, less that which is natural.
    Settings: against, the role that is compared with. near, whether texts count as equal that
        differ in case, accents, spaces or punctuation alone, and numbers that agree in their first
        four digits.
    Source: S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in
        machine-learning-based science", Patterns 4, 100804.
    """
    if not found.compared or found.compared != reference.compared:
        return nothing("the two data sets have not the same columns to compare")
    apart = overlap(found, reference)
    if apart is None:
        return nothing("there are no rows to compare")
    pairs = apart.pairs.tolist()
    names = tuple(f"row {one + 1:,} is row {other + 1:,} of {against}" for one, other in pairs)
    interval = apart.at(LEVEL)
    return Outcome(
        value=min(max(apart.excess, interval.low), interval.high),
        interval=interval,
        at=apart.at,
        better="lower",
        n=apart.rows,
        lowest=0.0,
        highest=1.0,
        method="difference of two shares, Newcombe",
        says=(
            f"{number(apart.share)} of {apart.rows:,} rows stand in the {against} too;"
            f" {number(apart.natural)} of the {against}'s rows have a twin there."
        ),
        evidence=names if apart.share > apart.natural else (),
        details={"share": apart.share, "natural": apart.natural},
    )
