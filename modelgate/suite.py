"""A suite: which checks, on which data, with which limits and severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelgate.errors import Where
from modelgate.outcome import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a value is held to; at most one of the two is set in a step.

    Attributes:
        at_least: the value must not lie below.
        at_most: the value must not lie above.
    """

    at_least: float | None = None
    at_most: float | None = None

    def __bool__(self) -> bool:
        return self.at_least is not None or self.at_most is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of `checks:`.

    Attributes:
        check: the check's name, the first key of the entry.
        subject: the value of that key, as text.
        settings: what the suite sets of the check's own, typed and complete with defaults.
        limit: the suite's, else the check's default.
        severity: the suite's, else the check's default, else major for slices (`by`).
        by: each entry is a slicing of its own: a column, or two crossed.
        data: the role of the data set that is asked.
        where: file and line of the step.
        limit_where: the line of the limit, for annotations; the step's where there is none.
    """

    check: str
    subject: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    limit: Limit = field(default_factory=Limit)
    severity: Severity
    by: tuple[tuple[str, ...], ...] = ()
    data: str = "test"
    where: Where
    limit_where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPart:
    """One entry of `data:`.

    Attributes:
        path: as written; relative to the suite's file. None where it is given elsewhere.
        target: the column that holds the right answer.
        weight: the column of sample weights.
        format: the source's name, where the file's name does not tell.
        delimiter, encoding: of text files, where they cannot be found out.
        may_drop: the share of rows that may go unjudged, in [0, 1].
    """

    path: str | None = None
    target: str | None = None
    weight: str | None = None
    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    may_drop: float = 0.0
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPart:
    """The `model:` block: only what cannot be inferred from signature and data.

    Attributes:
        inputs: tensor -> its columns, in order.
        scores: the output that holds the scores (or the value, for regression).
        labels: the output that holds the labels.
        scores_are: "probabilities", "logits", or "positive" (a single positive-class score).
        classes: in the order of the scores.
        positive: the positive class.
        threshold: scores of the positive class at or above it are answered positive.
    """

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: str | None = None
    labels: str | None = None
    scores_are: str | None = None
    classes: tuple[Any, ...] = ()
    positive: Any = None
    threshold: float | None = None
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A parsed and validated suite.

    Attributes:
        name: the file's stem, or the name of a ready-made suite.
        path: as people would write it.
        digest: "sha256:..." of the file's bytes.
        task: None where it is to be inferred.
    """

    name: str
    title: str
    path: str
    digest: str
    task: str | None = None
    model: ModelPart = field(default_factory=ModelPart)
    data: Mapping[str, DataPart] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    seed: int = 0
