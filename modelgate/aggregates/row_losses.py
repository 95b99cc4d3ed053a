"""Rows with what they cost the model and what their columns hold: all of them, or a fair sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Floats
from modelgate.aggregates.columns import Codes, Column, Columns
from modelgate.aggregates.losses import brier_losses, log_losses

KEPT = 1 << 14
"""Rows that are kept: of more, a sample."""
_ALL = 1 << 64
_AT_ONCE = 1 << 12  # rows that are coded together


def _wrong(facts: Facts, batch: Batch) -> Floats | None:
    del facts
    found: Floats = (batch.answer != batch.truth).astype(np.float64)
    return found


def _log(facts: Facts, batch: Batch) -> Floats | None:
    del facts
    return None if batch.scores is None else log_losses(batch.truth, batch.scores)


def _brier(facts: Facts, batch: Batch) -> Floats | None:
    return None if batch.scores is None else brier_losses(facts, batch.truth, batch.scores)


def _size(facts: Facts, batch: Batch) -> Floats | None:
    del facts
    found = np.abs(np.asarray(batch.answer, np.float64) - np.asarray(batch.truth, np.float64))
    return np.minimum(found, np.finfo(np.float64).max)


LOSSES: dict[str, Callable[[Facts, Batch], Floats | None]] = {
    "wrong": _wrong,
    "log": _log,
    "brier": _brier,
    "size": _size,
}
"""Loss of a row: 1 where the answer is wrong; log loss; Brier loss; |answer - truth|."""


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Rows that are kept, in an order that hangs on nothing but what they are.

    Attributes:
        content: (m,) hash of what the columns hold.
        loss: (m,) of each.
        codes: (m, columns) code of each cell.
    """

    content: NDArray[np.uint64]
    loss: Floats
    codes: Codes


class RowLosses(Aggregate):
    """What each row costs, with its columns; of many rows, a sample by a hash of their numbers.

    Attributes:
        loss: of a row, a key of `LOSSES`.
        columns: what the codes stand for; empty where no row came with columns.
        rows: that were judged, kept or not.
        grouped: whether rows belong together, so that they are not worth what they count.
        unknown: whether rows came without a loss: without scores.
    """

    searches: ClassVar[bool] = True

    def __init__(self, facts: Facts, *, loss: str, kept: int = KEPT) -> None:
        super().__init__(facts)
        self.loss = loss
        self.columns: tuple[Column, ...] = ()
        self.rows = 0
        self.grouped = False
        self.unknown = False
        self._most = kept
        self._below = _ALL  # hashes of numbers of rows that are kept
        self._parts: list[tuple[NDArray[np.uint64], KeptRows]] = []
        self._waiting = 0
        self._few: list[tuple[NDArray[np.uint64], Floats, Columns]] = []

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        self.rows += len(batch)
        self.grouped |= batch.group is not None
        if batch.columns is None or not batch.columns.known or batch.row is None or not len(batch):
            return
        self.columns = batch.columns.known
        chance = scattered(batch.row.astype(np.uint64))
        if self._below < _ALL:
            keep = np.flatnonzero(chance < np.uint64(self._below))
            chance, batch = chance[keep], batch.take(keep)
        loss = LOSSES[self.loss](self.facts, batch)
        self.unknown |= loss is None
        if loss is None or batch.columns is None or not len(batch):
            return
        columns = batch.columns if self._below == _ALL else batch.columns.apart()
        self._few.append((chance, loss, columns))
        if sum(len(one) for one, _, _ in self._few) >= _AT_ONCE:
            self._code()
        if self._waiting > 2 * self._most:
            self._settle()

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.rows += other.rows
        self.grouped |= other.grouped
        self.unknown |= other.unknown
        self.columns = self.columns or other.columns
        self._below = min(self._below, other._below)
        other._code()
        self._parts += other._parts
        self._settle()

    @property
    def kept(self) -> KeptRows:
        """The rows that are kept, ordered by what they hold and cost."""
        self._settle()
        if not self._parts:
            nothing = np.zeros((0, len(self.columns)), dtype=np.uint16)
            return KeptRows(np.zeros(0, np.uint64), np.zeros(0), nothing)
        found = self._parts[0][1]
        order = np.lexsort((found.loss, found.content))
        return KeptRows(found.content[order], found.loss[order], found.codes[order])

    def state(self) -> dict[str, NDArray[Any]]:
        """All that it has seen, as arrays; `restored` makes an equal one of them."""
        self._settle()
        chance, kept = self._parts[0] if self._parts else (None, self.kept)
        return {
            "rows": np.array([self.rows]),
            "below": np.array([self._below - 1], dtype=np.uint64),
            "chance": np.zeros(0, np.uint64) if chance is None else chance,
            "content": kept.content,
            "loss": kept.loss,
            "codes": kept.codes,
        }

    def restored(self, state: Mapping[str, NDArray[Any]], columns: tuple[Column, ...]) -> Self:
        """Take in the state of one that has seen rows without groups, all of them with a loss."""
        self.rows = int(state["rows"][0])
        self.columns = columns
        self._below = int(state["below"][0]) + 1
        kept = KeptRows(state["content"], state["loss"], state["codes"])
        self._parts, self._waiting = [(state["chance"], kept)], len(kept.loss)
        return self

    def _code(self) -> None:
        """Code the rows that wait, many at once: of a sample, a block leaves but a few."""
        if not self._few:
            return
        chances, losses, columns = zip(*self._few, strict=True)
        self._few = []
        together = columns[0].followed_by(columns[1:]) if columns[1:] else columns[0]
        found = KeptRows(together.content(), np.concatenate(losses), together.codes())
        self._parts.append((np.concatenate(chances), found))
        self._waiting += len(found.loss)

    def _settle(self) -> None:
        """Keep fewer while there are too many."""
        self._code()
        if not self._parts:
            return
        chance = np.concatenate([one for one, _ in self._parts])
        keep = np.arange(len(chance))
        while True:
            if self._below < _ALL:
                keep = keep[chance[keep] < np.uint64(self._below)]
            if len(keep) <= self._most:
                break
            self._below //= 2
        parts = [part for _, part in self._parts]
        content, loss, codes = (
            np.concatenate([getattr(part, name) for part in parts])[keep]
            for name in ("content", "loss", "codes")
        )
        self._parts, self._waiting = [(chance[keep], KeptRows(content, loss, codes))], len(keep)


def mixed(content: NDArray[np.uint64], bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash with 64 bits more in it."""
    found: NDArray[np.uint64] = (content ^ bits) * np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(32)
    return found


def scattered(content: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash whose every bit hangs on all bits.

    Source: G. L. Steele, D. Lea and C. H. Flood (2014), "Fast splittable pseudorandom number
        generators", OOPSLA, 453-472: the finish of SplitMix64, with its step before.
    """
    found = content + np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(30)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(27)
    found *= np.uint64(0x94D049BB133111EB)
    found ^= found >> np.uint64(31)
    return found
