"""Who is measured when: in turn, each in every place as often as the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, permutations

SITTINGS = 3
"""Times that all sessions are opened afresh: where its memory lies makes one process of a model
slower than the next by up to some hundredths, however long both are watched."""
MOST_ROUNDS, FEWEST_ROUNDS = 12, 4
"""Rounds of a sitting. Twelve in all tell a ratio at one in 4,096: enough for any suite's level."""
MOST_QUESTIONS = 400
"""Questions of a round at most: what the machine does changes within a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How often is measured.

    Attributes:
        rounds: of each sitting.
        questions: to each session in a round.
    """

    rounds: int
    questions: int


def planned(pace: float, *, sessions: int, fewest: int, seconds: float) -> Plan | None:
    """As much as the time allows; None where that tells nothing.

    Args:
        pace: seconds that a question takes, above 0.
        sessions: that are measured in turn.
        fewest: questions of a round, at least.
        seconds: for all sittings, about.
    """
    each = seconds / (SITTINGS * sessions * pace)  # questions to a session in a sitting
    questions = min(max(int(each / MOST_ROUNDS), fewest), max(MOST_QUESTIONS, fewest))
    rounds = min(MOST_ROUNDS, int(each / questions))
    return None if rounds < FEWEST_ROUNDS else Plan(rounds, questions)


def turns(sessions: int) -> Iterator[Sequence[int]]:
    """The order of each round: all orders in turn, without end."""
    return cycle(permutations(range(sessions)))
