"""Which rows break the rules of a schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, is_number, is_quantity, is_text, missing, numbers
from modelgate.cells import index_of
from modelgate.data_quality.rules import Rule, read_rules
from modelgate.escape import shown
from modelgate.profiles.ordered import times_of
from modelgate.surveys import Layout, Rows, Survey

NAMED = 3
"""Rows that are known by number, of each rule that is broken."""


@dataclass(slots=True)
class Broken:
    """How often a rule is broken.

    Attributes:
        count: rows that break it.
        rows: (number from 0, what stands there) of the first of them.
    """

    count: int = 0
    rows: list[tuple[int, str]] = field(default_factory=list)

    def merge(self, other: Broken) -> None:
        """Take in the other's rows."""
        self.count += other.count
        self.rows = sorted([*self.rows, *other.rows])[:NAMED]


class Violations(Survey):
    """Counts the rows that break each rule, and names the first of them.

    Attributes:
        rows: that were seen.
        rules: of the schema.
        broken: (column, rule's word) -> how often.
    """

    def __init__(self, layout: Layout, *, schema: Path) -> None:
        """Know nothing yet.

        Args:
            layout: of the data set.
            schema: the file.

        Raises:
            MistakesError: MG2281, MG2282: see `read_rules`.
        """
        super().__init__(layout)
        self.rules = read_rules(schema)
        self.rows = 0
        self.broken: dict[tuple[str, str], Broken] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return tuple(one.column for one in self.rules if one.column in self.layout.schema.names)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        for rule in self.rules:
            if rule.column in self.layout.schema.names:
                cells = rows.block.column(rule.column)
                for word, places in _breaking(rule, cells):
                    self._note(rule.column, word, places, rows.first, cells)

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        for key, found in other.broken.items():
            self.broken.setdefault(key, Broken()).merge(found)

    def _note(
        self, column: str, word: str, places: NDArray[np.intp], first: int, cells: pa.Array
    ) -> None:
        if not len(places):
            return
        shown_cells = cells.take(index_of(places[:NAMED])).to_pylist()
        named = zip(places[:NAMED].tolist(), shown_cells, strict=True)
        found = Broken(len(places), [(first + at, _cell(cell)) for at, cell in named])
        self.broken.setdefault((column, word), Broken()).merge(found)


def _cell(value: Any) -> str:
    if value is None:
        return "nothing"
    return shown(value, 40) if isinstance(value, str) else f"{value}"[:40]


def _breaking(rule: Rule, cells: pa.Array) -> list[tuple[str, NDArray[np.intp]]]:
    """(the rule's word, places in the block of the rows that break it)."""
    absent = missing(cells)
    gone = np.zeros(len(cells), np.bool_) if absent is None else absent
    found = []
    if is_number(cells.type):
        values = numbers(cells)[0]
        gone |= np.isnan(values) if values.dtype.kind == "f" else False
        if rule.type == "whole":
            found.append(
                (
                    "type",
                    np.flatnonzero(~gone & ~(np.isfinite(values) & (values == np.floor(values)))),
                )
            )
        if rule.at_least is not None:
            found.append(("at_least", np.flatnonzero(~gone & (values < rule.at_least))))
        if rule.at_most is not None:
            found.append(("at_most", np.flatnonzero(~gone & (values > rule.at_most))))
    elif rule.type == "time" and is_text(cells.type) and not gone.all():
        found.append(("type", _no_times(cells, gone)))
    if rule.one_of is not None:
        codes, values_there = coded(cells)
        known = {_key(one) for one in rule.one_of}
        strange = np.array([_key(one) not in known for one in values_there], np.bool_)
        if len(strange):
            found.append(("one_of", np.flatnonzero(~gone & strange[codes])))
    if rule.missing is not True:
        found.append(("missing", np.flatnonzero(gone)))
    return found


def _key(value: Any) -> Any:
    """Truths apart from the numbers that equal them."""
    return str(value) if isinstance(value, bool) else value


def _no_times(cells: pa.Array, gone: NDArray[np.bool_]) -> NDArray[np.intp]:
    texts = cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells
    if times_of(texts) is not None:
        return np.zeros(0, np.intp)
    there = np.flatnonzero(~gone)
    return np.array([at for at in there if times_of(texts.slice(int(at), 1)) is None], np.intp)


def due(rule: Rule) -> str:
    """What the column has to hold for the rule to be asked; "" where anything will do."""
    bounded = rule.at_least is not None or rule.at_most is not None
    return rule.type or ("number" if bounded else "")


def fits(rule: Rule, kind: pa.DataType) -> bool:
    """Whether a column of this type can hold what the rule says.

    Whole numbers may come as floats, and times as texts.
    """
    time = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    return {
        "number": is_quantity(kind),
        "whole": is_quantity(kind),
        "text": is_text(kind),
        "truth": bool(pa.types.is_boolean(kind)),
        "time": bool(time) or is_text(kind),
    }.get(due(rule), True) or pa.types.is_null(kind)
