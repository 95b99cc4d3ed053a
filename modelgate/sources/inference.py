"""Which type a column of text cells holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

MISSING = (
    *("", " ", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-NaN", "-nan"),
    *("NULL", "Null", "null", "None", "none"),
)
"""Cells that say "no value here". In columns of text only the empty one does: "NA" may be Namibia
and "none" an answer."""

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")

# What a column that has held the first may turn out to hold, tried in this order.
_NEXT = {
    pa.null(): (pa.int64(), pa.float64(), pa.bool_(), pa.string()),
    pa.int64(): (pa.int64(), pa.float64(), pa.string()),
    pa.float64(): (pa.float64(), pa.string()),
    pa.bool_(): (pa.bool_(), pa.string()),
    pa.string(): (pa.string(),),
}


def inferred(batches: Iterable[pa.RecordBatch], names: Sequence[str]) -> pa.Schema:
    """The narrowest type of whole number, number, truth value and text that fits every cell.

    Dates stay text: a model that takes them as text could not get the text back.
    A column without a single value counts as numbers that are all missing.

    Args:
        batches: columns of strings, null where the cell is one of `MISSING`.
        names: of the columns, in their order.
    """
    kinds = dict.fromkeys(names, pa.null())
    for batch in batches:
        for name in names:
            if kinds[name] != pa.string():
                kinds[name] = _widened(kinds[name], batch.column(name))
    return pa.schema(
        [(name, pa.float64() if kind == pa.null() else kind) for name, kind in kinds.items()]
    )


def _widened(kind: pa.DataType, column: Any) -> pa.DataType:
    if column.null_count == len(column):
        return kind
    return next(candidate for candidate in _NEXT[kind] if _fits(column, candidate))


def _fits(column: Any, kind: pa.DataType) -> bool:
    if kind == pa.string():
        return True
    if kind == pa.bool_():
        # The first cells nearly always tell; what follows costs as much as the whole column.
        values = set(column.slice(0, 16).drop_null().to_pylist())
        if values - {*TRUE, *FALSE}:
            return False
        return set(column.unique().drop_null().to_pylist()) <= {*TRUE, *FALSE}
    import pyarrow.compute as pc

    try:
        pc.ascii_trim(column, characters=" \t").cast(kind)
    except pa.ArrowInvalid:
        return False
    return True
