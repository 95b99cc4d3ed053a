from __future__ import annotations

from typing import Annotated

from modelgate import Outcome, check
from modelgate.data_quality.classes import balance
from modelgate.profiles.profile import Profile
from modelgate.surveys import Of


@check(
    family="data",
    severity="minor",
    at_least=0.001,
    tasks=("classification",),
    example=("class_balance: all", "at_least: 0.02"),
)
def class_balance(
    found: Profile,
    reference: Annotated[Profile, Of(setting="against")] | None,
    *,
    against: str = "reference",
) -> Outcome:
    """Every class has rows enough to be judged by.

    What is said of a class that hardly occurs rests on a handful of rows, and an overall figure
    hides it altogether. A class of the reference, or of the model, that no row bears counts as
    well: its share is none.

    Measures: the share of the rarest class among rows with a label.
    Settings: against, the role whose classes count too.
    Source: N. Japkowicz, S. Stephen (2002), "The class imbalance problem: a systematic study",
        Intelligent Data Analysis 6, 429-449.
    """
    return balance(found, reference, against)
