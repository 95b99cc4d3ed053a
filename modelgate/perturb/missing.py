"""Cells without a value."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import uniform

SHARES = (0.05, 0.1, 0.2, 0.4, 0.8)


@perturbation(of="table")
def missing(
    rows: pa.RecordBatch,
    *,
    seed: int,
    columns: tuple[str, ...],
    severity: int = 1,
    share: float | None = None,
) -> pa.RecordBatch:
    """Some cells of the columns lose their value.

    Sensors fail and forms are left blank. A good model still answers, and not much worse; which
    rows are hit does not depend on what they hold.

    Severity: 5, 10, 20, 40 or 80 % of the cells of each column.
    Settings: share, of the cells of each column in place of the severity's; 1 for all of them.
    Source: D. B. Rubin (1976), "Inference and missing data", Biometrika 63(3), 581-592: cells that
        are missing completely at random.
    """
    if share is not None and not 0 < share <= 1:
        raise SettingError("'share' is larger than 0, and at most 1")
    hit = SHARES[severity - 1] if share is None else share
    names = rows.schema.names
    arrays, fields = list(rows.columns), list(rows.schema)
    for name in columns or names:
        place = names.index(name)
        kept = uniform(seed, len(rows), stream=1 + place) >= hit
        arrays[place] = _without(arrays[place], kept)
        fields[place] = fields[place].with_nullable(True)
    if not arrays:
        return rows
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields, rows.schema.metadata))


def _without(column: pa.Array, kept: NDArray[np.bool_]) -> pa.Array:
    """The column with nulls where cells are not kept; works for every type of column."""
    bits = pa.py_buffer(np.packbits(kept, bitorder="little"))
    index = pa.py_buffer(np.arange(len(kept), dtype=np.int64))
    return column.take(pa.Array.from_buffers(pa.int64(), len(kept), [bits, index]))
