"""A schema that is kept, or broken, as an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from modelgate.data_quality.rules import Rule
from modelgate.data_quality.told import nothing
from modelgate.data_quality.violations import Broken, Violations, due, fits
from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Outcome

WORDS = {
    "type": "is no {type}",
    "at_least": "lies below {at_least:g}",
    "at_most": "lies above {at_most:g}",
    "one_of": "is none of the values listed",
    "missing": "must not be missing",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken by more rows than it lets.

    Attributes:
        column: its name.
        share: of the rows; 2 where the whole column is not what is due.
        says: what is wrong, for people.
    """

    column: str
    share: float
    says: str


def schema_kept(found: Violations) -> Outcome:
    """How many rules are broken, each named with rows.

    Args:
        found: what the rows broke.
    """
    if not found.rows:
        return nothing("there are no rows to look at")
    faults = sorted(_faults(found), key=lambda one: -one.share)
    columns = len({one.column for one in faults})
    return Outcome(
        value=float(len(faults)),
        better="lower",
        unit="rule",
        kind="exact",
        n=found.rows,
        lowest=0.0,
        method="counted",
        says=(
            f"{len(faults)} rules of the schema are broken, in {columns} of {len(found.rules)}"
            f" columns: {faults[0].says}."
            if faults
            else f"{found.rows:,} rows keep to the schema of {len(found.rules)} columns."
        ),
        evidence=tuple(one.says for one in faults),
        details={
            "broken": [
                {"column": rule.column, "rule": word, "rows": found.broken[rule.column, word].count}
                for rule in found.rules
                if _unfit(rule, found.layout.schema) is None
                for word in WORDS
                if (rule.column, word) in found.broken
            ]
        },
    )


def _faults(found: Violations) -> Iterator[Fault]:
    """All of them, in the order of the schema."""
    for rule in found.rules:
        name = printable(rule.column, 40)
        unfit = _unfit(rule, found.layout.schema)
        if unfit:
            yield Fault(rule.column, 2.0, f"{name}: {unfit}")
        if unfit is not None:
            continue
        for word, wording in WORDS.items():
            broken = found.broken.get((rule.column, word), Broken())
            share = broken.count / found.rows
            gaps = word == "missing" and not isinstance(rule.missing, bool)
            if share > (float(rule.missing) if gaps else 1 - rule.mostly) + 1e-12:
                what = wording.format(type=rule.type, at_least=rule.at_least, at_most=rule.at_most)
                what = f"lacks more than {number(rule.missing)} of its values" if gaps else what
                yield Fault(rule.column, share, f"{name} {what}: {_rows(broken)}")


def _unfit(rule: Rule, schema: pa.Schema) -> str | None:
    """Why no row can keep to a rule, "" where none has to; None where rows can."""
    if rule.column not in schema.names:
        return "there is no such column" if rule.required else ""
    kind = schema.field(rule.column).type
    return None if fits(rule, kind) else f"the column holds {kind}, where {due(rule)} is due"


def _rows(broken: Broken) -> str:
    first = ", ".join(f"row {place + 1:,} ({cell})" for place, cell in broken.rows)
    more = broken.count - len(broken.rows)
    return first + (f" and {number(more, 'row')} more" if more else "")
