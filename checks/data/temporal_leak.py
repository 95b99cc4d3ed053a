from __future__ import annotations

from typing import Annotated

from modelgate import Outcome, check
from modelgate.data_quality.between import earlier
from modelgate.data_quality.moments import Moments
from modelgate.surveys import Of


@check(
    family="data",
    subject="column",
    severity="minor",
    at_most=0.0,
    surveys=lambda settings: {"column": settings["column"]},
    example=("temporal_leak: date",),
)
def temporal_leak(
    found: Moments,
    reference: Annotated[Moments, Of(setting="against")],
    *,
    column: str,
    against: str = "reference",
) -> Outcome:
    """The test set is later than all that the model was trained on.

    A model that goes to production answers what comes after its training. Tested on days that lie
    between those it has learnt from, it looks better than it will be.

    Measures: the share of rows that are earlier than the last of the reference. Rows without a time
        are left out. Up to a million rows it is counted; of more, it is off by 1e-3 at most, which
        the interval says.
    Settings: column, that holds dates, ISO 8601 texts, or numbers that grow with time. against, the
        role that is compared with.
    Source: S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in
        machine-learning-based science", Patterns 4, 100804.
    """
    return earlier(found, reference, column, against)
