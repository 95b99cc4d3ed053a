"""How a check is declared: one function, its questions before the `*`, its settings after it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.bench import Bench
from modelgate.cases import CaseFile, Cases
from modelgate.change import Change
from modelgate.kept import Kept
from modelgate.model import Artifact, Champion, Model
from modelgate.outcome import Outcome, Severity
from modelgate.predictions import Predictions
from modelgate.setting import Setting

if TYPE_CHECKING:
    import pyarrow as pa

Ask = Callable[..., Outcome | Sequence[Outcome]]
Needs = Callable[[Facts, Mapping[str, Any]], Need]
Pairs = Callable[[Facts, Mapping[str, Any]], Need | None]
Unit = str | Callable[[Mapping[str, Any]], str]
Function = TypeVar("Function", bound=Ask)


class Examples(dict[str, Any]):
    """The hand-written data of a check: the YAML beside its file, or what the suite names."""


class Groups(dict[tuple[Any, ...], Aggregate]):
    """The aggregate of each group of rows: values of the columns -> aggregate.

    The columns are those that a setting names, see `check(groups=...)`.
    """


@dataclass(frozen=True, slots=True)
class Reference:
    """The same aggregate, of the rows in the role "reference".

    Attributes:
        found: the aggregate.
    """

    found: Aggregate


class Probe(Protocol):
    """The model with its first rows, for questions about the artifact itself.

    What a check asks here is bounded, and counted in the report.
    """

    @property
    def artifact(self) -> Artifact:
        """What was loaded."""
        ...

    @property
    def rows(self) -> int:
        """Rows there are to ask about, at most 64; made up from the signature without data."""
        ...

    @property
    def seen(self) -> Mapping[str, NDArray[Any]]:
        """Output -> the raw answers to these rows, in one call, as the engine first got them."""
        ...

    def outputs(self, rows: int, *, batch: int | None = None) -> Mapping[str, NDArray[Any]]:
        """The raw answers of a fresh call about the first `rows` rows.

        Args:
            rows: 1 to `Probe.rows`.
            batch: rows a call; all at once where None.

        Raises:
            ModelError, ModelCrashedError: the model did not answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Some rows of a data set that can be judged, with the answers that were given to them.

    At most `SAMPLED` of them, every row as likely as any other, drawn by seed and position alone;
    where rows belong together, one of a group.

    Attributes:
        rows: n rows of the columns that feed the models, in the order of the file.
        answers: the model's, from the pass; it need not be asked again.
        champion: the champion's, in the same classes; None where there is none.
        truth: (n,) positions of the right classes, or the target itself for regression.
        positions: (n,) numbers of the rows in their data set, from 0.
        seed: for what is drawn further.
    """

    rows: pa.RecordBatch
    answers: Predictions
    champion: Predictions | None
    truth: NDArray[Any]
    positions: NDArray[np.int64]
    seed: int

    def __len__(self) -> int:
        return len(self.truth)


SAMPLED = 2_000
"""Rows of a `Sample`, at most."""


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
    def changes(self) -> bool:
        """Whether the value of its first key names a perturbation, whose settings it takes too."""
        return Change in self.provided.values()

    @property
    def asks_model(self) -> bool:
        """Whether it needs the model itself, and not only what that said of the data."""
        return bool({Model, Champion, Bench} & set(self.provided.values()))

    def reads(self, role: str, asked: str) -> bool:
        """Whether it reads a data set, in a step that asks `asked`."""
        return role == asked or (role == REFERENCE and Reference in self.provided.values())

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
)
"""What the engine gives to a parameter before the `*`, by its type (or a kind of Aggregate)."""


def is_aggregate(kind: Any) -> bool:
    """Whether a parameter of this type is given an aggregate."""
    return isinstance(kind, type) and issubclass(kind, Aggregate)


DECLARED = "__modelgate_check__"


def check(
    *,
    family: str,
    subject: str | None = None,
    needs: Needs | None = None,
    tasks: tuple[str, ...] = ("classification", "regression"),
    severity: Severity | str = Severity.MAJOR,
    at_least: float | None = None,
    at_most: float | None = None,
    compare: Ask | None = None,
    pairs: Pairs | None = None,
    groups: str | None = None,
    cases: str | None = None,
    unit: Unit = "",
    example: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Declare a function as a check.

    Args:
        family: the folder under `checks/`.
        subject: the setting that takes the value of the step's first key.
        needs: (facts, settings) -> the aggregate wanted, where that depends on the settings.
        tasks: the tasks it can judge.
        severity: the default, where a suite is silent.
        at_least: the default limit from below.
        at_most: the default limit from above.
        compare: the same question about two models: takes an aggregate that compares, and the
            settings; answers an `Outcome` with a `Difference`.
        pairs: (facts, settings) -> that aggregate; None where these settings cannot compare.
        groups: the setting that names the columns by which `Groups` divide the rows; `needs` says
            which aggregate there is of each.
        cases: the setting that names the file of the `Cases`.
        unit: of its values, where that is known before it is asked; or settings -> unit. With it
            stands the limit of a step that was not asked.
        example: lines of an example step, for `modelgate explain`.

    Returns:
        The function itself, with its declaration fastened to it.
    """

    def declare(function: Function) -> Function:
        hints = get_type_hints(function, include_extras=True)
        provided: dict[str, Any] = {}
        settings: dict[str, Setting] = {}
        spared = set()
        for parameter in inspect.signature(function).parameters.values():
            kind = hints.get(parameter.name, Any)
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                settings[parameter.name] = Setting(kind, parameter.default)
            else:
                provided[parameter.name] = _without_none(kind)
                if provided[parameter.name] is not kind:
                    spared.add(parameter.name)
        declared = Check(
            name=function.__name__,
            family=family,
            ask=function,
            provided=MappingProxyType(provided),
            settings=MappingProxyType(settings),
            subject=subject,
            needs=needs,
            tasks=tasks,
            severity=Severity(severity),
            at_least=at_least,
            at_most=at_most,
            compare=compare,
            pairs=pairs,
            groups=groups,
            cases=cases,
            spared=frozenset(spared),
            unit=unit,
            example=example,
        )
        setattr(function, DECLARED, declared)
        return function

    return declare


def _without_none(kind: Any) -> Any:
    """The type that a parameter takes where it is given anything: `Champion | None`."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    left = [part for part in get_args(kind) if part is not NoneType]
    return left[0] if len(left) == 1 else kind
