"""Rows that occur twice: in one data set, with different labels, or in two data sets."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.cell_hashes import comparable
from modelgate.escape import printable
from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.tails import normal_quantile
from modelgate.stats.unpaired import Lot, shares_apart
from modelgate.surveys.repeats import Distinct, Repeats

SHOWN = 5
"""Pairs of rows that are named."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of rows.

    Attributes:
        value: in [0, 1].
        at: where it lies, at any level; None where every row was counted, and it is a fact.
        rows: that it is a share of; of a sample, those in it.
        pairs: (k, 2) numbers of rows that show it, from 0.
    """

    value: float
    at: IntervalAt | None
    rows: int
    pairs: NDArray[np.int64]


def duplicated(repeats: Repeats) -> Share:
    """The share of rows that are copies of an earlier one."""
    found = repeats.found
    twice = np.flatnonzero(found.counts > 1)
    return _share(found, found.counts - 1, twice, repeats.rows)


def conflicting(repeats: Repeats) -> Share:
    """The share of rows whose like bears another label: no model can answer both rightly."""
    found = repeats.found
    places = np.flatnonzero(found.conflicting)
    return _share(found, np.where(found.conflicting, found.counts, 0), places, repeats.rows)


def _share(found: Distinct, hits: NDArray[np.int64], places: NDArray[np.intp], rows: int) -> Share:
    places = places[np.argsort(found.first[places])][:SHOWN]
    pairs = np.stack([found.first[places], found.last[places]], axis=1)
    every = int(found.counts.sum())
    value = float(hits.sum()) / every if every else 0.0
    if found.upto is None:
        return Share(value, None, rows, pairs)
    # Distinct rows are a random sample: the share is a ratio of two of their means.
    apart = hits - value * found.counts
    error = sqrt(float((apart**2).sum())) / every

    def at(level: float) -> Interval:
        spread = normal_quantile((1 + level) / 2) * error
        return Interval(max(0.0, value - spread), min(1.0, value + spread), level)

    return Share(value, at, every, pairs)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows that stand in two data sets.

    Attributes:
        share: of the rows that stand in the reference too.
        natural: share of the reference's rows that have a twin in the reference: of so many, rows
            of few values are alike by nature.
        excess: the first less the second.
        at: where the excess lies, at any level.
        rows: that it is a share of.
        pairs: (k, 2) numbers of rows here and there, from 0.
    """

    share: float
    natural: float
    excess: float
    at: IntervalAt
    rows: int
    pairs: NDArray[np.int64]


def incomparable(here: Repeats, there: Repeats, *, near: bool) -> str:
    """Which column is of two types whose cells are never equal; "" where none is.

    Args:
        here: the rows in question.
        there: others, of which the same columns are compared.
        near: as both take their cells.
    """
    for name in here.compared:
        one, other = (side.layout.schema.field(name).type for side in (here, there))
        if not comparable(one, other, near=near):
            return f"{printable(name, 40)} holds {one}, and {other}"
    return ""


def overlap(here: Repeats, there: Repeats) -> Overlap | None:
    """How many rows of one data set stand in another, beyond what is natural.

    A row of few values meets its like by chance. How often is told by the reference alone: a row of
    it, left out, has a twin among the others as often as a new one would.

    Args:
        here: the rows in question.
        there: those that the model was trained on; both compare the same columns.

    Returns:
        None where one of them has no row.
    """
    one, two = here.found, there.found
    bounds = [found.upto for found in (one, two) if found.upto is not None]
    bound = min(bounds, default=None)
    one, two = one.below(bound), two.below(bound)
    rows, others = int(one.counts.sum()), int(two.counts.sum())
    if rows < 1 or others < 1:
        return None
    places = np.searchsorted(two.hashes, one.hashes)
    places = np.minimum(places, len(two.hashes) - 1)
    both = two.hashes[places] == one.hashes
    share = float(one.counts[both].sum()) / rows
    natural = float(two.counts[two.counts > 1].sum()) / others
    shown = np.flatnonzero(both)
    shown = shown[np.argsort(one.first[shown])]
    pairs = np.stack([one.first[shown], two.first[places[shown]]], axis=1)
    return overlapping(share, rows, natural, others, pairs)


def overlapping(
    share: float, rows: int, natural: float, others: int, pairs: NDArray[np.int64]
) -> Overlap:
    """The overlap of two data sets, of what was counted in each.

    Args:
        share: of the rows in question that stand in the reference too.
        rows: that it is a share of.
        natural: share of the reference's rows that have a twin there.
        others: that it is a share of.
        pairs: (k, 2) numbers of rows here and there, from 0, those to be named first.
    """
    mine, theirs = (
        Lot(mean, mean * (1 - mean), size) for mean, size in ((share, rows), (natural, others))
    )
    return Overlap(
        share=share,
        natural=natural,
        excess=max(0.0, share - natural),
        at=lambda level: _clipped(shares_apart(mine, theirs, level)),
        rows=rows,
        pairs=pairs[:SHOWN],
    )


def _clipped(found: Interval) -> Interval:
    return Interval(max(0.0, found.low), max(0.0, found.high), found.level)
