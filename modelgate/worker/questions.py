"""Questions to the worker that are under way, and the answers that came."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from modelgate.errors import (
    DataError,
    ModelCrashedError,
    ModelError,
    ModelgateError,
    RefusedError,
)
from modelgate.worker import told, wire
from modelgate.worker.limits import Limits
from modelgate.worker.process import Process
from modelgate.worker.shared import Slot

Answer = dict[str, NDArray[Any]]

_GRACE = 5.0
"""Seconds that a message may take from its first byte to its last, whatever else was waited for."""


class RowError(DataError):
    """What is wrong with one of the rows of a question.

    Attributes:
        row: its position among them, from 0.
    """

    def __init__(self, error: ModelgateError, row: int) -> None:
        self.row = row
        super().__init__(error.code, error.message, where=error.where, hint=error.hint)

    def named(self, what: str) -> DataError:
        """The same with what people call the row."""
        return DataError(self.code, f"{self.message} ({what})", where=self.where, hint=self.hint)


@dataclass(slots=True)
class Question:
    """One block, or one probe.

    Attributes:
        rows: how many.
        outputs: those that the answer must hold.
        calls: of the model, at most.
        slot: where its numbers lie; None for a probe.
        ticks: calls that the worker says are done.
    """

    rows: int
    outputs: tuple[str, ...]
    calls: int
    slot: Slot | None = None
    ticks: int = 0


@dataclass(slots=True)
class Questions:
    """The conversation with one worker.

    Attributes:
        process: who answers.
        name: of the model, for messages.
        limits: of time.
        release: what is done with a slot whose answer was taken.
    """

    process: Process
    name: str
    limits: Limits
    release: Callable[[Slot], None]
    _asked: dict[int, Question] = field(default_factory=dict)
    _came: dict[int, Answer | ModelgateError] = field(default_factory=dict)
    _count: int = 0
    _last: float = 0.0

    def send(self, header: Mapping[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Send a message.

        Raises:
            ModelCrashedError: the worker is dead, or does not read.
        """
        try:
            self.process.channel.send(header, buffers, self.limits.call_seconds)
        except wire.GoneError:
            raise self._named(self.process.died()) from None
        except wire.LateError:
            raise self._hung("taking its rows", self.limits.call_seconds) from None

    def receive(
        self, deadline: float, doing: str, seconds: float
    ) -> tuple[dict[str, Any], memoryview]:
        """The next message.

        Raises:
            ModelCrashedError: the worker died, is late, or sent nonsense.
        """
        # What came while the engine was busy elsewhere is not late.
        deadline = max(deadline, time.monotonic() + min(_GRACE, seconds))
        try:
            return self.process.channel.receive(deadline)
        except wire.GoneError:
            raise self._named(self.process.died()) from None
        except wire.LateError:
            raise self._hung(doing, seconds) from None
        except wire.NonsenseError as error:
            raise self.lied(error) from None

    def ask(self, question: Question, header: Mapping[str, Any], buffers: Sequence[Any]) -> int:
        """Send a question; its number."""
        self._count += 1
        if not self._asked:
            self._last = time.monotonic()
        self._asked[self._count] = question
        self.send({**header, "job": self._count, "rows": question.rows}, buffers)
        return self._count

    def result(self, number: int) -> Answer:
        """The answer to a question, once.

        Raises:
            ModelCrashedError: the worker died, hung, broke off or answered nonsense.
            ModelError: the model does not take these rows.
        """
        while number not in self._came:
            self.take_one()
        found = self._came.pop(number)
        if isinstance(found, ModelgateError):
            raise found
        return found

    def take_one(self) -> None:
        """Wait for one message and file it."""
        if not self._asked:
            raise RuntimeError("nothing was asked")
        seconds = self.limits.call_seconds
        header, payload = self.receive(self._last + seconds, "answering one call", seconds)
        self._last = time.monotonic()
        try:
            self._file(header, payload)
        except wire.NonsenseError as error:
            raise self.lied(error) from None

    def refusal(self, header: Mapping[str, Any]) -> ModelgateError:
        """What the worker says it cannot do, as an error."""
        code, message, hint = told.refusal(header)
        families = {"MG35": DataError, "MG40": ModelCrashedError, "MG50": RefusedError}
        kind = families.get(code[:4], ModelError)
        return kind(code, f"{self.name}: {message}", hint=hint)

    def _about_row(self, header: Mapping[str, Any], rows: int) -> ModelgateError:
        """A refusal to answer a question; of one of its rows, where the worker says which."""
        row = told.row(header, rows)
        error = self.refusal(header)
        return error if row is None else RowError(error, row)

    def lied(self, error: wire.NonsenseError) -> ModelCrashedError:
        """The error for an answer that no honest worker gives; the worker is ended."""
        self.process.kill()
        return ModelCrashedError(
            "MG4005", f"{self.name}: the model's process answered nonsense: {error}"
        )

    def _file(self, header: dict[str, Any], payload: memoryview) -> None:
        number = header.get("job")
        question = self._asked.get(number) if type(number) is int else None
        if question is None or type(number) is not int:
            raise wire.NonsenseError("an answer to no question")
        match header.get("is"):
            case "tick":
                question.ticks += 1
                if question.ticks > question.calls:
                    raise wire.NonsenseError("more calls than there are")
                return
            case "answer":
                self._came[number] = self._answer(question, header, payload)
            case "refused":
                self._came[number] = self._about_row(header, question.rows)
            case _:
                raise wire.NonsenseError("a message of an unknown kind")
        del self._asked[number]
        if question.slot is not None:
            self.release(question.slot)

    def _answer(self, question: Question, header: dict[str, Any], payload: memoryview) -> Answer:
        size = header.get("shared")
        if size is not None:
            if question.slot is None or type(size) is not int:
                raise wire.NonsenseError("an answer in memory that is not shared")
            if not 0 <= size <= len(question.slot.answers):
                raise wire.NonsenseError("an answer larger than its room")
            # One copy before anything is read: the other side can still write there.
            payload = memoryview(bytearray(question.slot.answers[:size]))
        found = wire.unpack(header.get("arrays"), payload)
        if tuple(found) != question.outputs:
            raise wire.NonsenseError("other outputs than were asked for")
        for name, array in found.items():
            if array.ndim == 0 or len(array) != question.rows:
                raise wire.NonsenseError(f"no {question.rows} rows in output {name[:40]!r}")
        return found

    def _hung(self, doing: str, seconds: float) -> ModelCrashedError:
        self.process.kill()
        return ModelCrashedError(
            "MG4006", f"{self.name}: the model took more than {seconds:g} s for {doing}"
        )

    def _named(self, error: ModelCrashedError) -> ModelCrashedError:
        return ModelCrashedError(error.code, f"{self.name}: {error.message}", hint=error.hint)
