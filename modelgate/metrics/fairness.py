"""How alike a model treats groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modelgate.aggregates.confusion import Confusion
from modelgate.metrics.measure import Measured, nothing
from modelgate.stats.apart import Share, Widest
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shares import share

Criterion = Literal["demographic_parity", "equal_opportunity", "equalized_odds"]
RATES: Mapping[str, tuple[str, ...]] = {
    "demographic_parity": ("selected",),
    "equal_opportunity": ("true_positive",),
    "equalized_odds": ("true_positive", "false_positive"),
}
"""Criterion -> the rates that have to be alike: of all rows that are answered favourably, of those
whose truth is favourable, of those whose truth is not."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group's rates.

    Attributes:
        name: for people, "sex = F, region = north".
        rows: of the group.
        shares: rate -> hits among trials, effective ones where rows bear weights; rates of which
            there is no row are not in it.
    """

    name: str
    rows: int
    shares: Mapping[str, Share]


class Odds:
    """The worst of several rates at any level: the widest difference, or the smallest ratio."""

    def __init__(self, parts: list[Widest], *, ratio: bool) -> None:
        self._parts, self._least = parts, ratio
        values = [part.value for part in parts]
        self.worst = values.index(min(values) if ratio else max(values))
        self.value = values[self.worst]

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        found = [part(level) for part in self._parts]
        lows, highs = [one.low for one in found], [one.high for one in found]
        if self._least:
            return Interval(min(lows), min(highs), level)
        return Interval(max(lows), max(highs), level)


def group_of(name: str, found: Confusion, favourable: int) -> Group:
    """The rates of a group, of the class at `favourable` of the classes."""
    weights, squares = found.weights, found.squares

    def rate(hits: Any, trials: Any) -> Share | None:
        whole = float(weights[trials].sum())
        if whole <= 0:
            return None
        effective = whole * whole / float(squares[trials].sum())
        return Share(min(float(weights[hits].sum()) / whole, 1.0) * effective, effective)

    others = [k for k in range(len(weights)) if k != favourable]
    every = slice(None)
    shares = {
        "selected": rate((every, favourable), (every, every)),
        "true_positive": rate((favourable, favourable), (favourable, every)),
        "false_positive": rate((others, favourable), (others, every)),
    }
    known = {rate: one for rate, one in shares.items() if one is not None}
    return Group(name, found.rows, known)


def measure_fairness(
    groups: list[Group], criterion: Criterion, *, ratio: bool, smallest: int
) -> tuple[Measured, tuple[str, ...]]:
    """How far the rates of the groups lie apart.

    Args:
        groups: all there are.
        criterion: which rates are meant.
        ratio: whether the lowest over the highest is meant, not their difference.
        smallest: rows of which a rate is made below which it is shown, and not judged.

    Returns:
        What was found, and the groups that lie furthest apart, in words.
    """
    rates = RATES[criterion]
    judged = {rate: [one for one in groups if _enough(one, rate, smallest)] for rate in rates}
    rows = sum(one.rows for one in groups)
    table = [_row(one, rates, smallest) for one in groups]
    short = [rate for rate in rates if len(judged[rate]) < 2]
    if short:
        reason = f"fewer than two groups have {smallest} rows for the rate {short[0]!r}"
        return nothing(reason, n=rows, groups=table), ()
    parts = [
        Widest([one.shares[rate] for one in judged[rate]], ratio=ratio, families=len(rates))
        for rate in rates
    ]
    if ratio and all(max(one.shares[rate].hits for one in judged[rate]) <= 0 for rate in rates):
        return nothing("undefined: no group has any: the ratio is 0 / 0", n=rows, groups=table), ()
    found = Odds(parts, ratio=ratio)
    rate = rates[found.worst]
    worst = [judged[rate][place] for place in parts[found.worst].pair]
    many = len({one.name for rate in rates for one in judged[rate]})
    measured = Measured(
        value=found.value,
        interval=found(LEVEL),
        at=found,
        method=f"worst pair of {many} groups, each pair by MOVER; Bonferroni where it accuses",
        n=rows,
        details={"groups": table, "rate": rate},
    )
    words = tuple(
        f"{one.name}: {one.shares[rate].value:.1%} {rate.replace('_', ' ')}, {one.rows:,} rows"
        for one in worst
    )
    return measured, words


def _enough(group: Group, rate: str, smallest: int) -> bool:
    return rate in group.shares and group.shares[rate].trials >= smallest * (1 - 1e-9)


def _row(group: Group, rates: tuple[str, ...], smallest: int) -> dict[str, Any]:
    row: dict[str, Any] = {"group": group.name, "rows": group.rows}
    for rate in rates:
        one = group.shares.get(rate)
        at = None if one is None else share(one.hits, one.trials)
        row[rate] = {
            "value": None if one is None else one.value,
            "interval": None if at is None else [at.low, at.high],
            "rows": 0.0 if one is None else one.trials,
            "judged": _enough(group, rate, smallest),
        }
    return row
