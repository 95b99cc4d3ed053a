"""How a trial is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelgate.passing import Keep, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a trial is run; none of it but `seed` and `quick` may change a number.

    Attributes:
        threads: blocks that the model answers at the same time.
        provider: onnxruntime's execution provider.
        seed: in place of the suite's.
        quick: judge a sample of the rows, and promote nothing.
        allow_code: digests, "sha256:...", of Python files that the caller has read and lets run,
            beside those that the project approved.
        cache: keep answers, and recall those that were given before to the same bytes.
        progress: told the role and the rows done.
        asking: told each question before it is put: one may open a model again and again.
        keep: given each block of the role "test" with the raw answers.
        writes: files that are written when the trial is over; none may be one that it reads.
    """

    threads: int = 1
    provider: str = "CPUExecutionProvider"
    seed: int | None = None
    quick: bool = False
    allow_code: Collection[str] = ()
    cache: bool = True
    progress: Progress | None = None
    asking: Callable[[str], None] | None = None
    keep: Keep | None = None
    writes: Sequence[str] = ()
