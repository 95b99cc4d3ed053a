"""One data set, answered once; what was said is kept, and its rows with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.arrays import is_tensor
from modelgate.asking import Asker, Raw
from modelgate.binding import Reading
from modelgate.binding.labels import Coder
from modelgate.judging import Rival, predictions
from modelgate.passing import Progress, answered
from modelgate.replay.in_memory import CountedRows, RowsInMemory
from modelgate.replay.replies import Replies, spoken_as, spoken_by_champion
from modelgate.role import Role
from modelgate.sample import Sampled

MOST_ROWS = 200_000
"""Rows kept of a data set; of more, a seeded sample."""
MOST_SCORES = 40_000_000
"""Scores kept of a data set: with a thousand classes, fewer rows are."""


class Tape:
    """One data set, answered once and kept.

    Attributes:
        role: its rows in memory without columns of tensors, and how replies are read.
        rows: that the data set has.
        replies: what the model said; None without labels.
        champion: what the champion said; None without labels, or without one.
        raw: output -> what the model said of rows without labels.
    """

    def __init__(
        self,
        role: Role,
        model: Asker,
        champion: Asker | None,
        *,
        seed: int,
        progress: Progress | None = None,
    ) -> None:
        """Make the pass.

        Args:
            role: the data set, bound.
            model: whoever is asked.
            champion: likewise; None where there is none.
            seed: of the sample, where there are more rows than are kept.
            progress: told the role and the rows done, after each block.
        """
        counted = CountedRows(role.data)
        most = _most_rows(role.reading)
        columns = [field.name for field in role.data.schema if not is_tensor(field.type)]
        askers, listeners = [], []
        if role.asked:
            model.beside = role.data.folder
            model.prepare(role.reading.outputs if role.reading else tuple(role.seen))
            askers, listeners = [model], [_listener(role.reading)]
        if champion is not None and role.champion is not None and role.reading is not None:
            champion.beside = role.data.folder
            champion.prepare(role.champion.outputs)
            askers.append(champion)
            listeners.append(_Rival(role.champion, role.reading))
        sampled = replace(role, data=Sampled(counted, most, seed))
        blocks: list[pa.RecordBatch] = []
        for block, raws in answered(sampled, askers, columns):
            blocks.append(block.select(columns))
            for listener, raw in zip(listeners, raws, strict=True):
                listener.add(raw)
            if progress is not None:
                progress(role.name, sum(map(len, blocks)))
        schema = pa.schema([role.data.schema.field(name) for name in columns])
        self.rows = counted.rows
        self.replies = None if role.reading is None else listeners[0].replies()
        self.champion = listeners[1].replies() if len(listeners) > 1 else None
        self.raw: Raw = listeners[0].raw() if role.asked and role.reading is None else {}
        data = RowsInMemory(blocks, schema, role.data)
        self.role = replace(role, data=data, reading=None, champion=None, searched=False)
        said = self.champion or self.replies
        if role.reading is not None and said is not None:
            self.role = replace(
                self.role,
                reading=spoken_as(role.reading, role.name),
                champion=spoken_by_champion(said, role.reading, role.name),
            )


def _most_rows(reading: Reading | None) -> int:
    classes = len(reading.classes) if reading is not None else 0
    return min(MOST_ROWS, MOST_SCORES // max(classes, 1))


class _Listener:
    """Keeps what is said block after block, as it is."""

    def __init__(self) -> None:
        self._said: list[dict[str, Any]] = []

    def add(self, raw: Raw) -> None:
        # A worker answers into memory that it uses again.
        self._said.append({name: np.array(values) for name, values in raw.items()})

    def replies(self) -> Replies:
        raise NotImplementedError

    def raw(self) -> Raw:
        return {name: np.concatenate([raw[name] for raw in self._said]) for name in self._said[0]}


class _Model(_Listener):
    """Reads it as answers to rows with labels."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading
        self._coder = Coder(reading.classes, reading.own)
        self._parts: list[Replies] = []

    def add(self, raw: Raw) -> None:
        self._parts.append(Replies(*predictions(raw, self._reading, self._coder)))

    def replies(self) -> Replies:
        return _joined(self._parts)


class _Rival(_Listener):
    """Reads it in the classes of the model on trial."""

    def __init__(self, reading: Reading, candidate: Reading) -> None:
        super().__init__()
        self._rival = Rival(reading, candidate)
        self._parts: list[Replies] = []

    def add(self, raw: Raw) -> None:
        rows = len(next(iter(raw.values())))
        answer, scores, _ = self._rival.answers(raw, np.ones(rows, dtype=np.bool_))
        self._parts.append(Replies(answer, scores))

    def replies(self) -> Replies:
        return _joined(self._parts)


def _listener(reading: Reading | None) -> _Listener:
    return _Listener() if reading is None else _Model(reading)


def _joined(parts: Sequence[Replies]) -> Replies:
    scores = [part.scores for part in parts if part.scores is not None]
    return Replies(
        np.concatenate([part.answer for part in parts]),
        np.concatenate(scores) if scores else None,
    )
