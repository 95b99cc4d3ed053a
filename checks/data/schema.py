from __future__ import annotations

from pathlib import Path

from modelgate import Outcome, check
from modelgate.data_quality.kept_rules import schema_kept
from modelgate.data_quality.violations import Violations


@check(
    family="data",
    subject="file",
    severity="minor",
    at_most=0.0,
    unit="rule",
    surveys=lambda settings: {"schema": settings["file"]},
    example=("schema: schema.yaml",),
)
def schema(found: Violations, *, file: Path) -> Outcome:
    """The rows keep to a schema.

    `modelgate schema train.csv > schema.yaml` drafts the file from rows that are known to be good:
    types, ranges, categories, whether cells may be empty. It is meant to be edited, since only
    people know what may come. `mostly: 0.99` beside a column lets one row in a hundred break each
    of its rules.

    Measures: the number of rules that are broken by more rows than `mostly` lets; the rows are
        named.
    Source: N. Polyzotis, M. Zinkevich, S. Roy, E. Breck, S. Whang (2019), "Data validation for
        machine learning", MLSys.
    """
    return schema_kept(found)
