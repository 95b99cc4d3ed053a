"""An input that breaks a property, made as simple as it can be while it still breaks it.

Hypothesis would ask about one simpler input at a time. Here all the ways in which some inputs can
be made simpler by one step are asked about in one call, with many of several steps at once; the
simplest one that still breaks the property is the next to start from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.model import Model
from modelgate.properties.asked import Answered, Property
from modelgate.properties.domains import Domain
from modelgate.properties.space import Row, Space

CALL = 512
"""Simpler inputs that are asked about in one call."""
ROUNDS = 16
"""Calls, at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """An input that breaks a property.

    Attributes:
        row: its cells.
        rows: the rows it was asked in that have to be asked together; one, where it breaks the
            property by itself.
        answered: what the model said to it alone.
    """

    row: Row
    rows: pa.RecordBatch
    answered: Answered


def shrunk(
    model: Model, rule: Property, space: Space, start: Sequence[Answered], seed: int
) -> list[Found]:
    """The simplest inputs that can be found from these, the simplest first, each once.

    Args:
        model: is asked `ROUNDS` times about `CALL` rows at most.
        rule: the property.
        space: the rows that there are.
        start: one row each, which break it.
        seed: of the steps that are taken together.
    """
    dice = np.random.default_rng(seed)
    best = [(space.row(one.rows, 0), one) for one in start]
    done = [False] * len(best)
    known: list[set[Any]] = [set() for _ in best]
    for _ in range(ROUNDS):
        share = max(1, min(CALL, space.most) // max(1, done.count(False)))
        tried: list[tuple[int, Row]] = []
        for which, (row, _) in enumerate(best):
            if not done[which]:
                simpler = _simpler(space, row, dice, share, known[which])
                done[which] = not simpler
                tried += [(which, one) for one in simpler]
        if not tried:
            break
        answered, _, broken = rule.judge(model, space.of([row for _, row in tried]))
        for which in {which for which, _ in tried}:
            still = [at for at in np.flatnonzero(broken) if tried[at][0] == which]
            done[which] = not still
            if still:
                at = min(still, key=lambda place: (space.cost(tried[place][1]), place))
                best[which] = (tried[at][1], answered.take(np.array([at])))
    found = sorted(best, key=lambda one: space.cost(one[0]))
    unlike: dict[tuple[str, ...], Found] = {}
    for row, one in found:
        # Two that differ from a typical row in the same columns tell the same story.
        columns = {
            rule.beside.get(name, name) for name in row if space.domains[name].cost(row[name])
        }
        unlike.setdefault(tuple(sorted(columns)), Found(row, one.rows, one))
    return list(unlike.values())


def _simpler(
    space: Space, row: Row, dice: np.random.Generator, most: int, known: set[Any]
) -> list[Row]:
    """Rows that are simpler: groups of columns made typical, one cell simpler, several at once."""
    steps = {name: domain.simpler(row[name]) for name, domain in space.domains.items()}
    steps = {name: cells for name, cells in steps.items() if cells}
    names = list(steps)
    if len(names) < 2:
        cells = {name: _further(space.domains[name], row[name], known, most) for name in names}
        return [_with(row, {name: cell}) for name in names for cell in cells[name]]
    found = [_with(row, {name: steps[name][0] for name in group}) for group in _groups(names)]
    longest = max(map(len, steps.values()))
    for depth in range(longest):  # the simplest cell of each column first
        found += [
            _with(row, {name: steps[name][depth]}) for name in names if depth < len(steps[name])
        ]
        if len(found) >= most:
            break
    while len(found) < most:
        some = [name for name in names if dice.integers(2)]
        depth = int(dice.integers(longest)) if dice.integers(2) else 0
        changes = {name: steps[name][min(depth, len(steps[name]) - 1)] for name in some}
        found.append(_with(row, changes or {names[0]: steps[names[0]][0]}))
    return found[:most]


def _further(domain: Domain, cell: Any, known: set[Any], most: int) -> list[Any]:
    """Simpler cells of the only column that has some, and simpler ones of these: a full call.

    None of those that were asked about before, of which this one was the simplest.
    """
    found = [cell]
    for one in found:
        for simpler in domain.simpler(one):
            mark = simpler.tobytes() if isinstance(simpler, np.ndarray) else repr(simpler)
            if mark not in known and len(found) <= most:
                known.add(mark)
                found.append(simpler)
        if len(found) > most:
            break
    return found[1:]


def _groups(names: Sequence[str]) -> list[Sequence[str]]:
    """All, the halves, the quarters ..., and all but each of them."""
    found: list[Sequence[str]] = [names]
    size = len(names)
    while size > 2:
        size = (size + 1) // 2
        parts = [names[start : start + size] for start in range(0, len(names), size)]
        found += parts
        found += [[name for name in names if name not in set(part)] for part in parts]
    found += [[name for name in names if name != one] for one in names if len(names) > 2]
    return found


def _with(row: Row, changes: Row) -> Row:
    return {**row, **changes}


def fewer(model: Model, rule: Property, space: Space, rows: pa.RecordBatch) -> list[Found]:
    """Of rows that break a property only together, a few that still do.

    Each call leaves out half of the rows, until neither half breaks it any more.
    """
    last: tuple[Answered, np.ndarray] | None = None
    while len(rows) > 2:
        half = (len(rows) + 1) // 2
        for part in (rows.slice(0, half), rows.slice(half)):
            answered, _, broken = rule.judge(model, part)
            if broken.any():
                rows, last = part, (answered, broken)
                break
        else:
            break
        if len(rows) <= half and half == 1:
            break
    if last is None:
        answered, _, broken = rule.judge(model, rows)
        last = answered, broken
    answered, broken = last
    where = np.flatnonzero(broken)[:1]
    return [
        Found(space.row(answered.rows, int(at)), rows, answered.take(np.array([at])))
        for at in where
    ]
