"""Two programs' answers to the same rows: which rows differ, by tolerance or by label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.predictions import Predictions

ATOL, RTOL = 1e-4, 1e-3
"""Two numbers are alike within atol + rtol |b|: what single precision and another order of sums
leave of a softmax."""

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two numbers may lie apart: `atol + rtol * |b|`."""

    atol: float = ATOL
    rtol: float = RTOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How two answers to n rows differ.

    Attributes:
        flipped: (n,) whether the label is another.
        beyond: (n,) whether a number lies beyond the tolerance.
        largest: (n,) the largest distance of two numbers of a row, infinite where one is none.
    """

    flipped: Flags
    beyond: Flags
    largest: Floats

    @property
    def rows(self) -> Flags:
        """(n,) whether a row differs in either way."""
        return self.flipped | self.beyond

    def worst(self, most: int) -> list[int]:
        """The rows that differ, flipped ones and the farthest first."""
        order = np.lexsort((-self.largest, ~self.flipped))
        return [int(row) for row in order if self.rows[row]][:most]


def of_predictions(one: Predictions, other: Predictions, within: Tolerance) -> Apart:
    """How two models' answers to the same n rows differ; what only one of them gives is no matter.

    A number that is none in one of them alone lies beyond every tolerance.
    """
    rows = len(one)
    flipped = np.zeros(rows, np.bool_)
    if one.labels is not None and other.labels is not None:
        flipped = np.asarray(one.labels != other.labels)
    largest, beyond = np.zeros(rows), np.zeros(rows, np.bool_)
    for mine, its in ((one.scores, other.scores), (one.values, other.values)):
        if mine is not None and its is not None:
            far, off = _numbers(np.asarray(mine), np.asarray(its), within)
            largest, beyond = np.maximum(largest, far), beyond | off
    return Apart(flipped=flipped, beyond=beyond, largest=largest)


def of_outputs(
    one: Mapping[str, NDArray[np.generic]],
    other: Mapping[str, NDArray[np.generic]],
    within: Tolerance,
) -> Apart:
    """The same of raw outputs by name, (n, ...) each: fractions by tolerance, all else exactly."""
    rows = len(next(iter(one.values())))
    flipped, beyond, largest = (
        np.zeros(rows, np.bool_),
        np.zeros(rows, np.bool_),
        np.zeros(rows),
    )
    for name, mine in one.items():
        its = other.get(name)
        if its is None or its.shape != mine.shape:
            flipped[:] = True
        elif mine.dtype.kind == its.dtype.kind == "f":
            far, off = _numbers(mine, its, within)
            largest, beyond = np.maximum(largest, far), beyond | off
        else:
            flipped = flipped | _flat(np.asarray(mine != its)).any(axis=1)
    return Apart(flipped=flipped, beyond=beyond, largest=largest)


def _numbers(
    mine: NDArray[np.generic], its: NDArray[np.generic], within: Tolerance
) -> tuple[Floats, Flags]:
    """(n,) the largest distance of each row, and whether one lies beyond the tolerance."""
    first, second = _flat(mine.astype(np.float64)), _flat(its.astype(np.float64))
    if first.shape != second.shape:
        return np.full(len(mine), np.inf), np.ones(len(mine), np.bool_)
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    with np.errstate(invalid="ignore"):
        far = np.abs(first - second)
        # An infinite bound would hold every number.
        kept = np.isfinite(first) & np.isfinite(second)
        kept &= far <= within.atol + within.rtol * np.abs(second)
    far = np.where(same, 0.0, np.where(np.isfinite(far), far, np.inf))
    return far.max(axis=1, initial=0.0), ~(same | kept).all(axis=1)


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    """(n, ...) as (n, k)."""
    return array.reshape(len(array), prod(array.shape[1:]))
