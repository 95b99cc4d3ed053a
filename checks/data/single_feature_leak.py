from __future__ import annotations

from collections.abc import Sequence

from modelgate import Outcome, check
from modelgate.data_quality.telling import single_columns
from modelgate.surveys.row_sample import RowSample


@check(
    family="data",
    severity="minor",
    at_most=0.98,
    unit="",
    example=("single_feature_leak: all",),
)
def single_feature_leak(found: RowSample, *, ignore: Sequence[str] = ()) -> Outcome:
    """No column alone tells the label.

    One that does is mostly the label in disguise: written down after the event, or made from it.
    When the model answers in earnest the column is empty. Each column that feeds the model, or each
    where there is no model, is tried on rows that had no part in learning it: numbers in bins,
    texts and categories as they stand, at most 10,000 rows.

    Measures: how much the best column tells, from 0, nothing, to 1, all: of classes 2 AUROC - 1,
        of several the mean over each against the others; of numbers the share of their variance.
    Settings: ignore, columns that may tell it.
    Source: S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012), "Leakage in data mining:
        formulation, detection, and avoidance", ACM TKDD 6(4), 15.
    """
    return single_columns(found, ignore)
