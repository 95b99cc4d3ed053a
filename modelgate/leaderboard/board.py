"""What a comparison of many models found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelgate.escape import printable
from modelgate.leaderboard.selection import Selection

SCHEMA = "modelgate.leaderboard/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model's place.

    Attributes:
        rank: from 1; None for a model that could not be judged.
        name: as short as tells it from the others.
        path, digest: of its file.
        value, interval: of the metric, on the rows that all models are judged by.
        behind, behind_interval: how far behind the first, in the metric's unit; ahead where
            negative. None for the first.
        p_value: against "it is as good as the first", adjusted for all pairs; None for the first.
        tied: whether it cannot be told from the first.
        group: models of one group cannot be told from the first of it; None beyond the 20 best,
            unless it is the first group.
        decision: of the suite; None where none was asked.
        pick: whether the suite promotes it even as the best of so many; None where none was asked.
        reason: why it could not be judged, or what the suite's verdict rests on.
    """

    rank: int | None
    name: str
    path: str
    digest: str | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    behind: float | None = None
    behind_interval: tuple[float, float] | None = None
    p_value: float | None = None
    tied: bool = False
    group: int | None = None
    decision: str | None = None
    pick: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Leaderboard:
    """What a comparison of models found.

    Attributes:
        metric, unit, better: what they are ranked by.
        rows: that all of them are judged by.
        left_out: labelled rows that some model did not answer.
        data: path, digest and target of the rows.
        entries: best first, those that could not be judged last.
        suite: title of the suite; None where none was asked.
        chosen: name of the best model that the suite promotes as the pick of so many; None where
            there is none, or no suite was asked.
        luck: how much of the lead is owed to the choice; None where that is not known.
    """

    metric: str
    unit: str
    better: str
    rows: int
    left_out: int
    data: Mapping[str, Any]
    entries: tuple[Entry, ...]
    suite: str | None = None
    chosen: str | None = None
    luck: Selection | None = None
    schema: str = SCHEMA

    @property
    def ranked(self) -> tuple[Entry, ...]:
        """The models that could be judged."""
        return tuple(one for one in self.entries if one.rank is not None)

    @property
    def tied(self) -> tuple[Entry, ...]:
        """The first and all that cannot be told from it."""
        return tuple(one for one in self.entries if one.rank == 1 or one.tied)

    @property
    def exit_code(self) -> int:
        """With a suite 0 where it promotes the pick, else 11; without one 3 where one is left."""
        if self.suite is not None:
            return 0 if self.chosen is not None else 11
        return 0 if len(self.ranked) > 1 else 3

    def __repr__(self) -> str:
        """The first of them, in a line."""
        first = ", ".join(f"{one.rank}. {printable(one.name, 40)}" for one in self.ranked[:3])
        return f"<Leaderboard by {self.metric}, {self.rows:,} rows: {first}>"

    def __str__(self) -> str:
        """The page that the terminal shows."""
        from modelgate.leaderboard.page import drawn

        return drawn(self)
