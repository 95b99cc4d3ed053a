"""Figures of the host as outcomes, with the sentence that says them."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from modelgate.artifact import ratio
from modelgate.bench import Rounds
from modelgate.outcome import Kind, Outcome
from modelgate.setting import Between

Rows = Annotated[int, Between(1, 1 << 16)]
"""Of one call."""
Seconds = Annotated[float, Between(0.1, 600)]
"""That measuring takes: less tells nothing, and more is no gate's business."""
Times = Annotated[int, Between(5, 99)]
"""How often a process is begun afresh; fewer tell nothing."""
Most = Annotated[int, Between(0, 100)]
"""How many rows or names the evidence holds."""
NO_CHAMPION = "no champion is there whose file could be opened beside the model's"
NOISY = 0.05
"""Share by which two sessions of one model may differ without a word of it."""


def no_champion(instead: str, kind: Kind = "measured") -> Outcome:
    """What becomes of a ratio without its lower part.

    Args:
        instead: what a suite would write for the figure alone.
        kind: of the figure.
    """
    why = f"{NO_CHAMPION}: add --champion MODEL, or write `{instead}`"
    return Outcome(value=None, better="lower", unit="times", kind=kind, reason=why)


def timed(
    rounds: Rounds | None,
    statistic: ratio.Statistic,
    *,
    unit: str,
    versus: bool,
    upward: bool = False,
) -> Outcome:
    """The outcome of some rounds.

    Args:
        rounds: None where the time was too short to tell anything.
        statistic: of a round, in seconds or bytes.
        unit: of the figure itself.
        versus: whether the champion's is what it is held against.
        upward: whether one over the statistic is the figure, and more is better.
    """
    better: Any = "higher" if upward else "lower"
    shown = "times" if versus else unit
    if rounds is None:
        why = "the time is too short for so slow a model: give it more with `seconds:`"
        return Outcome(value=None, better=better, unit=shown, kind="measured", reason=why)
    make = ratio.against_champion if versus else ratio.alone
    figure = make(rounds, statistic)
    if figure is None:
        why = "the figures are too small to be measured"
        return Outcome(value=None, better=better, unit=shown, kind="measured", reason=why)
    if upward:
        figure = ratio.inverse(figure)
    return Outcome(
        value=figure.value,
        interval=figure.interval,
        at=figure.at,
        better=better,
        unit=shown,
        kind="measured",
        lowest=0.0,
        method="median over rounds in turn (sign test), widened by the noise of two sessions",
        reason=_noisy(figure) if figure.noise > NOISY else None,
        details=_details(rounds, statistic, figure, upward=upward),
    )


def _noisy(figure: ratio.Figure) -> str:
    return (
        "the machine is noisy: of itself, it moves such a figure by up to"
        f" {100 * figure.noise:.0f} %"
    )


def _details(
    rounds: Rounds, statistic: ratio.Statistic, figure: ratio.Figure, *, upward: bool
) -> dict[str, Any]:
    """What each was measured to be, the noise, and how often was asked."""
    sessions = {
        "candidate": rounds.candidate,
        "again": rounds.again,
        "champion": rounds.champion,
    }
    middle = {
        name: float(np.median(statistic(found)))
        for name, found in sessions.items()
        if found is not None
    }
    count, each = rounds.candidate.shape
    told: dict[str, Any] = {name: 1 / one if upward else one for name, one in middle.items()}
    told |= {"noise": figure.noise, "rounds": count, "calls_a_round": each}
    return told | ({"sittings": rounds.sittings} if rounds.sittings > 1 else {})
