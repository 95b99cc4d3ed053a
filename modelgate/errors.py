"""Every error modelgate raises on purpose.

ModelgateError
├── UsageError           the caller can mend it: exit code 2
│   └── MistakesError    several of them, found together
├── UnusableError        a model or data set that cannot be judged: exit code 3
│   ├── ModelError
│   └── DataError
├── CrashedError         a check or a model broke off: exit code 4
│   ├── CheckCrashedError
│   └── ModelCrashedError
├── RefusedError         refused for safety or integrity: exit code 5
├── StorageError         the disk or the registry: exit code 6
├── ServiceError         another service did not answer: exit code 7
├── DeployError          what should serve does not; what served before does again: exit code 8
├── StrandedError        nor does what served before: exit code 9
└── ConflictError        somebody else was faster, or what it rests on is stale: exit code 10

Each carries a stable code; `modelgate explain MG2104` prints what `modelgate/codes/` says of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; lines and columns count from 1, None where they are not known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class ModelgateError(Exception):
    """Catch this to catch everything below.

    Attributes:
        code: stable, `MG` and four digits; the first digit is the exit code's family.
        message: what is wrong, in one line.
        where: the place in the file, if there is one.
        hint: the reader's next move, in one line.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self, code: str, message: str, *, where: Where | None = None, hint: str | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{code} {message}")
        if hint:
            self.add_note(f"hint: {hint}")  # Python shows it below a traceback

    def __reduce__(self) -> Any:
        """As it is, to another process: an error without its words would hide the mistake."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class UsageError(ModelgateError):
    """Something the caller wrote is wrong; the message says what to write instead."""

    exit_code = 2


class UnaskedError(UsageError):
    """A question that these rows cannot be asked, such as a change that reaches none of them.

    Raised by a check, it leaves the question unasked, which keeps the gate shut as any other
    unanswered one does; all others are judged.
    """


class MistakesError(UsageError):
    """All that is wrong in what the caller wrote, in the order of the lines."""

    def __init__(self, mistakes: Sequence[UsageError]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(first.code, first.message, where=first.where, hint=first.hint)
        self.args = ("\n".join(str(mistake) for mistake in self.mistakes),)


class UnusableError(ModelgateError):
    """A model or a data set that cannot be judged as it is."""

    exit_code = 3


class ModelError(UnusableError):
    """The model does not load, or cannot take these rows."""


class DataError(UnusableError):
    """The data cannot be read, or does not fit the model."""


class CrashedError(ModelgateError):
    """Something broke off in the middle: nothing was decided."""

    exit_code = 4


class CheckCrashedError(CrashedError):
    """A check raised instead of answering; `__cause__` holds what it raised."""


class ModelCrashedError(CrashedError):
    """The model's worker died, hung, ran out of memory, or answered nonsense."""


class RefusedError(ModelgateError):
    """Refused for safety or integrity: the input tries what no input may."""

    exit_code = 5


class StorageError(ModelgateError):
    """The disk is full, read-only or gone."""

    exit_code = 6


class ServiceError(ModelgateError):
    """A service outside did not answer, or not in time: asking again later may help."""

    exit_code = 7


class DeployError(ModelgateError):
    """What should serve does not."""

    exit_code = 8


class StrandedError(ModelgateError):
    """What should serve does not, and what served before could not be put back."""

    exit_code = 9


class ConflictError(ModelgateError):
    """Somebody else was faster, or what this rests on does not stand any more."""

    exit_code = 10


@contextmanager
def about(file: str) -> Iterator[None]:
    """What cannot be used and names no place itself is about this file."""
    try:
        yield
    except (ModelError, DataError) as error:
        if error.where is not None:
            raise
        raise type(error)(error.code, error.message, where=Where(file), hint=error.hint) from error


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, or the first forty."""
    near = get_close_matches(name[:80], known, n=1)  # its time grows with the square of the length
    if near:
        return f"did you mean {near[0]!r}?"
    more = f" and {len(known) - 40} more" if len(known) > 40 else ""
    return f"known: {', '.join(sorted(known)[:40])}{more}" if known else "none is known"
