"""A leaderboard in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import floor, log10
from statistics import median
from typing import Self

from modelgate.leaderboard.board import Leaderboard

MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of a leaderboard are written: all with as many digits as mean something.

    Attributes:
        scale: what the values are multiplied by: 100 for shares.
        decimals: digits after the point.
        unit: of values.
        step: of distances.
    """

    scale: float
    decimals: int
    unit: str
    step: str

    @classmethod
    def of(cls, board: Leaderboard) -> Self:
        """Two digits of the usual interval; one after the point for percents."""
        share = board.unit == "share"
        scale = 100.0 if share else 1.0
        told = [one.behind_interval or one.interval for one in board.ranked]
        widths = [(high - low) * scale for low, high in filter(None, told) if high > low]
        decimals = 3
        if widths:
            decimals = min(max(0, 1 - floor(log10(median(widths)))), MOST_DECIMALS)
        if share:
            return cls(
                scale, max(1, decimals if median(widths or [1.0]) < 0.5 else 1), " %", " points"
            )
        unit = "" if board.unit in {"", "score"} else f" {board.unit}"
        return cls(scale, decimals, unit, unit)

    def value(self, number: float) -> str:
        """As "97.7 %"."""
        return f"{self._bare(number)}{self.unit}"

    def distance(self, number: float) -> str:
        """As "1.2 points"."""
        return f"{self._bare(number)}{self.step}"

    def between(self, ends: tuple[float, float]) -> str:
        """As "95.8 to 98.8"."""
        return " to ".join(self._bare(end) for end in ends)

    def _bare(self, number: float) -> str:
        text = f"{number * self.scale:,.{self.decimals}f}"
        return text.lstrip("-") if not text.strip("-0.,") else text


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """What was found, the weightiest first."""
    said = [_first(board), *_groups(board)]
    if board.suite is not None:
        said.append(_chosen(board))
    if (luck := _luck(board)) is not None:
        said.append(luck)
    return tuple(said)


def _first(board: Leaderboard) -> str:
    ranked, tied = board.ranked, board.tied
    best = ranked[0].name
    if len(ranked) == 1:
        return f"Only {best} could be judged."
    rows = f"on these {board.rows:,} rows"
    if len(tied) == 1:
        return f"{best} is best by {board.metric}: every other is shown to be worse {rows}."
    others = f"{len(tied) - 1} of {len(ranked) - 1} others"
    others = "the other" if len(ranked) == 2 else others
    return f"{best} comes first by {board.metric}, but {others} cannot be told from it {rows}."


def _groups(board: Leaderboard) -> list[str]:
    """Which others stand in one place."""
    places: dict[int, list[int]] = {}
    for one in board.ranked:
        if one.group is not None and one.rank is not None:
            places.setdefault(one.group, []).append(one.rank)
    alike = [_spans(ranks) for ranks in places.values() if len(ranks) > 1]
    if not alike or len(board.ranked) == 2:
        return []
    return ["Cannot be told apart: " + "; ".join(alike) + "."]


def _spans(ranks: list[int]) -> str:
    """As "1 to 3 and 5"."""
    runs = groupby(enumerate(ranks), key=lambda one: one[1] - one[0])
    spans = []
    for _, run in runs:
        numbers = [rank for _, rank in run]
        first, last = numbers[0], numbers[-1]
        spans += [f"{first} to {last}"] if last > first + 1 else [str(one) for one in numbers]
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} and {spans[-1]}"


def _chosen(board: Leaderboard) -> str:
    ranked = board.ranked
    if board.chosen is not None:
        chosen = next(one for one in ranked if one.name == board.chosen)
        said = f"The best that the suite promotes is {chosen.name}."
        if chosen.rank != 1:
            said += f" Ahead of it is {ranked[0].name}: {ranked[0].decision}, {ranked[0].reason}"
        return said
    alone = [one for one in ranked if one.decision == "promote"]
    if not alone:
        return f"None is promoted by the suite {board.suite}."
    return (
        f"The suite promotes {alone[0].name} alone, but not as the pick of {len(board.entries)}:"
        " the best of many passes more often by luck. Check it on rows that had no part in"
        " picking it, or on more of them."
    )


def _luck(board: Leaderboard) -> str | None:
    luck, ranked = board.luck, board.ranked
    if luck is None or len(ranked) < 2:
        return None
    figures = Figures.of(board)
    other = "the other" if len(ranked) == 2 else "the middle one of the others"
    part, left = "all", "none"
    if luck.expected > 0:
        part = f"about {figures.distance(luck.luck)}"
        left = f"a lead of {figures.distance(luck.expected)}"
    return (
        f"It leads {other} by {figures.distance(luck.lead)} here; that it was picked by these rows"
        f" accounts for {part} of it. On new rows expect {left}"
        f" ({figures.between(luck.expected_interval)})."
    )
