"""One line of the error card: how often something happened, and how often it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelgate.stats.shares import clopper_pearson

LEVEL = 0.99
"""Of the Monte-Carlo intervals: there are hundreds of them, and few may lie off by chance."""
Standing = Literal["met", "unclear", "MISSED", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something happened.

    Attributes:
        cell: the law, the rows, the metric.
        count: times that it happened.
        runs: times that it could have; 0 where the rate was computed, not drawn.
        exact: the computed rate, or a mean of drawn shares.
        around: 99 % interval of a mean; None where it is exact.
        goal: the bound; None where the rate is only told.
        at_least: whether the bound is one from below.
    """

    cell: str
    count: int = 0
    runs: int = 0
    exact: float | None = None
    around: tuple[float, float] | None = None
    goal: float | None = None
    at_least: bool = False

    @property
    def value(self) -> float:
        """In [0, 1]; of a ratio, at least 0."""
        return self.count / self.runs if self.exact is None else self.exact

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true rate lies: Clopper and Pearson's, or the computed rate itself."""
        if self.exact is not None:
            low, high = self.around or (self.exact, self.exact)
            return low, high
        found = clopper_pearson(self.count, self.runs, LEVEL)
        return found.low, found.high

    @property
    def standing(self) -> Standing:
        """met; unclear, where the bound lies inside the interval on the wrong side; or MISSED."""
        if self.goal is None:
            return "told"
        low, high = self.interval
        close = 1e-9  # rounding of a computed rate
        if self.at_least:
            if self.value >= self.goal - close:
                return "met"
            return "unclear" if high >= self.goal else "MISSED"
        if self.value <= self.goal + close:
            return "met"
        return "unclear" if low <= self.goal else "MISSED"

    @property
    def line(self) -> str:
        """For a terminal."""
        what = f"{self.cell:64} {self.value:8.2%} {self.between:>18}"
        return f"{what} {self.bound:>9} {self.standing}"

    @property
    def bound(self) -> str:
        """The goal in words."""
        if self.goal is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.goal:.1%}"

    @property
    def between(self) -> str:
        """The interval in words."""
        if self.exact is not None and self.around is None:
            return "exactly"
        low, high = self.interval
        return f"{low:.2%} to {high:.2%}"
