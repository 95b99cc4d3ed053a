"""What many models said of the same rows, while they say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from modelgate.binding import Reading, listed
from modelgate.contest import same_classes
from modelgate.errors import (
    CrashedError,
    ModelError,
    ModelgateError,
    RefusedError,
    ServiceError,
    UsageError,
)
from modelgate.leaderboard.answers import MOST_BYTES, Book, Rows, Voice
from modelgate.leaderboard.duels import SCORED, USUAL, refuse_unranked
from modelgate.report import Report
from modelgate.role import Role

OWN_FAULTS = (ModelError, CrashedError, RefusedError, ServiceError)
"""What is wrong with one model, and no reason to give up the others."""
MOST_UNUSABLE = 0.01
"""Share of the labelled rows that a model may answer with nothing to judge, and still be ranked."""

Watch = Callable[[str], None]
"""Told what is being done."""


@dataclass(slots=True)
class Heard:
    """What the models said.

    Attributes:
        folder: where the answers lie.
        metric: that they are ranked by; the task's usual one where None.
        role: the rows, as the first model that could be asked is bound to them.
        rows: their labels.
        voices: model -> its answers.
        digests: model -> of its file.
        reports: model -> the suite's report on it.
        failed: model -> why it could not be judged.
    """

    folder: Path
    metric: str | None
    role: Role | None = None
    rows: Rows | None = None
    voices: dict[str, Voice] = field(default_factory=dict)
    digests: dict[str, str | None] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    failed: dict[str, ModelgateError] = field(default_factory=dict)
    files: int = 0

    @property
    def reading(self) -> Reading:
        """How the answers of the first are read; its classes count for all."""
        assert self.role is not None
        assert self.role.reading is not None
        return self.role.reading

    def begin(self, role: Role) -> None:
        """Take the rows to be those of a model that was bound to them.

        Raises:
            UsageError: MG2081, MG2082, these rows cannot be ranked by.
        """
        if role.reading is None:
            raise unlabelled()
        self.role = role
        self.metric = self.metric or USUAL[role.reading.task]
        refuse_unranked(self.metric, role.reading.facts)

    def new_rows(self) -> Rows:
        """A place for the labels."""
        assert self.role is not None
        self.files += 1
        return Rows(self.folder, str(self.files), self.reading, self.role.part)

    def new_voice(self, reading: Reading) -> Voice:
        """A place for the answers of one more model.

        Raises:
            ModelError: MG3153, it answers another question than the first.
        """
        first = self.reading
        if reading.task != first.task or not same_classes(reading, first):
            raise ModelError(
                "MG3153",
                f"it answers with {listed(list(reading.classes)) or 'numbers'}, the first model"
                f" with {listed(list(first.classes)) or 'numbers'}: they cannot be compared",
            )
        self.files += 1
        return Voice(self.folder, str(self.files), reading, first, scores=self.metric in SCORED)

    def lose(self, name: str, error: ModelgateError) -> None:
        """Go on without a model."""
        self.failed[name] = error
        self.voices.pop(name, None)
        self.reports.pop(name, None)

    def refuse_too_much(self) -> None:
        """Stop before the disk is full.

        Raises:
            UsageError: MG2085.
        """
        if sum(voice.bytes for voice in self.voices.values()) > MOST_BYTES:
            raise UsageError(
                "MG2085",
                f"the answers of so many models take more than {MOST_BYTES >> 30} GiB of disk",
                hint="compare fewer models at once, or rank by a metric that needs no scores",
            )

    def book(self) -> Book:
        """All answers, once every model has spoken; without those that answer too few rows."""
        assert self.rows is not None
        assert self.role is not None
        known = self.rows.known
        most = max(MOST_UNUSABLE, self.role.part.may_drop) * int(known.sum())
        for name, voice in list(self.voices.items()):
            missing = int((known & ~voice.usable).sum())
            if missing > most:
                why = f"it answers {missing:,} of {int(known.sum()):,} rows with nothing to judge"
                hint = "NaN, infinity, or a label of no class"
                self.lose(name, ModelError("MG3155", why, hint=hint))
        return Book(self.reading.facts, self.role.part, self.rows, list(self.voices.values()))


def unlabelled() -> UsageError:
    """There is nothing to rank by."""
    return UsageError(
        "MG2082",
        "models are compared on labelled rows, and there are none",
        hint="name the rows and their column of right answers: --data FILE --target COLUMN",
    )
