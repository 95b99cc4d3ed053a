from __future__ import annotations

from modelgate import Outcome, check
from modelgate.data_quality.noise import noisy
from modelgate.surveys.row_sample import RowSample


@check(
    family="data",
    severity="minor",
    tasks=("classification",),
    surveys=lambda settings: {"size": settings["rows"]},
    example=("label_noise: all", "at_most: 20%"),
)
def label_noise(found: RowSample, *, rows: int = 3_000) -> Outcome:
    """Labels do not contradict what the other columns say of a row.

    A plain model (logistic regression, five folds) learns the labels from the other rows. A label
    is contradicted where another class is likelier for the row than that class is, on average, for
    the rows that bear it, and likelier than the row's own. Where labels hang on what the columns do
    not tell, many are, and none need be wrong: so there is no limit unless the step writes one, and
    the rows named are those to look at first.

    Measures: the share of labels that are contradicted.
    Settings: rows, that are tried, at most, drawn at random.
    Source: C. Northcutt, L. Jiang, I. Chuang (2021), "Confident learning: estimating uncertainty in
        dataset labels", Journal of Artificial Intelligence Research 70, 1373-1411.
    """
    return noisy(found)
