"""Bins of equal size: where they are cut is for the data to tell, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

import numpy as np

from modelgate.arrays import is_number, numbers
from modelgate.dataset import Dataset
from modelgate.declare import REFERENCE
from modelgate.slices import Bins, Slicing
from modelgate.stats.cuts import equal_parts
from modelgate.suite import Step

MOST_BLOCKS = 128
"""Blocks of the reference data that are looked at: a million rows."""


def cut(
    steps: tuple[Step, ...],
    data: Mapping[str, Dataset],
    reference: Callable[[], Dataset | None],
) -> tuple[tuple[Step, ...], list[str]]:
    """The steps, all their bins with edges; and where these came from, in sentences.

    A column is cut by the reference data, so that all data sets are cut alike; without one, or
    without that column in it, by the first block of the data that is judged.

    Args:
        steps: of a suite.
        data: role -> rows.
        reference: opens the rows that the model was trained on; None where there are none.
    """
    wanted = {
        (step.data, axis)
        for step in steps
        for slicing in step.by
        for axis in slicing
        if isinstance(axis, Bins) and axis.parts and step.data in data
    }
    if not wanted:
        return steps, []
    trained_on = reference()
    found: dict[tuple[str, Bins], Bins] = {}
    notes = []
    for role, bins in sorted(wanted, key=lambda one: (one[0], one[1].column, one[1].parts)):
        told = None if trained_on is None else _edges(bins, trained_on, MOST_BLOCKS)
        by = f"the {REFERENCE} data"
        if told is None:
            told, by = _edges(bins, data[role], 1), "the first rows"
        if told is None:  # the column is missing, or holds no numbers: the pass says so
            continue
        found[role, bins] = Bins(bins.column, told)
        at = ", ".join(str(span) for span in found[role, bins].spans)
        notes.append(f"{bins.column} in parts of equal size by {by}: {at}")

    def known(role: str, slicing: Slicing) -> Slicing:
        return tuple(
            found.get((role, axis), axis) if isinstance(axis, Bins) else axis for axis in slicing
        )

    return (
        tuple(replace(step, by=tuple(known(step.data, one) for one in step.by)) for step in steps),
        notes,
    )


def _edges(bins: Bins, data: Dataset, blocks: int) -> tuple[float, ...] | None:
    """Where the rows of some blocks are cut; None where there are no numbers to cut."""
    if bins.column not in data.schema.names or not is_number(data.schema.field(bins.column).type):
        return None
    parts = []
    for block in islice(data.blocks([bins.column]), blocks):
        values, absent = numbers(block.column(0))
        parts.append(values[~absent] if absent is not None else values)
    found = np.concatenate(parts) if parts else np.zeros(0)
    return equal_parts(found, bins.parts) if np.isfinite(found).any() else None
