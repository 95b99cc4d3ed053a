"""Texts of which a model no longer knows all words: its vocabulary is stale."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

import pyarrow as pa
from numpy.random import Generator

from modelgate.arrays import is_text

WORD = re.compile(r"[^\W\d_]{2,}")
UNKNOWN = "\ue000"
"""Of the private use area: in no vocabulary. A word becomes as many of them as it has letters."""
FEWEST_WORDS = 20
"""Words that there have to be, for half of them to be any vocabulary."""
LOOKED_AT = 1_000
"""Texts by which it is seen whether a column holds sentences."""


def written_columns(rows: pa.RecordBatch) -> list[str]:
    """The columns that hold sentences, not categories: mostly three words or more."""
    return [
        field.name
        for field in rows.schema
        if is_text(field.type) and _sentences(rows.column(field.name).slice(0, LOOKED_AT))
    ]


def vocabulary(texts: Iterable[str | None]) -> list[str]:
    """The words of some texts, those of most texts first; in small letters."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word.casefold() for word in WORD.findall(text or "")})
    return sorted(counts, key=lambda word: (-counts[word], word))


def lost(words: list[str], share: float, rng: Generator) -> list[str]:
    """So many of the words, drawn at random, in the same order."""
    return [word for word, draw in zip(words, rng.random(len(words)), strict=True) if draw < share]


def forgetting(
    rows: pa.RecordBatch, columns: Collection[str], words: Collection[str]
) -> pa.RecordBatch:
    """The same rows, with some words of these columns made unknown to anybody."""
    known = frozenset(words)

    def unknown(found: re.Match[str]) -> str:
        word = found.group()
        return UNKNOWN * len(word) if word.casefold() in known else word

    arrays = [
        pa.array(
            [None if text is None else WORD.sub(unknown, text) for text in column.to_pylist()],
            pa.large_string(),
        )
        if name in columns
        else column
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=rows.schema.names)


def _sentences(column: pa.Array) -> bool:
    texts = [text for text in column.to_pylist() if text]
    many = sum(len(WORD.findall(text)) > 2 for text in texts)
    return many > len(texts) / 2
