"""How much a model may take."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1 << 30
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the worker may take before it is ended.

    Attributes:
        memory_bytes: address space; None for 4 GiB and eight times the model's size. The largest
            known good models need four times their size while they are optimised.
        open_seconds: wall clock from the start of the process to a loaded model.
        call_seconds: wall clock of one call of the model.
        cpu_seconds: processor time of the whole life of the process, over all threads.
        model_bytes: the size of the model, external data included.
        answer_bytes: the size of the answer to one block of rows.
    """

    memory_bytes: int | None = None
    open_seconds: float = 120.0
    call_seconds: float = 120.0
    cpu_seconds: int = 24 * 3600
    model_bytes: int = 64 * GIB
    answer_bytes: int = 2 * GIB

    def memory(self, model_bytes: int) -> int:
        """The address space of a worker that holds a model of this size."""
        if self.memory_bytes is not None:
            return self.memory_bytes
        return 4 * GIB + 8 * model_bytes
