"""A suite: which checks, on which data, with which limits and severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from modelgate.change import Change
from modelgate.errors import Where
from modelgate.outcome import Severity
from modelgate.prepare import Preparation
from modelgate.slices import Part, Slicing

BUDGET = 20
"""Looks at a test set where a suite says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a value is held to; at most one of the three is set for a question.

    Attributes:
        at_least: the value must not lie below.
        at_most: the value must not lie above.
        margin: by so much the value may be worse than the champion's, at most.
    """

    at_least: float | None = None
    at_most: float | None = None
    margin: float | None = None

    def __bool__(self) -> bool:
        return any(bound is not None for bound in (self.at_least, self.at_most, self.margin))

    @property
    def written(self) -> dict[str, float]:
        """The side that is set and its bound; empty where none is."""
        sides = {"at_least": self.at_least, "at_most": self.at_most, "margin": self.margin}
        return {side: bound for side, bound in sides.items() if bound is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How much worse than the champion a step tolerates, as a suite writes it.

    Attributes:
        amount: 0 or more; None for "auto", which hangs on the rows and the champion alone.
        share: whether it was written in percent: of the champion's value for a loss such as rmse or
            log_loss, points for all others.
        asked: whether the suite wrote it, so that a comparison that cannot be made is told.
        none: no comparison at all.
    """

    amount: float | None = None
    share: bool = False
    asked: bool = False
    none: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How statuses become a verdict.

    Attributes:
        on_hold: what a hold means: "hold", or "ask" where a recorded approval may lift it.
        alpha_block: chance that a suite shows a model worse that is not, over all its questions.
        alpha_pass: chance that a blocker passes a model worse than its limit.
        budget: looks at one test set after which it promotes no version of the registry any more.
        reuse: "counted", or "strict": `alpha_pass` is shared by the looks of the budget, and the
            report tells no numbers.
    """

    on_hold: str = "hold"
    alpha_block: float = 0.01
    alpha_pass: float = 0.05
    budget: int = BUDGET
    reuse: str = "counted"

    @property
    def strict(self) -> bool:
        """Whether the budget shares one chance of a wrong pass, and no numbers are told."""
        return self.reuse == "strict"

    def shared(self) -> Policy:
        """The same, with the chance of a wrong pass that one look has."""
        return replace(self, alpha_pass=self.alpha_pass / self.budget) if self.strict else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Who lets a question pass for a while.

    Attributes:
        owner: answers for it.
        reason: why.
        expires: the last day, in UTC, on which it does.
    """

    owner: str
    reason: str
    expires: date

    @property
    def live(self) -> bool:
        """Whether it still does."""
        return datetime.now(UTC).date() <= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of `checks:`.

    Attributes:
        check: the check's name, the first key of the entry.
        subject: the value of that key, as text.
        settings: what the suite sets of the check's own, typed and complete with defaults.
        change: what is done to the rows, where the check does anything.
        limit: the suite's, else the check's default.
        margin: against the champion, where there is one.
        waiver: who lets it pass for a while; None where nobody does.
        severity: the suite's, else the check's default, else major for slices (`by`).
        by: each entry is a slicing of its own: a column, numbers in bins, or two of these crossed.
        part: the one slice that is meant; empty for all rows, or those of `by`.
        min_rows: slices of fewer rows are not decided, and told in one line.
        data: the role of the data set that is asked.
        where: file and line of the step.
        limit_where: the line of the limit, for annotations; the step's where there is none.
    """

    check: str
    subject: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    change: Change | None = None
    limit: Limit = field(default_factory=Limit)
    margin: Margin = field(default_factory=Margin)
    severity: Severity
    by: tuple[Slicing, ...] = ()
    part: Part = ()
    min_rows: int = 30
    data: str = "test"
    waiver: Waiver | None = None
    where: Where
    limit_where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPart:
    """One entry of `data:`.

    Attributes:
        path: as written; relative to the suite's file. None where it is given elsewhere.
        target: the column that holds the right answer.
        weight: the column of sample weights.
        group: the column that says which rows belong together, such as a user's; None where every
            row stands alone.
        format: the source's name, where the file's name does not tell.
        delimiter, encoding: of text files, where they cannot be found out.
        may_drop: the share of rows that may go unjudged, in [0, 1].
    """

    path: str | None = None
    target: str | None = None
    weight: str | None = None
    group: str | None = None
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
        types: of a file of scikit-learn's, that it may hold beside scikit-learn's own.
        prepare: what makes the model's inputs of raw texts, images or rows; None where the data
            holds them already.
    """

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: str | None = None
    labels: str | None = None
    scores_are: str | None = None
    classes: tuple[Any, ...] = ()
    positive: Any = None
    threshold: float | None = None
    types: tuple[str, ...] = ()
    prepare: Preparation | None = None
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A parsed and validated suite.

    Attributes:
        name: the file's stem, or the name of a ready-made suite.
        path: as people would write it.
        digest: "sha256:..." of the file's bytes.
        task: None where it is to be inferred.
        champion: path of the model in production; None where the suite names none.
        needs: roles without which it is no use.
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
    champion: str | None = None
    policy: Policy = field(default_factory=Policy)
    needs: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its steps name, each once, in the order of the suite."""
        values = (value for step in self.steps for value in step.settings.values())
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Path)))
