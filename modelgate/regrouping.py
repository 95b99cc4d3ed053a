"""Rows that belong together: what they say is worth what their groups say.

Every check is asked as ever, about all rows. Where they come in groups, it is asked again without
each lot of groups, and its interval becomes as wide as the lots differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from modelgate.aggregates.lots import Lots
from modelgate.outcome import Outcome
from modelgate.question import Question
from modelgate.stats.interval import LEVEL
from modelgate.stats.inversion import widened
from modelgate.stats.jackknife import Grouped, design_effect

FEWEST = 30
"""Groups below which nothing is decided."""
METHOD = "widened to the spread of groups (delete-a-group jackknife)"


def asked_of(question: Question, given: Mapping[str, Any]) -> Outcome:
    """A check's answer, about rows that stand alone or that come in groups.

    Raises:
        AssertionError: the check answered something else than an `Outcome`.
    """
    lots = [one for one in given.values() if isinstance(one, Lots)]
    outcome = _answer(question, {name: _whole(one) for name, one in given.items()})
    if not lots or outcome.kind != "statistical" or not lots[0].parts:
        return outcome
    first, groups = lots[0], lots[0].groups
    used = sorted(first.parts)
    if groups < FEWEST:
        why = f"not enough groups: {groups:.0f}, and {FEWEST} are needed"
        apart = outcome.difference and replace(
            outcome.difference, interval=None, at=None, usual_error=None
        )
        return replace(outcome, interval=None, at=None, difference=apart, reason=why)
    value = _number(outcome)
    if value is None:
        return outcome
    without = [
        _number(_answer(question, {name: _left(one, lot) for name, one in given.items()}))
        for lot in used
    ]
    if any(one is None for one in without):
        why = "without some of its groups it has no value: too few groups matter"
        return replace(outcome, interval=None, at=None, difference=None, reason=why)
    return _widened(outcome, first, value, np.array(without, dtype=np.float64))


def _widened(outcome: Outcome, lots: Lots, value: float, without: Any) -> Outcome:
    apart = outcome.difference
    interval = outcome.interval if apart is None else apart.interval
    if interval is None:
        return outcome
    told = outcome.at if apart is None else apart.at
    rows = told or widened(value, interval)
    weights = lots.rows[sorted(lots.parts)].astype(np.float64)
    effect = design_effect(
        value, without, weights, rows, groups=lots.groups, n=float(weights.sum())
    )
    at = Grouped(
        value,
        rows,
        effect,
        min(len(weights), lots.groups) - 1,
        least=-np.inf if apart or outcome.lowest is None else outcome.lowest,
        most=np.inf if apart or outcome.highest is None else outcome.highest,
    )
    alone = outcome.n if outcome.n_effective is None else outcome.n_effective
    found = replace(
        outcome,
        n_effective=alone / effect,
        method=f"{outcome.method}, {METHOD}",
        details={**outcome.details, "groups": round(lots.groups), "design_effect": effect},
    )
    if apart is None:
        return replace(found, interval=at(LEVEL), at=at)
    usual = apart.usual_error and apart.usual_error * effect**0.5
    return replace(found, difference=replace(apart, interval=at(LEVEL), at=at, usual_error=usual))


def _answer(question: Question, given: Mapping[str, Any]) -> Outcome:
    outcome = question.ask(given)
    assert isinstance(outcome, Outcome), f"{question.check.name} answered no Outcome"
    return outcome


def _number(outcome: Outcome) -> float | None:
    if outcome.difference is not None:
        return outcome.difference.value
    return outcome.value


def _whole(one: Any) -> Any:
    return one.whole if isinstance(one, Lots) else one


def _left(one: Any, lot: int) -> Any:
    return one.without(lot) if isinstance(one, Lots) else one
