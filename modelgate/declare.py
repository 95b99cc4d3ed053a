"""A check as it was declared, and what the engine gives to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import (
    Any,
)

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.bench import Bench
from modelgate.cases import CaseFile, Cases
from modelgate.change import Change
from modelgate.kept import Kept
from modelgate.model import Artifact, Champion, Model
from modelgate.outcome import Outcome, Severity
from modelgate.provided import Bound, Examples, Groups, Probe, Reference, Sample
from modelgate.setting import Setting
from modelgate.surveys import Of, Survey, SurveyNeed

Ask = Callable[..., Outcome | Sequence[Outcome]]
Needs = Callable[[Facts, Mapping[str, Any]], Need]
Pairs = Callable[[Facts, Mapping[str, Any]], Need | None]
Unit = str | Callable[[Mapping[str, Any]], str]
OfSurveys = Callable[[Mapping[str, Any]], Mapping[str, Any] | SurveyNeed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A declared check.

    Attributes:
        name: the function's, and the key that names it in a suite.
        family: the folder it stands in.
        ask: the function.
        provided: parameter -> type, of what the engine gives.
        settings: parameter -> setting, of what a suite may write.
        subject: the setting that takes the value of the step's first key; None where that value
            is but a name for people.
        needs: says which aggregate is wanted, where that depends on the settings.
        tasks: the tasks it can judge.
        severity: the default, where the suite is silent.
        at_least, at_most: the default limit; both None where a limit is the suite's to write.
        compare: asks the same of two models on the same rows; None where it cannot.
        pairs: says which aggregate that reads.
        groups: the setting that names the columns by which `Groups` divide the rows.
        cases: the setting that names the file of the `Cases`.
        surveys: says the settings of its surveys, or which survey all of them are.
        others: parameter -> whose rows it is about, of surveys that are not about the step's data.
        spared: parameters that are None where the engine has nothing to give; without any other
            one, the check is not asked.
        unit: of its values, as far as that is known before it is asked; or told by the settings.
        example: lines of an example step; where empty, its required settings and a limit.
        path: the file, once it is loaded from one.
    """

    name: str
    family: str
    ask: Ask
    provided: Mapping[str, Any]
    settings: Mapping[str, Setting]
    subject: str | None = None
    needs: Needs | None = None
    tasks: tuple[str, ...] = ("classification", "regression")
    severity: Severity = Severity.MAJOR
    at_least: float | None = None
    at_most: float | None = None
    compare: Ask | None = None
    pairs: Pairs | None = None
    groups: str | None = None
    cases: str | None = None
    surveys: OfSurveys | None = None
    others: Mapping[str, Of] = field(default_factory=dict)
    spared: frozenset[str] = frozenset()
    unit: Unit = ""
    example: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def asks_aggregate(self) -> bool:
        """Whether it reads an aggregate of the rows alone, and so can be asked of slices."""
        kinds = self.provided.values()
        return any(is_aggregate(kind) for kind in kinds) and Reference not in kinds

    @property
    def reads_labels(self) -> bool:
        """Whether it asks about labelled rows."""
        kinds = [kind for name, kind in self.provided.items() if name not in self.spared]
        return Groups in kinds or Sample in kinds or any(map(is_aggregate, kinds))

    @property
    def judges_rows(self) -> bool:
        """Whether rows without a usable label or answer are missing from what it tells."""
        return not any(map(is_survey, self.provided.values()))

    @property
    def changes(self) -> bool:
        """Whether the value of its first key names a perturbation, whose settings it takes too."""
        return Change in self.provided.values()

    @property
    def asks_model(self) -> bool:
        """Whether it needs the model itself, and not only what that said of the data."""
        return bool({Model, Champion, Bench} & set(self.provided.values()))

    @property
    def has_reference(self) -> bool:
        """Whether it compares with labelled rows of the role "reference"."""
        return Reference in self.provided.values()

    def reads(self, role: str, asked: str, settings: Mapping[str, Any]) -> bool:
        """Whether it reads a data set, in a step that asks `asked`."""
        if role == asked or (role == REFERENCE and self.has_reference):
            return True
        return any(role == whose for whose, _ in self.surveyed(asked, settings).values())

    def puts_to_model(self, role: str, asked: str, settings: Mapping[str, Any]) -> bool:
        """Whether it needs the model bound to a data set that it reads."""
        if role == REFERENCE and self.has_reference:
            return True
        kinds = [kind for name, kind in self.provided.items() if name not in self.spared]
        if role == asked and not all(is_survey(kind) or kind in BESIDE_MODEL for kind in kinds):
            return True
        surveys = self.surveyed(asked, settings).values()
        return any(role == whose and need.kind.answers for whose, need in surveys)

    def surveyed(
        self, asked: str, settings: Mapping[str, Any]
    ) -> dict[str, tuple[str, SurveyNeed]]:
        """Parameter -> the role that it is about, and the survey of that.

        Args:
            asked: the role that the step asks.
            settings: of the step.
        """
        written = {} if self.surveys is None else self.surveys(settings)
        chosen = written if isinstance(written, SurveyNeed) else None
        further = () if isinstance(written, SurveyNeed) else tuple(sorted(written.items()))
        found = {}
        for name, kind in self.provided.items():
            if not is_survey(kind):
                continue
            of = self.others.get(name, Of(asked))
            role = of.role if of.setting is None else settings[of.setting]
            if role is not None:
                found[name] = (role, chosen or SurveyNeed(kind, further))
        return found

    def case_file(self, settings: Mapping[str, Any], classes: Sequence[Any]) -> CaseFile | None:
        """The file of cases that a step names; None where its check asks for none.

        Args:
            settings: of the step; `labels` says which classes the numbers of the file mean.
            classes: of the model, where the suite names them.
        """
        path = None if self.cases is None else settings[self.cases]
        if not isinstance(path, Path):
            return None
        named = classes if any(isinstance(one, str) for one in classes) else ()
        return CaseFile(path, tuple(settings.get("labels") or named))

    def grouped(self, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns by which the rows are divided; empty where they are not."""
        if self.groups is None:
            return ()
        written = settings[self.groups]
        return (written,) if isinstance(written, str) else tuple(written)


REFERENCE = "reference"
"""The role of the rows that a model was trained on."""
PROVIDED = (
    Aggregate,
    Answers,
    Artifact,
    Bench,
    Bound,
    Cases,
    Champion,
    Change,
    Examples,
    Facts,
    Groups,
    Kept,
    Model,
    Probe,
    Reference,
    Sample,
    Survey,
)
"""What the engine gives to a parameter before the `*`, by its type (or a kind of Aggregate or
Survey)."""


def is_aggregate(kind: Any) -> bool:
    """Whether a parameter of this type is given an aggregate."""
    return isinstance(kind, type) and issubclass(kind, Aggregate)


def is_survey(kind: Any) -> bool:
    """Whether a parameter of this type is given a survey."""
    return isinstance(kind, type) and issubclass(kind, Survey)


BESIDE_MODEL = (Bound, Examples, Kept)
"""Of what the engine gives: what there is without a model."""
