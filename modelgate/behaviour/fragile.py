"""Rows whose answer turns with a typo or a cent, looked for on a few rows whoever asks or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.arrays import is_quantity, is_text
from modelgate.behaviour.answers import flipped, moved
from modelgate.behaviour.asked import Trials, evidence, smallest
from modelgate.behaviour.changing import Changed, changed
from modelgate.cells import index_of
from modelgate.change import Change
from modelgate.model import Model
from modelgate.perturb import named
from modelgate.predictions import Predictions
from modelgate.provided import Sample

LOOKED_AT = 64
"""Rows that are changed, at most, and asked about in one call; a second finds the least change."""
WORDS = 2
"""Spaces that a text holds on average; where there are fewer, it is a name or a code."""
FAR = 0.1
"""Of the spread of the right answers: a number that moves by more has turned."""


@dataclass(frozen=True, slots=True)
class Fragile:
    """A row that a small change turns.

    Attributes:
        turned: how many rows turned.
        changed: of how many that were changed.
        example: one of them, as evidence: the answer that moved furthest.
    """

    turned: int
    changed: int
    example: Mapping[str, Any]

    @property
    def by(self) -> str:
        """What turned the example, in words."""
        changed = self.example["changed"]
        values = changed.values() if isinstance(changed, Mapping) else (changed,)
        texts = {isinstance(value, str) for value in values}
        if texts == {True}:
            return "A typo"
        return "The last digit" if texts == {False} else "A typo and a last digit"


def fragile(model: Model, sample: Sample) -> Fragile | None:
    """Change some rows a little: is any of them answered otherwise?

    A letter of each text is mistyped, and each number moves by one in its last digit; columns of
    codes, of categories and of pictures stay as they are.

    Args:
        model: whom to ask.
        sample: rows with the answers to them.

    Returns:
        None where nothing could be changed, or every answer stayed as it was.

    Raises:
        ModelgateError: the model does not answer the changed rows.
    """
    rows = sample.rows.select(list(model.columns)).slice(0, LOOKED_AT)
    pool = sample.rows.select(list(model.columns))
    changes = _nudged(rows, pool, sample.seed)
    if changes is None or not changes.hit.any():
        return None
    place = np.flatnonzero(changes.hit)
    index = index_of(place)
    reached = Changed(
        changes.before.take(index), changes.after.take(index), changes.columns, changes.hit[place]
    )
    before = sample.answers.take(place)
    trials = Trials(reached, sample.positions[place], before, model.predict(reached.after))
    tolerance = _tolerance(model.facts, sample)

    def turned(one: Predictions, other: Predictions) -> NDArray[np.bool_]:
        return flipped(model.facts, one, other, tolerance)

    flips = turned(trials.before, trials.after)
    if not flips.any():
        return None
    far = np.where(flips, moved(model.facts, trials.before, trials.after), -1.0)
    worst = int(far.argmax())
    least = smallest(model, trials, worst, turned)
    example = evidence(model, trials, [worst]) if least is None else evidence(model, least, [0])
    return Fragile(int(flips.sum()), len(trials), example[0])


def _nudged(rows: pa.RecordBatch, pool: pa.RecordBatch, seed: int) -> Changed | None:
    """The rows with a typo and a last digit changed; None where no column holds either."""
    texts = [one.name for one in rows.schema if is_text(one.type) and _wordy(pool.column(one.name))]
    numbers = [one.name for one in rows.schema if is_quantity(one.type)]
    if not texts and not numbers:
        return None
    mistyped = changed(Change(named("typos"), {"severity": 1}), rows, texts, seed=seed, pool=pool)
    both = changed(Change(named("last_digit")), mistyped.after, numbers, seed=seed, pool=pool)
    return Changed(rows, both.after, (*texts, *numbers), mistyped.hit | both.hit)


def _wordy(column: pa.Array) -> bool:
    texts = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    spaces = pc.mean(pc.count_substring(texts, " ")).as_py()
    return spaces is not None and spaces >= WORDS


def _tolerance(facts: Facts, sample: Sample) -> float:
    if facts.task != "regression":
        return 0.0
    return FAR * float(np.std(sample.truth.astype(np.float64)))
