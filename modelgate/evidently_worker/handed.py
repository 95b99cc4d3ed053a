"""What Evidently gets of two samples of rows, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from modelgate.errors import UsageError
from modelgate.escape import shown
from modelgate.surveys.row_sample import RowSample

FEW_WHOLE = 10
"""Distinct whole numbers up to which Evidently takes a column for categories."""
MEANT = "`columns: [...]` names those that are meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is handed over.

    Attributes:
        reference, current: n rows of each, in the same columns.
        definition: for Evidently's `DataDefinition`: "numerical", "categorical", "text" and
            "datetime" -> columns; "task" -> which of them is the target, and which the answer.
        notes: what was left out, for people.
        lack: why nothing can be told of it; None where something can.
    """

    reference: pa.Table
    current: pa.Table
    definition: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    lack: str | None = None


@dataclass(slots=True)
class _Columns:
    """Columns that are handed over, as they come."""

    reference: dict[str, pa.Array] = field(default_factory=dict)
    current: dict[str, pa.Array] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(
        default_factory=lambda: {"numerical": [], "categorical": [], "text": [], "datetime": []}
    )

    def add(self, name: str, kind: str, one: pa.Array, two: pa.Array) -> None:
        self.reference[name], self.current[name] = one, two
        self.kinds[kind].append(name)


def rows_handed(
    reference: RowSample, current: RowSample, columns: Sequence[str] | None = None
) -> Handed:
    """The columns that both have, each taken for what Evidently would take both together for.

    Its own guess looks at each side by itself, so that a column may be numbers there and categories
    here. Labels are categories, however many there are. A column that one side lacks, or where it
    holds nothing or something else, Evidently would pass over in silence: nothing can be told then.

    Args:
        reference: what is compared with.
        current: what is judged.
        columns: only these; all that both have, where None.

    Raises:
        UsageError: MG2260, a column is not there; MG2293, it holds what Evidently cannot take.
    """
    shared = [one for one in reference.layout.schema.names if one in current.layout.schema.names]
    wanted = shared if columns is None else list(dict.fromkeys(columns))
    if lost := [one for one in wanted if one not in shared]:
        raise UsageError("MG2260", f"no column {shown(lost[0])} stands in both sets of rows")
    lacks = _gone(reference, current) if columns is None else []
    facts = current.layout.facts
    found, left = _Columns(), []
    for name in wanted:
        one, two = reference.rows.column(name), current.rows.column(name)
        if (apart := _apart(one, two)) is not None:
            lacks.append(f"the column {shown(name)} {apart}")
            continue
        one, two = _alike(one, two)
        kind = None if one is None or two is None else _kind(one, two)
        if kind is None:
            left.append(name)
            continue
        if name == current.layout.target and facts is not None and facts.classes:
            kind = "categorical"
        found.add(name, kind, one, two)
    if left and columns is not None:
        holds = current.layout.schema.field(left[0]).type
        raise UsageError("MG2293", f"Evidently cannot take the column {shown(left[0])}: {holds}")
    notes = [f"left out, since Evidently cannot take it: {', '.join(left)}"] if left else []
    if not lacks and not found.current:
        lacks = ["there is no column that Evidently can take"]
    return Handed(
        reference=pa.table(found.reference),
        current=pa.table(found.current),
        definition=found.kinds | {"task": None},
        notes=tuple(notes),
        lack=f"{lacks[0]}; {MEANT}" if lacks else None,
    )


def _gone(reference: RowSample, current: RowSample) -> list[str]:
    """Columns that only the reference has; rows without labels may well lack the target."""
    there = {*current.layout.schema.names, reference.layout.target}
    names = [one for one in reference.layout.schema.names if one not in there]
    return [f"the data lacks {shown(one)}, which the reference has" for one in names]


def _apart(one: pa.Array, two: pa.Array) -> str | None:
    """What keeps a column from being compared, the end of a sentence; None where nothing does."""
    empty = [not _values(side) for side in (one, two)]
    if empty[0] != empty[1]:
        return f"holds no value in {'the data' if empty[1] else 'the reference'}"
    plain = _plain(one.type), _plain(two.type)
    if all(empty) or plain[0] == plain[1] or all(map(_is_number, plain)):
        return None
    return f"holds {two.type} in the data, and {one.type} in the reference"


def _values(cells: pa.Array) -> int:
    """Cells that hold one; NaN is none."""
    floating = pa.types.is_floating(cells.type)
    return len(cells) - int(pc.is_null(cells, nan_is_null=floating).to_numpy(False).sum())


def _alike(one: pa.Array, two: pa.Array) -> tuple[pa.Array | None, pa.Array | None]:
    """Both in one type that pandas has; None where there is no such type."""
    plain = _plain(one.type), _plain(two.type)
    if None in plain:
        return None, None
    wanted = plain[0] if plain[0] == plain[1] else pa.float64()
    return one.cast(wanted, safe=False), two.cast(wanted, safe=False)


def _is_number(kind: pa.DataType | None) -> bool:
    return kind is not None and bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _plain(kind: pa.DataType) -> pa.DataType | None:
    types = pa.types
    if types.is_dictionary(kind):
        return _plain(kind.value_type)
    if types.is_floating(kind) or types.is_decimal(kind) or types.is_uint64(kind):
        return pa.float64()
    if types.is_integer(kind):
        return pa.int64()
    if types.is_boolean(kind) or types.is_string(kind) or types.is_large_string(kind):
        return pa.string()
    if types.is_timestamp(kind) or types.is_date(kind):
        return pa.timestamp("us")
    return None


def _kind(one: pa.Array, two: pa.Array) -> str | None:
    """Evidently's own rule, of both together; None for a column without any value."""
    whole = pa.chunked_array([one, two]).drop_null()
    if not _values(one):
        return None
    if pa.types.is_floating(whole.type):
        return "numerical"
    if pa.types.is_timestamp(whole.type):
        return "datetime"
    distinct = pc.count_distinct(whole).as_py()
    if pa.types.is_integer(whole.type):
        return "categorical" if distinct <= FEW_WHOLE else "numerical"
    return "text" if distinct > len(whole) / 2 else "categorical"
