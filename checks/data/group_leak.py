from __future__ import annotations

from typing import Annotated

from modelgate import Outcome, check
from modelgate.data_quality.between import groups_shared
from modelgate.surveys import Of
from modelgate.surveys.values import Values


@check(
    family="data",
    subject="column",
    severity="minor",
    at_most=0.0,
    surveys=lambda settings: {"column": settings["column"]},
    example=("group_leak: patient",),
)
def group_leak(
    found: Values,
    reference: Annotated[Values, Of(setting="against")],
    *,
    column: str,
    against: str = "reference",
) -> Outcome:
    """No patient, customer or machine of the test set stands in the reference.

    Rows that belong together are alike. Where some of them taught the model, the others ask what it
    has been told already, and the score is that of people it knows.

    Measures: the share of rows whose value of the column stands in the reference too. Rows without
        a value are left out. Up to a million distinct values each is looked up; of more, a random
        sample of them tells.
    Settings: column, that says which rows belong together. against, the role that is compared with.
    Source: S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in
        machine-learning-based science", Patterns 4, 100804.
    """
    return groups_shared(found, reference, column, against)
