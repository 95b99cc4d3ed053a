"""How a check is declared: one function, its questions before the `*`, its settings after it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, get_type_hints

from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.model import Artifact, Model
from modelgate.outcome import Outcome, Severity

Ask = Callable[..., Outcome | Sequence[Outcome]]
Needs = Callable[[Facts, Mapping[str, Any]], Need]
Pairs = Callable[[Facts, Mapping[str, Any]], Need | None]
Function = TypeVar("Function", bound=Ask)


class Examples(dict[str, Any]):
    """The hand-written data of a check: the YAML beside its file, or what the suite names."""


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


@dataclass(frozen=True, slots=True)
class Setting:
    """What a suite may set of a check.

    Attributes:
        type: the annotation: a Literal, int, float, str, bool, a list, or a union with None.
        default: its value where the suite is silent; `REQUIRED` where it must be written.
    """

    type: Any
    default: Any


REQUIRED: Any = inspect.Parameter.empty


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
    path: Path | None = None

    @property
    def asks_aggregate(self) -> bool:
        """Whether it reads aggregates, and so can be asked of slices."""
        return any(is_aggregate(kind) for kind in self.provided.values())


PROVIDED = (Aggregate, Answers, Artifact, Examples, Facts, Model, Probe)
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

    Returns:
        The function itself, with its declaration fastened to it.
    """

    def declare(function: Function) -> Function:
        hints = get_type_hints(function)
        provided: dict[str, Any] = {}
        settings: dict[str, Setting] = {}
        for parameter in inspect.signature(function).parameters.values():
            kind = hints.get(parameter.name, Any)
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                settings[parameter.name] = Setting(kind, parameter.default)
            else:
                provided[parameter.name] = kind
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
        )
        setattr(function, DECLARED, declared)
        return function

    return declare
