"""Columns that tell the label all alone, as an outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_quantity, is_text
from modelgate.cells import plain
from modelgate.data_quality.alone import Power, keys_of, power_of, ranks_of
from modelgate.data_quality.labels import Labelled, labelled
from modelgate.data_quality.told import nothing
from modelgate.escape import printable
from modelgate.outcome import Outcome
from modelgate.profiles.ordered import times_of
from modelgate.stats.interval import LEVEL
from modelgate.stats.largest import largest_at
from modelgate.surveys.row_sample import RowSample

SHOWN = 5
"""Columns that are named."""
ORDER = "the order of the rows"
_NAMED = re.compile(r"(?i)(^|[_\W])(id|uuid|guid|index|rownames|unnamed: \d+)$|[a-z]I[dD]$")


def candidates(sample: RowSample, ignore: Sequence[str]) -> list[str]:
    """The columns that feed the model, or all; but for the target, the weight and the group."""
    layout = sample.layout
    beside = {layout.target, layout.weight, layout.group, *ignore}
    names = layout.features if layout.features is not None else layout.schema.names
    return [name for name in names if name in layout.schema.names and name not in beside]


def single_columns(sample: RowSample, ignore: Sequence[str]) -> Outcome:
    """The column that tells the label best, all alone."""
    known = labelled(sample)
    if isinstance(known, str):
        return nothing(known)
    cells = {name: keys_of(known.rows.column(name)) for name in candidates(sample, ignore)}
    return _told(cells, known, sample.layout.seed, "no column holds numbers or texts")


def identifiers(sample: RowSample, ignore: Sequence[str], *, order: bool) -> Outcome:
    """The identifier that tells the label best."""
    known = labelled(sample)
    if isinstance(known, str):
        return nothing(known)
    cells: dict[str, NDArray[Any] | None] = {}
    for name in candidates(sample, ignore):
        column = known.rows.column(name)
        if identifies(name, column):
            cells[name] = ranks_of(column) if is_text(column.type) else keys_of(column)
    if order:
        cells[ORDER] = known.positions.astype(np.float64)
    if not cells:
        return _without_identifier(len(known.positions))
    return _told(cells, known, sample.layout.seed, "no column looks like an identifier")


def _without_identifier(rows: int) -> Outcome:
    """A fact about the columns: none of them is one."""
    return Outcome(
        value=0.0,
        kind="exact",
        better="lower",
        unit="",
        n=rows,
        lowest=0.0,
        highest=1.0,
        method="columns looked at",
        says="No column looks like an identifier: a number that counts up, or one word a row.",
    )


def identifies(name: str, column: pa.Array) -> bool:
    """Whether a column looks like an identifier.

    Its name says so, and it seldom repeats; or it is a whole number that goes up row after row;
    or a word of its own in every row.
    """
    whole = is_quantity(column.type)
    if not (whole or is_text(column.type)) or column.null_count or len(column) < 2:
        return False
    distinct = len(plain(column).unique())
    if _NAMED.search(name) and 2 * distinct > len(column):
        return True
    if distinct < len(column):
        return False
    if whole:
        values = keys_of(column)
        assert values is not None
        return bool((values == np.round(values)).all() and (np.diff(values) > 0).all())
    if times_of(plain(column)) is not None:
        return False  # a season or a trend may well tell
    texts = plain(column).to_pylist()
    return not any(" " in text for text in texts)


def _told(
    cells: Mapping[str, NDArray[Any] | None], known: Labelled, seed: int, why: str
) -> Outcome:
    found: list[Power] = [
        power_of(name, values, known, seed) for name, values in cells.items() if values is not None
    ]
    if not found:
        return nothing(why)
    found.sort(key=lambda one: -one.value)
    at = largest_at([one.at for one in found])
    most, interval = found[0], at(LEVEL)
    numbers = "share of its variance" if not known.classes else "2 AUROC - 1"
    return Outcome(
        value=min(max(most.value, interval.low), interval.high),
        interval=interval,
        at=at,
        better="lower",
        unit="",
        n=len(known.positions),
        lowest=0.0,
        highest=1.0,
        method="cross-validated; Bonferroni over columns from below",
        says=(
            f"Of {len(found)}, {printable(most.column, 40)} tells the label best: {most.value:.3g}"
            f" on a scale from 0, nothing, to 1, all of it ({numbers})."
        ),
        evidence=tuple(f"{printable(one.column, 40)}: {one.value:.3g}" for one in found[:SHOWN]),
        details={
            "columns": {
                one.column: [one.value, one.at(LEVEL).low, one.at(LEVEL).high] for one in found
            },
            "rows": len(known.positions),
            "of": known.total,
        },
    )
