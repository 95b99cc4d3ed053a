"""Figures of the host as outcomes, with the sentence that says them."""

from __future__ import annotations

from typing import Any

import numpy as np

from modelgate.artifact import ratio
from modelgate.bench import Rounds
from modelgate.errors import UsageError
from modelgate.outcome import Kind, Outcome

NO_CHAMPION = "no champion is there to compare with"
NOISY = 0.05
"""Share by which two sessions of one model may differ without a word of it."""


def askable(rows: int) -> int:
    """The same number of rows, where a call can have so many.

    Raises:
        UsageError: MG2195, it cannot.
    """
    if not 1 <= rows <= 1 << 16:
        raise UsageError("MG2195", f"rows: {rows} cannot be asked in one call; write 1 to 65536")
    return rows


def enough_time(seconds: float) -> float:
    """The same time, where something can be measured in it.

    Raises:
        UsageError: MG2195, it is none, or more than a gate should take.
    """
    if not 0.1 <= seconds <= 600:
        raise UsageError("MG2195", f"seconds: {seconds:g} is no time to measure; write 0.1 to 600")
    return seconds


def enough(rounds: int) -> int:
    """The same number.

    Raises:
        UsageError: MG2195, so few or so many rounds tell nothing more.
    """
    if not 5 <= rounds <= 99:
        raise UsageError("MG2195", f"rounds: {rounds} tells too little; write 5 to 99")
    return rounds


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
        method="median over rounds in turn (sign test), noise of two sessions added",
        reason=_noisy(figure) if figure.noise > NOISY else None,
        details=_details(rounds, statistic, figure, upward=upward),
    )


def _noisy(figure: ratio.Figure) -> str:
    return (
        "the machine is noisy: two sessions of the model itself differ by up to"
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
    return told | {"noise": figure.noise, "rounds": count, "calls_a_round": each}
