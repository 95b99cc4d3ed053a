"""Faulty models, judged by the whole suite one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.random import Generator

from modelgate.outcome import Severity, Status
from modelgate.replay import Ask, Recording, Replies, play
from modelgate.report import Report
from modelgate.selftest.fault import Fault
from modelgate.stats.interval import Interval
from modelgate.stats.shares import clopper_pearson
from modelgate.suite import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of some models with the same fault.

    Attributes:
        fault: that they have.
        promoted, held, blocked: how many of them were.
        because: result -> how many of them it kept from being promoted.
        tolerance: how much worse the suite says that they may be, where it is more than they are;
            else None.
        passed: which of the draws were promoted.
    """

    fault: Fault
    promoted: int
    held: int
    blocked: int
    because: Mapping[str, int] = field(default_factory=dict)
    tolerance: float | None = None
    passed: tuple[int, ...] = ()

    @property
    def models(self) -> int:
        """How many were judged."""
        return self.promoted + self.held + self.blocked


def _chance(fault: Fault, draw: int, recording: Recording) -> Generator:
    """That of one model: the same for the same fault, whatever else is tried."""
    return np.random.default_rng([recording.trial.seed, crc32(fault.name.encode()), draw])


def tried(fault: Fault, recording: Recording, unchanged: Report) -> Tried:
    """Judge all models of one fault.

    Args:
        fault: to make them with.
        recording: the model's own answers.
        unchanged: what is said of these.
    """
    decisions: Counter[str] = Counter()
    because: Counter[str] = Counter()
    passed = []
    for draw in range(fault.draws):
        report = unchanged
        if fault.name != "copy":
            report = _judged(recording, fault.make(_chance(fault, draw, recording)), fault.asked)
        decisions[report.verdict.decision] += 1
        because.update(in_the_way(report))
        if report.verdict.decision == "promote":
            passed.append(draw)
    return Tried(
        fault=fault,
        promoted=decisions["promote"],
        held=decisions["hold"],
        blocked=decisions["block"],
        because=dict(because.most_common()),
        tolerance=_tolerance(fault, unchanged),
        passed=tuple(passed),
    )


def _judged(recording: Recording, replies: Replies, asked: Ask | None) -> Report:
    """What the suite says of a model that gives these replies.

    The steps that ask about rows of their own are only put to a model that the others promote: they
    could not help another one.
    """
    report = play(recording, replies)
    if asked is None or not recording.live or report.verdict.decision != "promote":
        return report
    return play(recording, replies, asked=asked)


def let_through(runs: Sequence[tuple[Fault, int]], recording: Recording, suite: Suite) -> int:
    """How many of these models another suite promotes.

    Args:
        runs: faults with the number of the draw.
        recording: the model's own answers.
        suite: that is asked in place of the recorded one.
    """
    return sum(
        play(recording, fault.make(_chance(fault, draw, recording)), suite).verdict.decision
        == "promote"
        for fault, draw in runs
    )


def share(promoted: int, models: int) -> Interval:
    """The interval of the share that is let through, at 90 %."""
    return clopper_pearson(promoted, models)


def in_the_way(report: Report) -> list[str]:
    """The results that kept a model from being promoted: those that failed, else all others."""
    heavy = [one for one in report.results if one.severity is not Severity.MINOR]
    failed = [one.id for one in heavy if one.status is Status.FAILED]
    if failed or report.verdict.decision == "promote":
        return failed
    return [
        one.id
        for one in heavy
        if one.status not in {Status.PASSED, Status.INFO}
        and (one.severity is Severity.BLOCKER or one.status is not Status.UNDECIDED)
    ]


def _tolerance(fault: Fault, unchanged: Report) -> float | None:
    """The margin of the fault's own metric on its own rows, where the fault is smaller.

    A fault that is as large as the margin has to be caught.
    """
    if fault.size is None:
        return None
    for one in unchanged.results:
        margin = one.limit.get("margin")
        if one.versus is None or margin is None or not _same_rows(fault, one.slice):
            continue
        if one.check != "metric" or one.subject != fault.metric or one.severity is Severity.MINOR:
            continue
        relative = fault.metric == "rmse" and one.champion
        size = margin / abs(one.champion) if relative and one.champion else margin
        if size > fault.size + 1e-12:
            return size
    return None


def _same_rows(fault: Fault, asked: Mapping[str, object] | None) -> bool:
    if fault.place is None:
        return not asked
    return fault.place.value is not None and asked == {fault.place.column: fault.place.value}
