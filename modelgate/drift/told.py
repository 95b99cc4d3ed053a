"""Two profiles to one outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelgate.drift.columns import METHODS, Compared, compared
from modelgate.drift.family import Family, family_of, said, table
from modelgate.drift.together import told_apart, unlike, vectors
from modelgate.errors import UsageError, did_you_mean
from modelgate.outcome import Outcome
from modelgate.profiles.answers import AnswerProfile
from modelgate.profiles.profile import Profile
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shift import SMALLEST
from modelgate.surveys.row_sample import RowSample

Profiled = Profile | AnswerProfile
LEAST = 30
"""Rows of either side below which nothing is decided."""
SHOWN = 12
"""Columns named as evidence."""


def drift_of(
    reference: Profiled,
    current: Profiled,
    *,
    of: str = "columns",
    method: str = "auto",
    columns: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    floor: float | None = None,
) -> Outcome:
    """The largest shift among columns.

    Args:
        reference: what a model was trained on.
        current: the rows in question.
        of: "features" that feed the model, the "target", the "predictions", or all "columns".
        method: of `METHODS`.
        columns: only these.
        ignore: but these.
        floor: effect below which a shift does not matter; the method's own where None.

    Raises:
        UsageError: MG2260, a column that is named stands in neither.
    """
    _refuse_unknown(columns, ignore, reference, current)
    chosen = _chosen(reference, current, of, columns)
    if not reference.rows or not current.rows:
        return _unknown("there are no rows to compare")
    if not chosen:
        return _unknown(f"there is no {of} to compare")
    found = compared(
        reference.columns_profiled,
        current.columns_profiled,
        columns=chosen,
        ignore=ignore,
        method=method,
    )
    if of in {"columns", "features"} and not columns:
        theirs = current.columns_profiled
        new = [name for name in theirs if name not in {*reference.columns_profiled, *ignore}]
        found = replace(found, added=tuple(new))
    least = METHODS[method].floor if floor is None else floor
    family = family_of(found.shifts, least) if found.shifts else None
    outcome = _outcome(found, family, least, min(reference.rows, current.rows))
    if of == "predictions" and outcome.value is not None:
        outcome = replace(outcome, says=_of_answers(found, family, outcome))
    return replace(outcome, highest=METHODS[method].highest)


def drift_together(
    reference: RowSample,
    current: RowSample,
    *,
    of: str,
    columns: Sequence[str] | None,
    ignore: Sequence[str],
    floor: float | None,
) -> Outcome:
    """How far two data sets lie apart, all columns taken together.

    Args:
        reference: rows that a model was trained on.
        current: the rows in question.
        of: "multivariate", of all features; or "embeddings", of those that hold vectors.
        columns: only these.
        ignore: but these.
        floor: effect below which a shift does not matter; the usual one where None.

    Raises:
        UsageError: MG2260, a column that is named stands in neither.
    """
    was, now = reference.rows.schema, current.rows.schema
    _refuse_missing([*(columns or ()), *ignore], list(dict.fromkeys([*was.names, *now.names])))
    layout = current.layout
    beside = {layout.target, reference.layout.target, layout.weight, layout.group, *ignore}
    wanted = [name for name in columns or layout.features or was.names if name not in beside]
    if of == "embeddings":
        wanted = list(vectors(was, wanted) or vectors(now, wanted))
    least = METHODS["auto"].floor if floor is None else floor
    rows = min(len(reference), len(current))
    apart = unlike(was, now, wanted)
    chosen = [name for name in wanted if name not in apart]
    if apart:
        return _outcome(Compared((), apart, {}, ()), None, least, rows)
    if not chosen:
        what = "column holds vectors" if of == "embeddings" else "column stands in both"
        return _unknown(f"no {what}")
    found = told_apart(reference.rows, current.rows, chosen, layout.seed)
    if isinstance(found, str):
        return _unknown(found)
    family = family_of([found.shift], least)
    outcome = _outcome(Compared((found.shift,), {}, {}, ()), family, least, rows)
    if family.drifted:
        says = f"Taken together, the columns shifted by more than {least:g}: {found.shift.says}."
        outcome = replace(outcome, says=says)
    area = {"auroc": found.auroc, "auroc_interval": [found.interval.low, found.interval.high]}
    details = {**outcome.details, **area, "parts": found.parts, "told": found.rows}
    return replace(outcome, highest=1.0, details=details, method="classifier, two samples")


def by_use(outcome: Outcome, uses: Mapping[str, float]) -> Outcome:
    """The same outcome, its columns ranked by how far they shifted times how much they matter.

    Args:
        outcome: of `drift_of`.
        uses: column -> how far the model's answers hang on it, in [0, 1].
    """
    lines = [
        {**line, "use": uses[line["column"]]} if line["column"] in uses else line
        for line in outcome.details["columns"]
    ]
    lines.sort(
        key=lambda line: (
            not line["drifted"],
            -line.get("effect", 1.0) * (line.get("use", 1.0) if line["drifted"] else 1.0),
        )
    )
    return replace(
        outcome,
        evidence=_evidence(lines, outcome.details["floor"]),
        details={**outcome.details, "columns": lines},
    )


def _outcome(found: Compared, family: Family | None, floor: float, rows: int) -> Outcome:
    lines = table(found, family)
    details = {
        "columns": lines,
        "floor": floor,
        "not_compared": {**found.untold, **found.blind},
        "added": list(found.added),
    }
    if family is None and not found.apart:
        why = "; ".join(f"{name}: {why}" for name, why in {**found.untold, **found.blind}.items())
        return _unknown(why or "every column is left out", details)
    if found.blind and not found.apart and not (family and family.drifted):
        why = "; ".join(f"{name} {why}" for name, why in found.blind.items())
        return _unknown(
            f"no shift is shown, but of some columns nothing can be told: {why}", details
        )
    gone = bool(found.apart)
    value = max(1.0, 2 * floor) if gone or family is None else family.value  # beyond any limit
    at = None if gone or family is None else family.at
    return Outcome(
        value=value,
        interval=Interval(value, value) if at is None else at(LEVEL),
        at=at,
        p_same=SMALLEST if gone or family is None else family.p_same,
        better="lower",
        unit="",
        n=rows,
        minimum=LEAST,
        lowest=0.0,
        method="two samples, Holm over the columns",
        says=_sentence(found, family, floor),
        evidence=_evidence(lines, floor),
        details=details,
    )


def _evidence(lines: Sequence[Mapping[str, Any]], floor: float) -> tuple[str, ...]:
    """The columns that have shifted, in the order of the lines."""
    return tuple(said(line, floor) for line in lines if line["drifted"])[:SHOWN]


def _sentence(found: Compared, family: Family | None, floor: float) -> str:
    """What is shown, whatever it means for the verdict."""
    drifted = () if family is None else family.drifted
    names = list(dict.fromkeys([*found.apart, *(one.column for one in drifted)]))
    tests = () if family is None else family.ranked
    every = len({*found.apart, *(one.column for one in tests)})
    beside = _left_out(found)
    if names:
        listed = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
        count = f"{len(names)} of {every} columns" if every > 1 else "The column"
        return f"{count} shifted by more than {floor:g}: {listed}.{beside}"
    assert family is not None
    high = family.at(LEVEL).high
    many = f"None of {every} columns" if every > 1 else f"{tests[0].column} is not"
    shown = "is shown to have" if every > 1 else "shown to have"
    return (
        f"{many} {shown} shifted by more than {floor:g}; more than {high:.2g} is ruled out.{beside}"
    )


def _left_out(found: Compared) -> str:
    """Which columns were not compared, as a sentence; "" where all were."""
    names = [*found.untold, *found.blind]
    more = " ..." if len(names) > SHOWN else ""
    told = f" Not compared: {', '.join(names[:SHOWN])}{more}." if names else ""
    unread = [f"{name}, {words}" for name, words in list(found.unread.items())[:SHOWN]]
    return f"{told} Images that cannot be read: {'; '.join(unread)}." if unread else told


def _of_answers(found: Compared, family: Family | None, outcome: Outcome) -> str:
    """The sentence of the answers, and why theirs weighs more than that of other columns."""
    apart = found.apart or (family and family.drifted)
    if not apart:
        return f"What the model answers: {outcome.says}"
    return f"{outcome.says} Of all shifts, one of what the model answers tells harm best."


def _unknown(reason: str, details: Mapping[str, Any] | None = None) -> Outcome:
    return Outcome(value=None, better="lower", unit="", reason=reason, details=details or {})


def _chosen(
    reference: Profiled, current: Profiled, of: str, columns: Sequence[str] | None
) -> tuple[str, ...]:
    if columns:
        return tuple(columns)
    layout = current.layout
    target = layout.target or reference.layout.target
    if of == "target":
        return () if target is None else (target,)
    if of == "features":
        beside = {target, layout.weight, layout.group}
        features = layout.features or tuple(reference.columns_profiled)
        return tuple(name for name in features if name not in beside)
    return tuple(reference.columns_profiled)


def _refuse_unknown(
    columns: Sequence[str] | None, ignore: Sequence[str], *profiles: Profiled
) -> None:
    there = list(dict.fromkeys(name for one in profiles for name in one.columns_profiled))
    _refuse_missing([*(columns or ()), *ignore], there)


def _refuse_missing(named: Sequence[str], there: Sequence[str]) -> None:
    for name in named:
        if name not in there:
            raise UsageError(
                "MG2260", f"neither data set has a column {name!r}; {did_you_mean(name, there)}"
            )
