from typing import Literal

from modelgate import Bench, Outcome, check
from modelgate.artifact import ratio, told


@check(
    family="artifact",
    subject="memory_peak",
    severity="minor",
    example=("memory_peak: ratio", "at_most: 1.2"),
)
def memory_peak(
    bench: Bench,
    *,
    memory_peak: Literal["ratio", "bytes"],
    rows: told.Rows = 256,
    rounds: told.Times = 5,
) -> Outcome:
    """A new model fits into the memory that the old one had.

    A fresh process opens the model and answers a call of the first rows. The most memory that it
    held, less what it held before it opened the model, is what the model takes: weights, what is
    made of them, and what one call needs. The system tells it, not the process.

    Measures: bytes of resident memory, the median over rounds; as a ratio to the champion's
        (`memory_peak: ratio`), or as they are (`at_most: 5e8`).
    Settings: memory_peak, ratio or bytes. rows, of the call. rounds, how often, from 5.
    Source: VmHWM and VmRSS of https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    versus = memory_peak == "ratio"
    if versus and bench.champion is None:
        return told.no_champion("memory_peak: bytes")
    found = bench.memory(rows=rows, rounds=rounds)
    return told.timed(found, ratio.first, unit="byte", versus=versus)
