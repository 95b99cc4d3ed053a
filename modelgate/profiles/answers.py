"""What a model answers to a data set, gathered while its rows pass by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from modelgate.escape import shown
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.halvings import Halvings
from modelgate.profiles.profile import many
from modelgate.surveys import Layout, Rows, Survey

ANSWER = "answer"
MOST_SCORES = 100
"""Classes whose scores are gathered one by one; of more, only the best score of each row."""


class AnswerProfile(Survey):
    """The answers as columns: the score of each class, the class answered, or the number.

    Attributes:
        rows: that were seen.
    """

    answers: ClassVar[bool] = True

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.rows = 0
        classes = () if layout.facts is None else layout.facts.classes
        self._labels = np.zeros(len(classes), dtype=np.int64)
        self._lost = 0  # labels of no class, and numbers that are none
        self._numbers: dict[str, tuple[Halvings, list[int]]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return ()

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        answers = rows.answers
        if answers is None:
            return
        if answers.values is not None:
            self._add(ANSWER, answers.values, rows.first)
        elif answers.labels is not None:
            known = answers.labels[answers.labels >= 0]
            self._labels += np.bincount(known, minlength=len(self._labels))
            self._lost += len(answers.labels) - len(known)
        if answers.scores is not None:
            for name, scores in self._scores(answers.scores):
                self._add(name, scores, rows.first)
        self._bound()

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        self._labels += other._labels
        self._lost += other._lost
        for name, (values, missing) in other._numbers.items():
            mine, lost = self._numbers.setdefault(name, (Halvings(), [0]))
            mine.merge(values)
            lost[0] += missing[0]
        self._bound()

    @property
    def columns_profiled(self) -> Mapping[str, ColumnProfile]:
        """What was answered, as columns: scores first."""
        found = {
            name: ColumnProfile(
                name=name,
                kind="number",
                type="double",
                rows=self.rows,
                missing=missing[0],
                numbers=values.counted() if values.rows else None,
            )
            for name, (values, missing) in self._numbers.items()
        }
        if len(self._labels):
            classes = () if self.layout.facts is None else self.layout.facts.classes
            counts = zip(map(str, classes), self._labels.tolist(), strict=True)
            found[ANSWER] = ColumnProfile(
                name=ANSWER,
                kind="category",
                type="label",
                rows=self.rows,
                missing=self._lost,
                categories={label: rows for label, rows in counts if rows},
            )
        return found

    def _scores(self, scores: np.ndarray[Any, Any]) -> list[tuple[str, np.ndarray[Any, Any]]]:
        """Of two classes one score says all."""
        facts = self.layout.facts
        classes = () if facts is None else facts.classes
        if len(classes) > MOST_SCORES:
            return [("best score", scores.max(axis=1))]
        places = (
            range(len(classes))
            if len(classes) != 2
            else [1 if facts is None else facts.positive or 0]
        )
        return [(f"score of {_named(classes[place])}", scores[:, place]) for place in places]

    def _add(self, name: str, values: np.ndarray[Any, Any], first: int) -> None:
        kept, missing = self._numbers.setdefault(name, (Halvings(), [0]))
        there = ~np.isnan(values)
        missing[0] += len(values) - int(there.sum())
        kept.add(np.asarray(values[there], dtype=np.float64), first, len(values))

    def _bound(self) -> None:
        """Keep no more than a summary of many answers."""
        if many(max(self.rows, self.layout.rows or 0), len(self._numbers)):
            for values, _ in self._numbers.values():
                values.bound()


def _named(label: Any) -> str:
    return shown(label, 40) if isinstance(label, str) else str(label)
