"""The surveys of a data set, fed block after block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.declare import Check
from modelgate.errors import UnaskedError, UsageError, did_you_mean
from modelgate.escape import printable, shown
from modelgate.predictions import Predictions
from modelgate.profiles.profile import Profile
from modelgate.profiles.stored import ProfileData, StoredProfile
from modelgate.role import Role
from modelgate.suite import Step
from modelgate.surveys import Layout, Rows, Survey, SurveyNeed


class Surveying:
    """Takes every row to every survey that the steps of a suite ask for.

    A survey that breaks off is fed no more, and the checks that ask for it crash; the others go on.

    Attributes:
        found: need -> survey.
        broken: need -> what it raised.
        rows: that were taken in.
        stored: what stands for rows that there are not; None where there are.
    """

    def __init__(
        self,
        role: Role,
        steps: Sequence[tuple[Check, Step]],
        *,
        features: tuple[str, ...] | None = None,
        seed: int = 0,
    ) -> None:
        """Make the surveys, empty.

        Args:
            role: the data set.
            steps: of the whole suite.
            features: the columns that feed the model; None where there is no model.
            seed: for whatever is drawn.

        Raises:
            UsageError: a step asks for what cannot be had here.
        """
        reading = role.reading or role.answers
        layout = Layout(
            schema=role.data.schema,
            target=role.part.target,
            weight=role.part.weight,
            group=role.part.group,
            features=features,
            facts=None if reading is None else reading.facts,
            folder=role.data.folder,
            seed=seed,
            rows=role.data.known_rows,
        )
        self.found: dict[SurveyNeed, Survey] = {}
        self.broken: dict[SurveyNeed, Exception] = {}
        self.rows = 0
        self.stored = role.data.profile if isinstance(role.data, ProfileData) else None
        for check, step in steps:
            for whose, need in check.surveyed(step.data, step.settings).values():
                if whose == role.name and need not in self.found:
                    self.found[need] = _made(need, layout, step)
                    _refuse_unknown(self.found[need].outputs, role, step)
        if self.stored is not None:
            self._stand_for(self.stored, role.data.name)

    @property
    def columns(self) -> list[str]:
        """All that any of them reads."""
        return list(
            dict.fromkeys(name for survey in self.found.values() for name in survey.columns)
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """The model's outputs that any of them takes as they come."""
        names = (name for survey in self.found.values() for name in survey.outputs)
        return tuple(dict.fromkeys(names))

    @property
    def take_answers(self) -> bool:
        """Whether any of them takes what the model answers."""
        return any(survey.answers for survey in self.found.values())

    def add(
        self,
        block: pa.RecordBatch,
        answers: Predictions | None = None,
        raw: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        """Take in the next rows, with what the model answered."""
        taken = {} if raw is None else {name: raw[name] for name in self.outputs}
        rows = Rows(block, self.rows, answers, taken)
        self.rows += len(block)
        for need, survey in self.found.items():
            if need in self.broken:
                continue
            try:
                survey.add(rows)
            except Exception as error:  # noqa: BLE001 (anybody's survey)
                self.broken[need] = error

    def _stand_for(self, stored: StoredProfile, name: str) -> None:
        """Give a profile to those who asked for one; nothing else can be told without rows."""
        for need in self.found:
            if need.kind is Profile:
                self.found[need] = stored
            else:
                self.broken[need] = UnaskedError(
                    "MG2261",
                    f"{printable(name)} is a profile, which holds no rows, and this takes rows",
                    hint=f"name the data that it is of: {shown(stored.origin.name)}",
                )

    def __getitem__(self, need: SurveyNeed) -> Survey:
        """A survey that saw every row.

        Raises:
            Exception: whatever it raised when it broke off.
        """
        if need in self.broken:
            raise self.broken[need]
        return self.found[need]


def _made(need: SurveyNeed, layout: Layout, step: Step) -> Survey:
    """A survey, empty; a mistake that only it can tell has the step's place in the suite."""
    try:
        return need.make(layout)
    except UsageError as error:
        raise UsageError(error.code, error.message, where=step.where, hint=error.hint) from error


def _refuse_unknown(outputs: Sequence[str], role: Role, step: Step) -> None:
    """An output that the model does not have is a mistake in the suite."""
    for name in outputs:
        if role.asked and name not in role.seen:
            raise UsageError(
                "MG2263",
                f"the model has no output {shown(name)}; {did_you_mean(name, list(role.seen))}",
                where=step.where,
            )
