from __future__ import annotations

from collections.abc import Sequence

from modelgate import Outcome, check
from modelgate.data_quality.telling import identifiers
from modelgate.surveys.row_sample import RowSample


@check(
    family="data",
    severity="minor",
    at_most=0.2,
    unit="",
    example=("identifier_leak: all",),
)
def identifier_leak(
    found: RowSample, *, order: bool = False, ignore: Sequence[str] = ()
) -> Outcome:
    """An identifier tells nothing about the label.

    A number that was given out in turn knows when, where, or by which list a row came in; what it
    tells is an accident of the collection, and gone with the next rows. A column counts as an
    identifier where its name says so and it seldom repeats, where it is a whole number that goes up
    row after row, or a word of its own in every row. At most 10,000 rows are tried.

    Measures: how much the best of them tells, from 0, nothing, to 1, all: of classes 2 AUROC - 1,
        of several the mean over each against the others; of numbers the share of their variance.
    Settings: order, whether the place of a row in the file counts as an identifier too: many files
        are sorted by the label, which does no harm to a model that never sees the place. ignore,
        columns that are none.
    Source: S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012), "Leakage in data mining:
        formulation, detection, and avoidance", ACM TKDD 6(4), 15.
    """
    return identifiers(found, ignore, order=order)
