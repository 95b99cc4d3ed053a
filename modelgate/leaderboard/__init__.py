"""Many models on the same rows: which is best, which differences are real, and how much is luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from modelgate.errors import ModelError, RefusedError, UsageError
from modelgate.escape import printable
from modelgate.leaderboard.board import Entry, Leaderboard
from modelgate.leaderboard.duels import Duels, Pair, groups_of, refuse_unranked
from modelgate.leaderboard.files import called
from modelgate.leaderboard.heard import Heard
from modelgate.leaderboard.judged import one_by_one
from modelgate.leaderboard.selection import Selection, errors_of, selection
from modelgate.leaderboard.together import side_by_side
from modelgate.library import Library, builtin_root
from modelgate.options import Options
from modelgate.outcome import Outcome, Severity
from modelgate.report import Report

__all__ = ["Entry", "Leaderboard", "compare"]

MOST_MODELS = 1_000


def compare(
    models: Sequence[Any] | Mapping[str, Any],
    *,
    data: Any = None,
    target: str | None = None,
    suite: str | Path | None = None,
    champion: Any = None,
    metric: str | None = None,
    options: Options | None = None,
    watch: Callable[[str], None] | None = None,
) -> Leaderboard:
    """Rank models by a metric, on the rows that all of them answer.

    Up to eight models are alive at once and answer each block of rows, which are read once for each
    eight. What is kept of a model are its answers, on disk. With a suite each is judged by it as
    `evaluate` does, one after the other, and the best is named that it promotes: at a level shared
    by all models, for the best of many that are too bad passes by luck more often than one does.

    Args:
        models: two or more, as `evaluate` takes them; a mapping gives them names.
        data: the test set; the suite's where None.
        target: the column with the right answers, where it cannot be found out.
        suite: a file, or the name of one; None to rank only.
        champion: for the suite's comparisons, in place of the suite's own.
        metric: accuracy or RMSE where None.
        options: how they are run.
        watch: told what is being done, in a few words.

    Raises:
        UsageError: MG2080 fewer than two models, MG2081 a metric that ranks nothing, MG2082 no
            labelled rows.
        ModelError: MG3156, no model could be judged.
    """
    named = called(models)
    if not 2 <= len(named) <= MOST_MODELS:
        raise UsageError(
            "MG2080",
            f"a comparison takes 2 to {MOST_MODELS:,} models, not {len(named)}",
            hint="name several files, a folder, or a pattern in quotes: 'runs/*.onnx'",
        )
    refuse_unranked(metric)
    options, told = options or Options(), watch or _silent
    with TemporaryDirectory(prefix="modelgate-compare-") as folder:
        heard = Heard(Path(folder), metric)
        if suite is None:
            side_by_side(named, (data, target), heard, options, told)
        else:
            asked = {"data": data, "target": target, "suite": suite, "champion": champion}
            one_by_one(named, asked, heard, options, told)
        if not heard.voices:
            raise _none_left(heard)
        told("comparing their answers")
        return _board(named, heard)


def _board(models: Mapping[str, Any], heard: Heard) -> Leaderboard:
    book = heard.book()
    if not heard.voices:
        raise _none_left(heard)
    assert heard.metric is not None
    assert heard.role is not None
    names = list(heard.voices)
    duels = Duels(Library(builtin_root())["metric"], book, heard.metric)
    alone = [duels.alone(place) for place in range(len(names))]
    sign = 1.0 if duels.better == "higher" else -1.0
    order = sorted(range(len(names)), key=lambda at: _key(alone[at].value, sign))
    pairs = duels.pairs(order)
    groups = groups_of(pairs, len(order))
    first = {pair.behind: pair for pair in pairs if pair.ahead == 0}
    reports = heard.reports
    entries = [
        Entry(
            rank=place + 1,
            name=names[at],
            path=_path(models[names[at]], names[at]),
            digest=heard.digests[names[at]],
            value=alone[at].value,
            interval=_ends(alone[at]),
            **_behind(first.get(place), sign),
            group=groups[place],
            **_judged(reports.get(names[at]), len(models)),
        )
        for place, at in enumerate(order)
    ]
    entries += [
        Entry(
            rank=None,
            name=name,
            path=_path(models[name], name),
            reason=f"{error.code} {error.message}",
        )
        for name, error in heard.failed.items()
    ]
    outcome, title = alone[order[0]], None
    if reports:
        title = next(iter(reports.values())).subject["suite"]["title"]
    data, known = heard.role.data, int(heard.rows.known.sum()) if heard.rows else 0
    rows = int(book.keep.sum())
    return Leaderboard(
        metric=heard.metric,
        unit=(heard.role.part.target or "") if outcome.unit == "target" else outcome.unit,
        better=duels.better,
        rows=rows,
        left_out=known - rows,
        data={"path": data.name, "digest": data.digest, "target": heard.role.part.target},
        entries=tuple(entries),
        suite=title,
        chosen=next((one.name for one in entries if one.pick), None),
        luck=_luck(pairs, len(order), sign),
    )


def _key(value: float | None, sign: float) -> tuple[bool, float]:
    known = value is not None and isfinite(value)
    return not known, -sign * value if known and value is not None else 0.0


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


def _luck(pairs: Sequence[Pair], models: int, sign: float) -> Selection | None:
    behind = np.zeros(models)
    for pair in pairs:
        if pair.ahead == 0:
            if pair.found.interval is None:
                return None
            behind[pair.behind] = sign * pair.found.value
    return selection(behind, errors_of(pairs, models)) if models > 1 else None


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


def _silent(_: str) -> None:
    """Where nobody watches."""
