"""One-pass, mergeable statistics.

Every aggregate's state is a pure function of the multiset of rows it has seen: counts are integers
and sums are exact, so that any split of the rows into batches, in any order, merges to the same
bytes. That is what lets one thread, two threads and a cluster agree.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates.columns import Columns

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the question before the first row.

    Attributes:
        task: what kind of answer is judged.
        classes: the labels, in the order of the scores; empty for regression.
        positive: index into `classes` of the positive class; None where there are not two classes.
    """

    task: Literal["classification", "regression"]
    classes: tuple[str | int | float | bool, ...] = ()
    positive: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that can be judged: answer finite, and label known but for rows that are only compared.

    Attributes:
        truth: (n,) index into `Facts.classes`, or the target itself for regression.
        answer: (n,) the same, of the model.
        scores: (n, classes) probabilities that sum to one; None where the model gives labels only.
        weight: (n,) non-negative sample weights; None where every row counts one.
        row: (n,) number of the row in its data set, from 0.
        champion_answer: (n,) as `answer`, of the champion; None where there is none.
        champion_scores: (n, classes) as `scores`, of the champion.
        labelled: (n,) whether there is a right answer; None where there is one for every row.
        columns: (n,) what the columns of the data hold; None where nobody asks for it.
        group: (n,) hash of the group that the row belongs to; None where every row stands alone.
        both: (n,) whether the champion's answer can be judged too; None where every one can.
    """

    truth: NDArray[Any]
    answer: NDArray[Any]
    scores: Floats | None = None
    weight: Floats | None = None
    row: Integers | None = None
    champion_answer: NDArray[Any] | None = None
    champion_scores: Floats | None = None
    labelled: Flags | None = None
    both: Flags | None = None
    group: NDArray[np.uint64] | None = None
    columns: Columns | None = None

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, index: NDArray[Any] | slice) -> Batch:
        """The rows at `index`: positions, one boolean a row, or a slice (a view, no copy)."""

        def part(values: NDArray[Any] | Columns | None) -> Any:
            return None if values is None else values[index]

        return Batch(
            truth=self.truth[index],
            answer=self.answer[index],
            scores=part(self.scores),
            weight=part(self.weight),
            row=part(self.row),
            champion_answer=part(self.champion_answer),
            champion_scores=part(self.champion_scores),
            labelled=part(self.labelled),
            both=part(self.both),
            group=part(self.group),
            columns=part(self.columns),
        )

    @staticmethod
    def joined(batches: Sequence[Batch]) -> Batch:
        """All their rows, one batch after the other; without what the columns hold."""
        if len(batches) == 1:
            return batches[0]
        columns: dict[str, Any] = {}
        for one in fields(Batch):
            if one.name == "columns":
                continue
            parts = [getattr(batch, one.name) for batch in batches]
            if any(part is not None for part in parts):  # only flags are left out where all hold
                columns[one.name] = np.concatenate(
                    [
                        np.ones(len(batch), dtype=np.bool_) if part is None else part
                        for part, batch in zip(parts, batches, strict=True)
                    ]
                )
        return Batch(**columns)

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        parts = [getattr(self, one.name) for one in fields(Batch)]
        return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))

    def part_for(self, kind: Aggregate | type[Aggregate]) -> Batch:
        """The rows that an aggregate of this kind takes."""
        if kind.chooses:
            return self
        rows = None if kind.paired and kind.unlabelled else self.labelled
        if kind.paired and self.both is not None:
            rows = self.both if rows is None else rows & self.both
        return self if rows is None or rows.all() else self.take(rows)


class Aggregate(ABC):
    """A small state that batches are added to and that merges with another of its kind.

    Attributes:
        paired: whether it compares: it is fed only rows that both models answered, with the
            champion's answers in the batch.
        searches: whether it is given what the columns of the data hold.
        unlabelled: whether it takes rows without a label (truth -1) too: where both models answer
            alike, a comparison needs none.
        chooses: whether it is fed all rows and leaves out those that it cannot take itself.
    """

    paired: ClassVar[bool] = False
    searches: ClassVar[bool] = False
    unlabelled: ClassVar[bool] = False
    chooses: ClassVar[bool] = False

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @abstractmethod
    def add(self, batch: Batch) -> None:
        """Take in some rows."""

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Take in all that another state of the same question has seen."""


State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class StateNeed(Generic[State]):
    """A small state that a check asks for. Equal needs of the same rows share one.

    Attributes:
        kind: the state's class.
        settings: its further arguments, as sorted pairs.
    """

    kind: Callable[..., State]
    settings: tuple[tuple[str, Any], ...] = ()

    def make(self, about: object) -> State:
        """An empty state, of what its class takes first: the facts, or a data set's layout."""
        return self.kind(about, **dict(self.settings))


@dataclass(frozen=True, slots=True)
class Need(StateNeed[Aggregate]):
    """An aggregate that a check asks for."""

    kind: type[Aggregate]

    @property
    def paired(self) -> bool:
        """Whether it compares two models, itself or by lots."""
        inner = dict(self.settings).get("inner")
        return self.kind.paired or (isinstance(inner, Need) and inner.paired)
