"""From what many models answered to their order, and what is told of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modelgate.errors import ModelError, RefusedError
from modelgate.escape import printable
from modelgate.leaderboard.board import Entry, Leaderboard
from modelgate.leaderboard.duels import Duels, Pair, groups_of
from modelgate.leaderboard.heard import Heard
from modelgate.leaderboard.selection import Selection, errors_of, selection
from modelgate.library import Library, builtin_root
from modelgate.outcome import Outcome, Severity
from modelgate.report import Report


def board_of(models: Mapping[str, Any], heard: Heard) -> Leaderboard:
    """The leaderboard of all that was heard.

    Args:
        models: name -> model, all that were to be compared.
        heard: what became of them.

    Raises:
        ModelError, RefusedError: MG3156, none could be judged.
    """
    if heard.rows is None or not heard.voices:
        raise _none_left(heard)
    book = heard.book()
    names = list(heard.voices)
    assert heard.metric is not None
    duels = Duels(Library(builtin_root())["metric"], book, heard.metric)
    alone = [duels.alone(place) for place in range(len(names))]
    for name, outcome in zip(names, alone, strict=True):
        if outcome.value is None:
            why = f"{heard.metric} is not known: {outcome.reason or 'there is no value'}"
            heard.lose(name, ModelError("MG3159", why))
    if not heard.voices:
        raise _none_left(heard)
    sign = 1.0 if duels.better == "higher" else -1.0
    known = [at for at in range(len(names)) if alone[at].value is not None]
    order = sorted(known, key=lambda at: -sign * (alone[at].value or 0.0))
    pairs = duels.pairs(order)
    entries = _entries(models, heard, [(names[at], alone[at]) for at in order], pairs, sign)
    return _filled(heard, alone[order[0]], entries, int(book.keep.sum()), _luck(pairs, sign))


def _filled(
    heard: Heard,
    first: Outcome,
    entries: tuple[Entry, ...],
    rows: int,
    luck: Selection | None,
) -> Leaderboard:
    assert heard.role is not None
    assert heard.rows is not None
    assert heard.metric is not None
    data, target = heard.role.data, heard.role.part.target
    report = next(iter(heard.reports.values()), None)
    return Leaderboard(
        metric=heard.metric,
        unit=(target or "") if first.unit == "target" else first.unit,
        better=first.better,
        rows=rows,
        left_out=int(heard.rows.known.sum()) - rows,
        data={"path": data.name, "digest": data.digest, "target": target},
        entries=entries,
        suite=None if report is None else report.subject["suite"]["title"],
        chosen=next((one.name for one in entries if one.pick), None),
        luck=luck,
    )


def _entries(
    models: Mapping[str, Any],
    heard: Heard,
    ranked: Sequence[tuple[str, Outcome]],
    pairs: list[Pair],
    sign: float,
) -> tuple[Entry, ...]:
    groups = groups_of(pairs, len(ranked))
    first = {pair.behind: pair for pair in pairs if pair.ahead == 0}
    found = [
        Entry(
            rank=place + 1,
            name=name,
            path=_path(models[name], name),
            digest=heard.digests[name],
            value=outcome.value,
            interval=_ends(outcome),
            **_behind(first.get(place), sign),
            group=groups[place],
            **_judged(heard.reports.get(name), len(models)),
        )
        for place, (name, outcome) in enumerate(ranked)
    ]
    found += [
        Entry(
            rank=None,
            name=name,
            path=_path(models[name], name),
            reason=f"{error.code} {error.message}",
        )
        for name, error in heard.failed.items()
    ]
    return tuple(found)


def _ends(outcome: Outcome) -> tuple[float, float] | None:
    return None if outcome.interval is None else (outcome.interval.low, outcome.interval.high)


def _behind(pair: Pair | None, sign: float) -> dict[str, Any]:
    """What is told of a model beside the first."""
    if pair is None:
        return {}
    interval, found = pair.found.interval, None
    if interval is not None:
        low, high = sorted((sign * interval.low, sign * interval.high))
        found = (low, high)
    return {
        "behind": None if interval is None else sign * pair.found.value,
        "behind_interval": found,
        "p_value": pair.p_value,
        "tied": not pair.real,
    }


def _judged(report: Report | None, models: int) -> dict[str, Any]:
    """What the suite says, and whether it would say so of the best of so many models.

    A model that is too bad passes with 5 % chance at most, and so one of many more often. Where
    each blocker has to pass at 5 % over their number, the pick of them does not (Bonferroni).
    """
    if report is None:
        return {}
    verdict = report.verdict
    worst = max(
        (
            one.p_within
            for one in report.results
            if one.severity is Severity.BLOCKER and one.p_within is not None
        ),
        default=0.0,
    )
    return {
        "decision": verdict.decision,
        "pick": verdict.decision == "promote" and worst <= verdict.alpha_pass / models,
        "reason": verdict.because[0] if verdict.because else "",
    }


def _luck(pairs: Sequence[Pair], sign: float) -> Selection | None:
    first = [pair for pair in pairs if pair.ahead == 0]
    if not first or any(pair.found.interval is None for pair in first):
        return None
    behind = np.zeros(len(first) + 1)
    for pair in first:
        behind[pair.behind] = sign * pair.found.value
    return selection(behind, errors_of(pairs, len(behind)))


def _path(model: Any, name: str) -> str:
    return str(model) if isinstance(model, str | Path) else name


def _none_left(heard: Heard) -> ModelError | RefusedError:
    name, error = next(iter(heard.failed.items()))
    refused = all(isinstance(one, RefusedError) for one in heard.failed.values())
    return (RefusedError if refused else ModelError)(
        "MG3156",
        f"none of the {len(heard.failed)} models could be judged; {printable(name, 60)}:"
        f" {error.code} {error.message}",
        hint=error.hint,
    )
