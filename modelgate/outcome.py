"""What a check found: one number, how sure it is, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt


class Status(StrEnum):
    """What became of a question. Only `PASSED` opens the gate."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"
    CRASHED = "crashed"
    INFO = "info"


class Severity(StrEnum):
    """What a result means for the verdict."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"


NONE_YET = "no champion yet"
"""Why a comparison is skipped where no model has stood yet: the one reason that holds nobody."""

Kind = Literal["statistical", "exact", "measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far a value lies from the champion's, on the same rows.

    Attributes:
        champion: the champion's value, in the unit of the outcome; None where rows without a label
            leave it open.
        value: candidate - champion.
        interval: where the true difference lies; None where that is not known.
        at: the same at any level; None where the interval is all there is.
        usual_error: the standard error it would have for an equally good candidate, by the rows
            and the champion alone; None where nobody can say.
        discordant: rows that one of the two alone answers rightly, where that means something.
        relative: whether an automatic margin is a share of the champion's value.
    """

    champion: float | None
    value: float
    interval: Interval | None
    at: IntervalAt | None = field(default=None, compare=False, repr=False)
    usual_error: float | None = None
    discordant: int | None = None
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One measured value. Whether it is good enough is for `gate` to say.

    Attributes:
        value: the measurement, in `unit`; None where it could not be taken (`reason` says why).
        interval: where the true value lies, in `unit`; None for an exact fact.
        at: the same at any level, for p-values; where None, the interval is widened as a normal
            law's would be.
        difference: from the champion, where that is the question; then `interval` is None.
        p_same: p-value against "there is no difference at all", of a check whose limit is but the
            size below which a difference does not matter: a failure then takes both, a small one
            and a value beyond the limit; None for all others.
        better: the side that is good.
        unit: what one is: a share, a second, the target's own unit.
        kind: a sample that speaks for a population, an exact fact, or a figure of the host.
        n: rows that were judged.
        n_effective: rows that the weights leave, Kish's (sum w)^2 / sum w^2; None where equal to n.
        minimum: rows below which nothing is decided.
        lowest: the least that the value can be; None where there is no such bound.
        highest: the most that it can be.
        method: how value and interval were found, in a few words.
        says: a sentence with the number in it, for people; empty where the reporter may write it.
        reason: why there is no value.
        evidence: what speaks against the model, worst first.
        details: tables and curves for reports, JSON-ready.
    """

    value: float | None
    interval: Interval | None = None
    at: IntervalAt | None = field(default=None, compare=False, repr=False)
    difference: Difference | None = None
    p_same: float | None = None
    better: Literal["higher", "lower"]
    unit: str = "share"
    kind: Kind = "statistical"
    n: int = 0
    n_effective: float | None = None
    minimum: int = 30
    lowest: float | None = None
    highest: float | None = None
    method: str = ""
    says: str = ""
    reason: str | None = None
    evidence: tuple[Any, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
