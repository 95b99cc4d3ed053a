"""Small states over rows as they stand, labelled or not: what drift and the data are judged by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Facts, StateNeed
from modelgate.predictions import Predictions


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is known of a data set before its first row.

    Attributes:
        schema: all its columns.
        target: the column with the right answers; None where nobody named one.
        weight: the column with the weights; None where every row counts one.
        group: the column whose equal values mark rows that belong together.
        features: the columns that feed the model, in its order; None where there is no model.
        facts: of the question; None where no labelled rows told it.
        folder: what names of files in cells are relative to.
        seed: for whatever is drawn.
        rows: how many there are; None where only reading them tells.
    """

    schema: pa.Schema
    target: str | None = None
    weight: str | None = None
    group: str | None = None
    features: tuple[str, ...] | None = None
    facts: Facts | None = None
    folder: Path = Path()
    seed: int = 0
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a data set.

    Attributes:
        block: n rows; at least the columns that the survey asked for.
        first: number of the first of them in the data set, from 0.
        answers: (n,) the model's, not finite where it answered so; None where no survey takes them.
        raw: output -> (n, ...) what the model gave there, of those that surveys ask for.
    """

    block: pa.RecordBatch
    first: int
    answers: Predictions | None = None
    raw: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class Survey(ABC):
    """A state that all rows of a data set are added to and that merges with another of its kind.

    It is a function of the rows and their places alone: blocks are canonical, so that batch sizes,
    threads and the order of merging leave no trace.

    Attributes:
        answers: whether it takes what the model answers; only then is the model asked.
        layout: of the data set.
    """

    answers: ClassVar[bool] = False

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The model's outputs that it takes as they come; only where `answers` is True."""
        return ()

    @abstractmethod
    def add(self, rows: Rows) -> None:
        """Take in some rows."""

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Take in all that another state of the same data set has seen."""


@dataclass(frozen=True, slots=True)
class SurveyNeed(StateNeed[Survey]):
    """A survey that a check asks for."""

    kind: type[Survey]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose rows a check's parameter is about, where that is not the step's own data set.

    A check writes `Annotated[Profile, Of("reference")]`.

    Attributes:
        role: the data set's role.
        setting: or the setting of the step that names the role.
    """

    role: str | None = None
    setting: str | None = None
