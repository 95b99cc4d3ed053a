"""What can be measured of texts: their length, what they are made of, and their language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.cells import index_of
from modelgate.profiles.halvings import Integers
from modelgate.profiles.languages import SCRIPTS, languages
from modelgate.stats.shift import Counted

SHARES = ("digits", "letters", "not ASCII")
MEASURES = ("length", *SHARES)
PARTS = 1000
"""Shares are rounded to so many parts."""
EXACT_LENGTH = 4096
"""Characters up to which lengths are exact; beyond, they are rounded to 1/1024 of a doubling."""
FINEST = 1024
MOST_READ = 100_000
"""Texts up to which the language of each is guessed; of more, of one in `ONE_IN`."""
ONE_IN = 16
_SCRIPTS = min(first for first, _ in SCRIPTS.values())

_STARTS = np.array([byte & 0xC0 != 0x80 for byte in range(256)])  # a character's first byte
_CLASSES = {
    "digits": np.array([chr(byte).isdigit() and byte < 0x80 for byte in range(256)]),
    "letters": np.array([chr(byte).isalpha() and byte < 0x80 for byte in range(256)]),
    "not ASCII": np.array([byte >= 0xC0 for byte in range(256)]),
}


class Measured:
    """How many texts have which length and which shares of characters. Sums, so in any order."""

    def __init__(self) -> None:
        self._counts = {name: np.zeros(0, dtype=np.int64) for name in MEASURES}
        self._read = 0
        self._drawn: Counter[str] = Counter()  # languages of one text in `ONE_IN`
        self._others: Counter[str] | None = Counter()  # and of all others, while they are few

    def add(self, texts: pa.Array, rows: Integers | None = None, *, read: bool = True) -> None:
        """Take in texts.

        Args:
            texts: (n,) large strings, none missing.
            rows: (n,) how often each occurs; once where None.
            read: whether to guess in which language they are written.
        """
        content, offsets = _bytes(texts)
        for name, (places, held) in _places(content, offsets).items():
            found = np.bincount(places, None if rows is None else rows[held])
            self._sum(name, found.astype(np.int64))
        if read and len(texts):
            times = np.ones(len(texts), dtype=np.int64) if rows is None else rows
            drawn = _summed(content, offsets) % ONE_IN == 0
            self._guess(texts, drawn, times)

    def _guess(self, texts: pa.Array, drawn: NDArray[np.bool_], times: Integers) -> None:
        """Count languages: of all texts, or of those drawn by what they say."""
        self._had(int(times.sum()))
        wanted = np.flatnonzero(drawn) if self._others is None else np.arange(len(texts))
        found = _languages(texts.take(index_of(wanted)))
        for place, language in zip(wanted.tolist(), found, strict=True):
            side = self._drawn if drawn[place] or self._others is None else self._others
            side[language] += int(times[place])

    def _had(self, texts: int) -> None:
        self._read += texts
        if self._read > MOST_READ:
            self._others = None

    def merge(self, other: Measured) -> None:
        """Take in what another one has seen."""
        for name, counts in other._counts.items():
            self._sum(name, counts)
        self._had(other._read)
        self._drawn += other._drawn
        if self._others is not None and other._others is not None:
            self._others += other._others

    @property
    def languages(self) -> Mapping[str, int]:
        """Language -> texts, by name; of more than `MOST_READ` texts, of one in `ONE_IN`."""
        every = self._drawn + (self._others or Counter())
        return dict(sorted(every.items()))

    def counted(self) -> Mapping[str, Counted]:
        """Measure -> its values in order; those that no text has left out."""
        found = {}
        for name, counts in self._counts.items():
            places = np.flatnonzero(counts)
            if len(places):
                found[name] = Counted(_values(name, places), counts[places])
        return found

    def _sum(self, name: str, counts: Integers) -> None:
        short, long = sorted((self._counts[name], counts), key=len)
        whole = long.copy()
        whole[: len(short)] += short
        self._counts[name] = whole


def _places(
    content: NDArray[np.uint8], offsets: Integers
) -> Mapping[str, tuple[Integers, NDArray[np.intp]]]:
    """Where texts are counted, and which: all by their length, those not empty by their shares."""
    lengths = _summed(_STARTS[content], offsets)
    long = np.maximum(lengths, EXACT_LENGTH) / EXACT_LENGTH
    rounded = EXACT_LENGTH + np.round(FINEST * np.log2(long)).astype(np.int64)
    every, some = np.arange(len(lengths)), np.flatnonzero(lengths)
    found = {"length": (np.where(lengths <= EXACT_LENGTH, lengths, rounded), every)}
    for name, marks in _CLASSES.items():
        held = _summed(marks[content], offsets)[some]
        rounded = (2 * PARTS * held + lengths[some]) // (2 * lengths[some])
        found[name] = (rounded, some)
    return found


def _languages(texts: pa.Array) -> list[str]:
    """The language of each text."""
    content, offsets = _bytes(texts)
    letters = _summed(_CLASSES["letters"][content], offsets)
    scripts = {}
    if (content >= _SCRIPTS).any():
        for name, (first, last) in SCRIPTS.items():
            scripts[name] = _summed((content >= first) & (content <= last), offsets)
    return languages(texts, letters, scripts) if len(texts) else []


def _values(name: str, places: NDArray[np.intp]) -> NDArray[np.float64]:
    if name != "length":
        return places / PARTS
    long = np.round(EXACT_LENGTH * 2.0 ** ((places - EXACT_LENGTH) / FINEST))
    return np.where(places <= EXACT_LENGTH, places, long).astype(np.float64)


def _bytes(texts: pa.Array) -> tuple[NDArray[np.uint8], Integers]:
    """All texts' UTF-8, and where each begins and ends."""
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(content or b"", np.uint8)[offsets[0] : offsets[-1]]
    return held, offsets - offsets[0]


def _summed(marks: NDArray[Any], offsets: Integers) -> Integers:
    """(n,) marks, or bytes, of each text, added up."""
    upto = np.concatenate(([0], np.cumsum(marks, dtype=np.int64)))
    found: Integers = upto[offsets[1:]] - upto[offsets[:-1]]
    return found
