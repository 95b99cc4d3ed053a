"""Answers that a test gives to a check, gathered as the engine would gather them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Batch, Facts
from modelgate.coding import ColumnCoder, columns_of
from modelgate.declare import Check
from modelgate.judging import Gathered
from modelgate.needs import need_of, pair_of
from modelgate.slicing import Slices
from modelgate.suite import Step

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Answers to n rows.

    Attributes:
        truth: (n,) right answers: labels, or numbers for regression.
        answer: (n,) the model's; the class of the best score where None.
        scores: (n, classes) probabilities.
        weight: (n,) of the rows.
    """

    truth: Any
    answer: Any = None
    scores: Any = None
    weight: Any = None

    def batch(self, facts: Facts) -> Batch:
        """As aggregates take them.

        Raises:
            ValueError: a label is none of the classes, or the lengths differ.
        """
        if facts.task == "regression":
            right, given = np.asarray(self.truth, dtype=float), np.asarray(self.answer, dtype=float)
        else:
            right = _codes(self.truth, facts)
            given = (
                np.argmax(self.scores, axis=1)
                if self.answer is None
                else _codes(self.answer, facts)
            )
        scores, weight = self.scores, self.weight
        parts = (right, given, scores, weight)
        if len({len(part) for part in parts if part is not None}) > 1:
            raise ValueError("truth, answer, scores and weight are not equally long")
        return Batch(
            truth=right,
            answer=given,
            scores=None if scores is None else np.asarray(scores, dtype=float),
            weight=None if weight is None else np.asarray(weight, dtype=float),
            row=np.arange(len(right)),
        )


def facts_of(task: str, given: Given, classes: Sequence[Any] | None) -> Facts:
    """What is known of the question: the classes are the sorted labels where they are not named."""
    if task == "regression":
        return Facts(task="regression")
    if classes is None:
        seen = [*given.truth, *(given.answer if given.answer is not None else [])]
        classes = sorted(set(seen))
    return Facts("classification", tuple(classes), 1 if len(classes) == 2 else None)


def gathered(
    check: Check,
    step: Step,
    facts: Facts,
    given: Given,
    *,
    champion: Given | None = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
) -> Gathered:
    """What the pass over such rows would leave behind for a step.

    Args:
        check: that is asked.
        step: that asks it.
        facts: of the question.
        given: the answers.
        champion: those of another model to the same rows.
        columns: name -> (n,) values of the rows.

    Raises:
        ValueError: as `Given.batch` says.
    """
    batch = given.batch(facts)
    if champion is not None:
        other = champion.batch(facts)
        batch = replace(batch, champion_answer=other.answer, champion_scores=other.scores)
    if columns is not None:
        block = _block(columns)
        batch = replace(batch, columns=ColumnCoder(columns_of(block, ())).of(block))
    needs = need_of(check, step, facts)
    pair = None if champion is None else pair_of(check, step, facts)
    whole = {need: need.make(facts) for need in [*needs, *([pair] if pair else [])]}
    for aggregate in whole.values():
        if champion is not None or not aggregate.paired:
            aggregate.add(batch.part_for(aggregate))
    found = Gathered(facts, whole=whole)
    grouped = check.grouped(step.settings)
    if columns is not None and grouped:
        found.slices = Slices(facts, {grouped: needs})
        found.slices.add(block, np.ones(len(batch), dtype=np.bool_), batch)
    return found


def _block(columns: Mapping[str, Sequence[Any]]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pydict({name: list(column) for name, column in columns.items()})


def _codes(labels: Any, facts: Facts) -> NDArray[np.int64]:
    at = {label: position for position, label in enumerate(facts.classes)}
    strange = [label for label in labels if label not in at]
    if strange:
        raise ValueError(f"{strange[0]!r} is none of the classes {list(facts.classes)}")
    return np.array([at[label] for label in labels], dtype=np.int64)
