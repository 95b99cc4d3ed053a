"""Models that misread what they are given: they are really asked, about rows that were changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from modelgate.errors import ModelgateError
from modelgate.live import LiveModel
from modelgate.replay import Recording, Replies
from modelgate.replay.beyond import reply
from modelgate.selftest.exchanging import exchanged, neighbours, telling
from modelgate.selftest.fault import Fault, Group, Untried, percent
from modelgate.selftest.forgetting import (
    FEWEST_WORDS,
    forgetting,
    lost,
    vocabulary,
    written_columns,
)
from modelgate.selftest.values import Values

MOST_ASKED = 200_000
"""Rows that the model is asked about for each of the two kinds; once about each row at least."""
MOST_PAIRS = 6
"""Pairs of columns that are exchanged in all rows."""
VOCABULARIES = 3
"""Draws of the words that are forgotten."""
FORGOTTEN = 0.5
"""Share of the known words that one draw forgets."""
LEAST_LOST = 0.01
"""Share of the rows that must be answered rightly no more for that to be a fault at all."""
LEAST_RISE = 0.05
"""By what share the error must rise, likewise."""
SWAP = "take one column for another"
FORGET = "no longer know half of the words"

Read = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Rows as they are given -> as such a model takes them."""


def misreadings(recording: Recording) -> Iterator[Fault | Untried]:
    """Columns exchanged, and words that are not known any more; of each, those that do harm."""
    if recording.model is None:
        why = "there is no model to ask about changed rows: the answers were given beforehand"
        if recording.trial.asker.answers_again:
            why = "its rows hold arrays, which are not kept"
        yield Untried(SWAP, why)
        return
    table = recording.table.select(list(recording.model.columns)).unify_dictionaries()
    asked = _Asked(recording, recording.model, table.combine_chunks().to_batches()[0])
    yield from _exchanged(asked)
    yield from _forgetful(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A recorded model, and the rows that it is asked about once more: of the columns it reads."""

    recording: Recording
    model: LiveModel
    rows: pa.RecordBatch

    def drawn(self, what: str, draw: int = 0) -> Generator:
        """The chance of one fault, whatever else is tried."""
        return np.random.default_rng(
            [self.recording.trial.seed, crc32(what.encode()), draw],
        )

    def affordable(self, most: int) -> int:
        """How many times all rows may be asked about; once at least."""
        return min(most, max(MOST_ASKED // len(self.recording.truth), 1))

    def fault(self, name: str, kind: str, group: Group, says: str, read: Read) -> Fault | Untried:
        """A model that takes its rows for others; untried where that does no harm."""

        def ask(rows: pa.RecordBatch) -> Replies:
            return reply(self.model, read(rows.select(list(self.model.columns))))

        try:
            replies = ask(self.rows)
        except ModelgateError as error:
            return Untried(says, f"such a model would fail, with {error.code}")
        replies = self._judged_alone(replies)
        harm, least = self._harm(replies)
        if harm < least:
            return Untried(says, f"that does no harm here: {self._little()}")
        return Fault(
            name=name,
            kind=kind,
            group=group,
            says=says,
            make=lambda _: replies,
            draws=1,
            size=harm if np.isfinite(harm) else None,
            metric="rmse" if self._numbers else "accuracy",
            asked=ask,
        )

    @property
    def _numbers(self) -> bool:
        return self.recording.reading.task == "regression"

    def _judged_alone(self, replies: Replies) -> Replies:
        """Replies that are changed in the rows alone that count, as of all other faults."""
        usable, before = self.recording.usable, self.recording.replies["test"]
        answer = np.where(usable, replies.answer, before.answer)
        if replies.scores is None or before.scores is None:
            return Replies(answer)
        return Replies(answer, np.where(usable[:, None], replies.scores, before.scores))

    def _harm(self, replies: Replies) -> tuple[float, float]:
        """By how much it is worse, and by how much it has to be to count as a fault."""
        if self._numbers:
            values = Values.of(self.recording)
            before, after = values.error(), values.error(replies.answer)
            if not np.isfinite(after) or before == 0:
                return (0.0 if after == before else np.inf), LEAST_RISE
            return after / before - 1, LEAST_RISE
        truth, usable = self.recording.truth, self.recording.usable
        before, after = (
            float((answer == truth)[usable].mean())
            for answer in (self.recording.replies["test"].answer, replies.answer)
        )
        return before - after, LEAST_LOST

    def _little(self) -> str:
        if self._numbers:
            return f"the error rises by less than {percent(LEAST_RISE)}"
        return f"fewer than {percent(LEAST_LOST)} of the rows are lost"


def _exchanged(asked: _Asked) -> Iterator[Fault | Untried]:
    said = asked.recording.replies["test"]
    pairs = neighbours(asked.model.schema)
    if not pairs:
        yield Untried(SWAP, "no two of its columns hold the same kind of values")
        return
    rng = asked.drawn("columns")
    found = dict(telling(pairs, asked.rows, said, partial(reply, asked.model), rng))
    some = [pair for pair, code in found.items() if code is None]
    codes = dict.fromkeys(str(code) for code in found.values() if code is not None)
    if codes:
        yield Untried(SWAP, f"some such models would fail, with {', '.join(codes)}")
    elif not some:
        yield Untried(SWAP, "it answers as before when columns of one kind are exchanged")
    chosen = rng.permutation(len(some))[: asked.affordable(MOST_PAIRS)]
    harmless: list[Untried] = []
    for place in sorted(chosen):
        one, other = pair = some[place]
        fault = asked.fault(
            f"columns[{one}, {other}]",
            "columns",
            "columns",
            f"take the column {one!r} for {other!r}, and the other way round",
            partial(exchanged, pair=pair),
        )
        if isinstance(fault, Fault):
            yield fault
        else:
            harmless.append(fault)
    if len(harmless) > 1:
        others = f"of {len(harmless)} other pairs, and the other way round"
        harmless = [Untried(f"{SWAP}, {others}", harmless[0].why)]
    yield from harmless


def _forgetful(asked: _Asked) -> Iterator[Fault | Untried]:
    rows = asked.rows
    columns = written_columns(rows)
    if not columns:
        return
    words = vocabulary(text for name in columns for text in rows.column(name).to_pylist())
    if len(words) < FEWEST_WORDS:
        yield Untried(FORGET, f"there are fewer than {FEWEST_WORDS} of them")
        return
    for draw in range(asked.affordable(VOCABULARIES)):
        gone = lost(words, FORGOTTEN, asked.drawn("words", draw))
        named = " and ".join(map(repr, [word for word in gone if len(word) > 3][:2]))
        yield asked.fault(
            f"words[{draw + 1}]",
            "words",
            "words",
            f"{FORGET}, {named} among them" if named else FORGET,
            partial(forgetting, columns=columns, words=gone),
        )
