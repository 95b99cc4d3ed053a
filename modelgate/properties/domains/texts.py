"""Columns of free text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from modelgate.cells import texts_of
from modelgate.properties.domains import Domain, Reach, chosen
from modelgate.properties.domains.oddities import oddities

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

VOCABULARY = 4_000
"""Words of the sample that new texts are made of, at most."""
LONG = 8
"""The longest texts made have so many times the words of the longest one seen, at most `MOST`."""
MOST = 2_000
LONGEST_KEPT = 100_000
PARTS = 40
"""Words, or letters, that are left out one at a time."""


class Texts(Domain):
    """Texts made of the words of the sample, and, but for `seen`, of what programs stumble over."""

    def __init__(self, column: pa.Array, kind: pa.DataType, reach: Reach) -> None:
        """Take the words of the sample.

        Args:
            column: (n,) of the sample, 1 row or more.
            kind: its type.
            reach: how far texts go.
        """
        super().__init__(column, kind)
        seen = column.to_pylist()
        texts = [text for text in seen if text is not None]
        words = list(dict.fromkeys(word for text in texts for word in text.split()))
        self._words = words[:: max(1, len(words) // VOCABULARY)][:VOCABULARY] or [""]
        self._lengths = [len(text.split()) for text in texts] or [1]
        self._odd = [*oddities().texts] if reach != "seen" else []
        self._missing: list[str | None] = [None] if None in seen else []
        self._long = reach != "seen"
        self._seen = [*dict.fromkeys(texts)] or [""]
        empty = "" in texts or reach != "seen" or not texts
        self.typical = "" if empty else min(texts, key=lambda text: (len(text), text))

    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """See `Domain`: words in any order, every other time with something odd; each as often."""
        special = [*self._missing, *self._odd]
        if not special:
            return self.of([" ".join(self._some(dice)) for _ in range(count)])
        turns = -(-count // len(special))
        odd = np.concatenate([dice.permutation(len(special)) for _ in range(turns)])
        plain = dice.integers(2, size=count)
        # The odd ones take turns, so that none is left to chance.
        turn = np.cumsum(1 - plain) - 1
        return self.of(
            [
                " ".join(self._some(dice))
                if plain[at]
                else self._strange(special[odd[turn[at]]], dice)
                for at in range(count)
            ]
        )

    def _some(self, dice: np.random.Generator) -> list[str]:
        length = self._lengths[int(dice.integers(len(self._lengths)))]
        return [self._words[at] for at in dice.integers(len(self._words), size=length)]

    def _strange(self, odd: str | None, dice: np.random.Generator) -> str | None:
        """An odd one alone, among words, within one; in a text that is too long."""
        kind = dice.integers(4)
        words = self._some(dice)
        if kind == 0 or odd is None:
            return odd
        if kind == 1 and self._long:
            words = (words * int(dice.integers(1, LONG + 1)))[: MOST - 1]
        words.insert(int(dice.integers(len(words) + 1)), odd)
        return ("" if kind == 3 else " ").join(words)

    def strategy(self) -> SearchStrategy[str | None]:
        """See `Domain`."""
        from hypothesis import strategies

        words = chosen(self._words)
        mixed = words | chosen(self._odd) if self._odd else words
        longest = min(max(self._lengths), 24)
        made = strategies.lists(mixed, min_size=1, max_size=max(longest, 1)).map(" ".join)
        special = [*self._missing, *self._odd]
        return made | chosen(special) if special else made

    def of(self, cells: Sequence[Any]) -> pa.Array:
        """See `Domain`."""
        return texts_of(cells, self.column.type)

    def cell(self, column: pa.Array, row: int) -> str | None:
        """See `Domain`."""
        found: str | None = column[row].as_py()
        return found

    def read(self, written: Any) -> str | None:
        """See `Domain`."""
        if written is None and self._missing:
            return None
        if not isinstance(written, str) or len(written) > LONGEST_KEPT:
            raise ValueError("no text of this column")
        written.encode()  # a lone half of a surrogate pair is no text
        return written

    def simpler(self, cell: str | None) -> list[str | None]:
        """Nothing, single words, halves, one word or letter less, plain letters."""
        if cell is None:
            return [self.typical]
        words = cell.split()
        tried: list[str] = [self.typical, cell.strip(), cell.lower()]
        half = len(words) // 2
        tried += [" ".join(part) for part in (words[:half], words[half:]) if part]
        quarter = max(1, len(words) // 4)
        cuts = range(0, len(words), quarter)
        tried += [" ".join(words[:at] + words[at + quarter :]) for at in cuts]
        tried += words[:PARTS]
        tried += [" ".join(words[:at] + words[at + 1 :]) for at in range(min(len(words), PARTS))]
        tried += [cell[: len(cell) // 2], cell[len(cell) // 2 :]]
        if len(cell) <= PARTS:
            tried += [cell[:at] + cell[at + 1 :] for at in range(len(cell))]
            tried += [cell[:at] + "a" + cell[at + 1 :] for at in range(len(cell))]
        bar = self.cost(cell)
        allowed = (one for one in dict.fromkeys(tried) if one.strip() or self._blank(one))
        return sorted((one for one in allowed if self.cost(one) < bar), key=self.cost)

    def _blank(self, text: str) -> bool:
        return self._long or text in self._seen

    def cost(self, cell: str | None) -> float:
        """By its length, odd letters counted thrice."""
        if cell == self.typical and cell is not None:
            return 0.0
        if cell is None:
            return 1.5
        plain = sum("a" <= letter <= "z" or letter == " " for letter in cell)
        return 1.0 + 0.02 * (plain + 3 * (len(cell) - plain)) + 0.01 * (cell.count("a") < len(cell))
