from __future__ import annotations

from modelgate import Outcome, check
from modelgate.data_quality.repeated import duplicated
from modelgate.data_quality.told import told
from modelgate.surveys.repeats import Repeats


@check(
    family="data",
    severity="minor",
    at_most=0.01,
    surveys=lambda settings: {"of": "rows", "near": settings["near"]},
    example=("duplicates: all",),
)
def duplicates(found: Repeats, *, near: bool = False) -> Outcome:
    """No row stands twice in the data.

    Copies make a test set look larger than it is: intervals are narrower than they should be, and
    what is said of a row counts twice. All columns are compared, the target too. Up to a million
    distinct rows every copy is counted; of more, a random sample of the distinct rows tells.

    Measures: the share of rows that are copies of an earlier one.
    Settings: near, whether texts count as equal that differ in case, accents, spaces or punctuation
        alone, and numbers that agree in their first four digits.
    Source: N. Polyzotis, M. Zinkevich, S. Roy, E. Breck, S. Whang (2019), "Data validation for
        machine learning", MLSys.
    """
    return told(duplicated(found), "copies of an earlier row", "copy")
