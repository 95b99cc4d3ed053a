"""The most telling rows of a stream, in memory that is bounded by how many are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.cells import index_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Rows that may be picked.

    Attributes:
        number: (n,) their numbers in the data, from 0.
        tier: (n,) what kind of reason speaks for them; a lower one goes first.
        stratum: (n,) rows of one tier take turns between the strata.
        score: (n,) within a stratum the lowest goes first.
        chance: (n,) decides between equal ones.
        said: (models, n) what each model answers.
        cells: the rows themselves.
    """

    number: Integers
    tier: Integers
    stratum: Integers
    score: Floats
    chance: Floats
    said: NDArray[Any]
    cells: pa.Table

    def __len__(self) -> int:
        return len(self.number)

    def take(self, index: NDArray[np.intp]) -> Candidates:
        """The rows at some positions."""
        return Candidates(
            number=self.number[index],
            tier=self.tier[index],
            stratum=self.stratum[index],
            score=self.score[index],
            chance=self.chance[index],
            said=self.said[:, index],
            cells=self.cells.take(index_of(index)),
        )

    def order(self) -> NDArray[np.intp]:
        """Which goes first: by tier, then each stratum's first, each stratum's second ..."""
        within = np.lexsort((self.number, self.chance, self.score, self.stratum, self.tier))
        tier, stratum = self.tier[within], self.stratum[within]
        begins = np.ones(len(self), dtype=np.bool_)
        begins[1:] = (tier[1:] != tier[:-1]) | (stratum[1:] != stratum[:-1])
        places = np.arange(len(self))
        turn = np.empty(len(self), dtype=np.int64)
        turn[within] = places - np.maximum.accumulate(np.where(begins, places, 0))
        return np.lexsort((self.number, self.chance, self.score, turn, self.tier))


class Shortlist:
    """Keeps the first `most` candidates of all that it is given, however they come.

    A row that is not among the first `most` so far never will be: of each stratum those before it
    only grow in number. So no more than twice as many are kept at any time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: Candidates | None = None

    def add(self, more: Candidates) -> None:
        """Take in some rows."""
        if not len(more):
            return
        best = more.take(more.order()[: self._most])
        if self._kept is not None:
            best = _joined(self._kept, best)
            best = best.take(best.order()[: self._most])
        self._kept = best

    @property
    def picked(self) -> Candidates | None:
        """The first of all, in their order; None where there was none."""
        return self._kept


def _joined(one: Candidates, other: Candidates) -> Candidates:
    arrays = {
        name: np.concatenate([getattr(one, name), getattr(other, name)], axis=-1)
        for name in ("number", "tier", "stratum", "score", "chance", "said")
    }
    tables = pa.concat_tables([one.cells, other.cells])
    return Candidates(cells=tables.unify_dictionaries().combine_chunks(), **arrays)
