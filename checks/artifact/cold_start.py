from typing import Literal

from modelgate import Bench, Outcome, check
from modelgate.artifact import ratio, told


@check(
    family="artifact",
    subject="cold_start",
    severity="minor",
    example=("cold_start: ratio", "at_most: 1.5"),
)
def cold_start(
    bench: Bench, *, cold_start: Literal["ratio", "seconds"], rounds: told.Times = 9
) -> Outcome:
    """A new model is ready as soon as the old one after a restart.

    The file is opened in fresh processes, in turn with the champion's and once more for the noise
    of the machine. What is timed is the model alone: reading it, optimising and allocating, without
    the start of Python and the import of what runs the model. The files are warm in the cache of
    the system from the first time on.

    Measures: seconds from the file to a session, the median over rounds; as a ratio to the
        champion's (`cold_start: ratio`), or in seconds.
    Settings: cold_start, ratio or seconds. rounds, how often each is opened, from 5.
    Source: as `latency`.
    """
    versus = cold_start == "ratio"
    if versus and bench.champion is None:
        return told.no_champion("cold_start: seconds")
    found = bench.openings(rounds=rounds)
    return told.timed(found, ratio.first, unit="second", versus=versus)
