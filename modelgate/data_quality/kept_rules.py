"""A schema that is kept, or broken, as an outcome."""

from __future__ import annotations

from modelgate.data_quality.told import nothing
from modelgate.data_quality.violations import Broken, Violations, fits
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


def schema_kept(found: Violations) -> Outcome:
    """How many rules are broken, each named with rows.

    Args:
        found: what the rows broke.
    """
    if not found.rows:
        return nothing("there are no rows to look at")
    there = found.layout.schema
    said: list[tuple[float, str]] = []
    details = []
    for rule in found.rules:
        name = printable(rule.column, 40)
        if rule.column not in there.names:
            if rule.required:
                said.append((2.0, f"{name}: there is no such column"))
            continue
        kind = there.field(rule.column).type
        if not fits(rule, kind):
            said.append((2.0, f"{name}: the column holds {kind}, where {rule.type} is due"))
            continue
        for word, wording in WORDS.items():
            broken = found.broken.get((rule.column, word), Broken())
            share = broken.count / found.rows
            if broken.count:
                details.append({"column": rule.column, "rule": word, "rows": broken.count})
            if share > 1 - rule.mostly + 1e-12:
                what = wording.format(type=rule.type, at_least=rule.at_least, at_most=rule.at_most)
                said.append((share, f"{name} {what}: {_rows(broken)}"))
    said.sort(key=lambda one: -one[0])
    names = {text.split(":")[0].split(" ")[0] for _, text in said}
    return Outcome(
        value=float(len(said)),
        better="lower",
        unit="rule",
        kind="exact",
        n=found.rows,
        lowest=0.0,
        method="counted",
        says=(
            f"{len(said)} rules of the schema are broken, in {len(names)} of {len(found.rules)}"
            f" columns: {said[0][1]}."
            if said
            else f"{found.rows:,} rows keep to the schema of {len(found.rules)} columns."
        ),
        evidence=tuple(text for _, text in said),
        details={"broken": details},
    )


def _rows(broken: Broken) -> str:
    first = ", ".join(f"row {place + 1:,} ({cell})" for place, cell in broken.rows)
    more = broken.count - len(broken.rows)
    return first + (f" and {number(more, 'row')} more" if more else "")
