"""Columns in another order."""

from __future__ import annotations

import pyarrow as pa

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice


@perturbation(of="table")
def column_order(rows: pa.RecordBatch, *, seed: int, columns: tuple[str, ...]) -> pa.RecordBatch:
    """The columns change places; each keeps its name and its values.

    Whoever feeds a model by name must get the very same answers. One column alone stays where it
    is; where columns are named, only those change places with one another.
    """
    names = rows.schema.names
    places = [place for place, name in enumerate(names) if not columns or name in columns]
    drawn = Dice(seed, "").some(places, len(places))
    if drawn == places:
        drawn = [*places[1:], *places[:1]]
    order = list(range(len(names)))
    for place, source in zip(places, drawn, strict=True):
        order[place] = source
    return rows.select(order) if len(names) > 1 else rows
