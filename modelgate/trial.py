"""All that is known of a trial before its first whole pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from modelgate.asking import Asker
from modelgate.binding import Reading
from modelgate.cases import CaseFile, Cases
from modelgate.declare import REFERENCE, Check
from modelgate.errors import UsageError
from modelgate.library import Library
from modelgate.options import Options
from modelgate.role import Role
from modelgate.suite import DataPart, ModelPart, Step, Suite


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a role are.

    Attributes:
        rows: a path or rows in memory.
        part: what the suite and the caller say of them.
        base: what a relative path is relative to.
    """

    rows: Any
    part: DataPart
    base: Path | None = None


@dataclass(slots=True)
class Trial:
    """A model on its way to judgement.

    Attributes:
        library: the checks and suites there are.
        suite: None until the data has told which ready-made one is meant.
        asker: the model.
        options: how it is run.
        places: role -> where its rows are.
        roles: role -> the data set, opened and bound.
        taken: what was taken for what.
        champion: the model to compare with; None where there is none.
        cases: file -> the hand-written cases in it.
        unclaimed: the alias of a champion that no model has had yet; None where there is none.
        settled: digest of the test set -> the automatic margins that its questions are held to.
        margins: question -> automatic margin that this trial held it to.
        keeps: whether inputs that break a property are kept in the project, and tried again.
    """

    library: Library
    suite: Suite | None
    asker: Asker
    options: Options
    places: Mapping[str, Place]
    roles: dict[str, Role] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    champion: Asker | None = None
    cases: Mapping[CaseFile, Cases] = field(default_factory=dict)
    unclaimed: str | None = None
    settled: Callable[[str], Mapping[str, float]] | None = None
    margins: dict[str, float] = field(default_factory=dict)
    keeps: bool = False

    @property
    def seed(self) -> int:
        """The caller's, else the suite's."""
        if self.options.seed is not None:
            return self.options.seed
        return self.suite.seed if self.suite is not None else 0

    @property
    def otherwise(self) -> tuple[str, ...]:
        """What the caller put in the place of what the suite says: its "seed", its rows, ..."""
        if self.suite is None:
            return ()
        found = ["quick"] if self.options.quick else []
        if self.seed != self.suite.seed:
            found.append("seed")
        for role, part in self.suite.data.items():
            place = self.places.get(role)
            if part.path is not None and place is not None and place.base is None:
                found.append(role)
            if part.target is not None and place is not None and place.part.target != part.target:
                found.append("target")
        return tuple(found)

    @property
    def lenient(self) -> bool:
        """Whether the suite is a ready-made one: what cannot be asked here is left out of it."""
        return self.suite is None or self.suite.path in self.library.suites

    @property
    def fed(self) -> tuple[str, ...] | None:
        """The columns that feed the model; None where nothing tells, as of data it does not fit."""
        asked = next((role for role in self.roles.values() if role.asked), None)
        feeding = self.asker.feeding
        if asked is None:
            return feeding or None
        return tuple(asked.data.schema.names) if feeding is None else feeding

    @property
    def told(self) -> ModelPart:
        """What the suite says of the model."""
        return self.suite.model if self.suite is not None else ModelPart()

    @property
    def reading(self) -> Reading | None:
        """How the model's answers are read, as labelled rows told; None where there are none."""
        return next((role.reading for role in self.roles.values() if role.reading), None)

    @property
    def first_seen(self) -> Mapping[str, NDArray[Any]] | None:
        """The raw answers to the first rows of the data; None where there is none."""
        return next((role.seen for role in self.roles.values() if role.asked), None)

    def reads(self, role: str) -> bool:
        """Whether any question is about a data set."""
        return self._any(lambda check, step: check.reads(role, step.data, step.settings))

    def puts_to_model(self, role: str) -> bool:
        """Whether any question about a data set is one for the model."""
        return self._any(lambda check, step: check.puts_to_model(role, step.data, step.settings))

    @property
    def takes_answers(self) -> bool:
        """Whether any question is about what the model answers to rows that need no labels."""
        return self._any(
            lambda check, step: any(
                need.kind.answers for _, need in check.surveyed(step.data, step.settings).values()
            )
        )

    def needs_labels(self, role: str) -> bool:
        """Whether any question about a data set is one about labels."""
        return self._any(lambda check, step: step.data == role and check.reads_labels)

    def uses_labels(self, role: str) -> bool:
        """Whether labels of a data set are of use, where it has any."""
        if role == REFERENCE:
            return self._any(lambda check, _: check.has_reference)
        return role == "test" or self.places[role].part.target is not None

    def _any(self, holds: Callable[[Check, Step], bool]) -> bool:
        """Whether something holds of a step; of any that may come, where there is no suite yet."""
        if self.suite is None:
            return True
        return any(holds(self.library[step.check], step) for step in self.suite.steps)


def places(
    suite: Suite | None, data: Any, target: str | None, reference: Any = None
) -> dict[str, Place]:
    """Role -> where its rows are: as the suite says, but for what the caller names.

    Raises:
        UsageError: MG2031, a target without data.
    """
    found: dict[str, Place] = {}
    if suite is not None:
        base = Path(suite.path).parent
        for role, part in suite.data.items():
            if part.path is not None:
                found[role] = Place(part.path, part, base)
    for role, rows in (("test", data), (REFERENCE, reference)):
        if rows is not None:
            part = suite.data.get(role, DataPart()) if suite is not None else DataPart()
            found[role] = Place(rows, part)
    if target is not None:
        if "test" not in found:
            raise UsageError(
                "MG2031", f"the target {target!r} is named, but no data: add --data FILE"
            )
        place = found["test"]
        # str: a DataFrame's columns may be named by numbers, which become texts
        found["test"] = replace(place, part=replace(place.part, target=str(target)))
    return found
