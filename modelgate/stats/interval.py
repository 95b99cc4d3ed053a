"""The one shape of an answer's uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

LEVEL = 0.90
"""Two-sided level of every interval: its ends are the one-sided 5 % bounds that decide."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a true value lies, with probability `level`; in the unit of the value."""

    low: float
    high: float
    level: float = LEVEL
