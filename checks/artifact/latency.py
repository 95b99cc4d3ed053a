from typing import Literal

from modelgate import Bench, Outcome, check
from modelgate.artifact import ratio, told

SHARE = {"p50": 0.5, "p95": 0.95}


@check(
    family="artifact", subject="latency", severity="minor", example=("latency: p50", "at_most: 1.1")
)
def latency(
    bench: Bench,
    *,
    latency: Literal["p50", "p95"],
    unit: Literal["ratio", "seconds"] = "ratio",
    rows: told.Rows = 1,
    seconds: told.Seconds = 5.0,
) -> Outcome:
    """A new model answers no slower than the old one.

    Fresh sessions of both models answer the first rows in turn, some dozen rounds of many calls
    each, in an order that changes from round to round, so that whatever the machine does meanwhile
    happens to both. A second session of the candidate runs along: what it differs by from the first
    is the noise of the machine, and widens the interval. Where that is more than the limit leaves
    room for, nothing is decided. The clock stands beside the model, without the wire to it; what
    `prepare` does is counted.

    Measures: the median (p50) or the 95th percentile (p95) of the seconds of a call, as a ratio to
        the champion's (`at_most: 1.1`), or in seconds.
    Settings: latency, which of the two. unit, ratio or seconds. rows, of a call. seconds, that the
        measuring takes, about.
    Source: rounds in turn and the sign test's interval: T. Mytkowicz et al. (2009), "Producing
        wrong data without doing anything obviously wrong!", ASPLOS; Thompson (1936).
    """
    share = SHARE[latency]
    fewest = 20 if share > 0.5 else 1
    if unit == "ratio" and bench.champion is None:
        return told.no_champion("unit: seconds")
    rounds = bench.calls(rows=rows, fewest=fewest, seconds=seconds)
    return told.timed(rounds, ratio.quantile(share), unit="second", versus=unit == "ratio")
