"""What a search has found, as the outcome of a check."""

from __future__ import annotations

import json
from hashlib import sha256
from math import isfinite
from typing import Any

import pyarrow as pa

from modelgate.cells import plain
from modelgate.counterexamples import REST
from modelgate.errors import UsageError
from modelgate.kept import Kept
from modelgate.model import Model
from modelgate.outcome import Outcome
from modelgate.predictions import Predictions
from modelgate.properties.asked import Property
from modelgate.properties.domains import Reach
from modelgate.properties.search import Searched, search
from modelgate.properties.shrinking import Found
from modelgate.properties.space import Row, Space
from modelgate.provided import Sample

MOST_EXAMPLES = 100_000
SHOWN = 3
"""Inputs that the evidence holds."""
COLUMNS = 8
"""Columns of an input that are shown."""
LONGEST = 200
"""Letters of a cell that are shown."""


def outcome_of(
    rule: Property | str,
    model: Model,
    sample: Sample,
    *,
    examples: int = 1_000,
    reach: Reach = "beyond",
    kept: Kept | None = None,
) -> Outcome:
    """Search for inputs that break a property, and tell what was found.

    Args:
        rule: the property; or why it cannot be asked of this model.
        model: is asked.
        sample: inputs are like its rows; its seed draws them.
        examples: inputs that are tried.
        reach: how far they go.
        kept: holds what broke it before, to be tried first, and takes what breaks it now; None
            where there is no project.

    Raises:
        UsageError: MG2153, `examples` makes no sense.
    """
    if not 1 <= examples <= MOST_EXAMPLES:
        raise UsageError("MG2153", f"examples lie between 1 and {MOST_EXAMPLES:,}, not {examples}")
    if isinstance(rule, str):
        return Outcome(value=None, better="lower", unit="input", kind="exact", reason=rule)
    space = Space(sample.rows, model.artifact.signature, reach=reach, beside=rule.beside)
    known = None
    key = _key(rule, space, reach)
    if kept is not None and rule.alone:
        known = space.read(kept.rows(key))
    searched = search(model, rule, space, examples=examples, seed=sample.seed, remembered=known)
    if kept is not None and rule.alone:
        kept.asked += searched.again
        rows = [space.written(found.row) for found in searched.found]
        about = {"property": rule.name, "says": rule.says}
        kept.keep(key, [row for row in rows if row is not None], about)
    return _outcome(rule, model, space, searched, examples)


def _key(rule: Property, space: Space, reach: Reach) -> str:
    """What inputs have to have in common to be tried again: the property and the columns."""
    columns = [[name, str(domain.kind)] for name, domain in space.domains.items()]
    told = json.dumps([rule.name, rule.says, reach, columns])
    return sha256(told.encode()).hexdigest()[:32]


def _outcome(
    rule: Property, model: Model, space: Space, searched: Searched, examples: int
) -> Outcome:
    broken = searched.broken or searched.still
    few = not broken and searched.tried < examples
    return Outcome(
        value=None if few else float(broken),
        better="lower",
        unit="input",
        kind="exact",
        n=searched.tried,
        method="drawn inputs, the ones that break it shrunk",
        says="" if few else _said(rule, searched),
        reason=f"only {searched.tried:,} of {examples:,} inputs drawn could break it"
        if few
        else None,
        evidence=tuple(_shown(found, model, space) for found in searched.found[:SHOWN]),
        details={"property": rule.says},
    )


def _said(rule: Property, searched: Searched) -> str:
    tried = f"{searched.tried:,} drawn inputs"
    if searched.broken:
        return f"Not so for {searched.broken:,} of {tried}: {rule.says}."
    if searched.still:
        known = "an input" if searched.still == 1 else f"{searched.still} inputs"
        return f"Not so for {known} that broke it before: {rule.says}."
    return (
        f"So for all of {tried}, which leaves fewer than {3 / searched.tried:.2%} of such inputs"
        f" (95 %): {rule.says}."
    )


def _shown(found: Found, model: Model, space: Space) -> dict[str, Any]:
    """The input, what it was changed to, and what was answered."""
    asked = found.answered
    shown: dict[str, Any] = {"type": "input", "input": _input(found.row, model, space)}
    if asked.changed is not None:
        shown["changed"] = _changed(asked.rows, asked.changed, model, space)
    if asked.after is None:
        return {**shown, "answer": answer_said(asked.answers, model)}
    after = answer_said(asked.after, model)
    return {**shown, "answer": after, "was": answer_said(asked.answers, model)}


def _changed(rows: pa.RecordBatch, changed: pa.RecordBatch, model: Model, space: Space) -> Any:
    """What became of a row: the cells that differ; of a single column, the cell itself."""
    pairs = {
        name: [_short(space.domains[name].told(plain(one.column(name)))) for one in (rows, changed)]
        for name in model.columns
    }
    if len(pairs) == 1:
        return next(iter(pairs.values()))[1]
    return {name: after for name, (before, after) in pairs.items() if repr(before) != repr(after)}


def _input(row: Row, model: Model, space: Space) -> Any:
    """The row, its least typical cells first; the text alone where there is but one column."""
    names = sorted(model.columns, key=lambda name: -space.domains[name].cost(row[name]))
    if len(names) == 1:
        return _short(space.domains[names[0]].said(row[names[0]]))
    shown = {name: _short(space.domains[name].said(row[name])) for name in names[:COLUMNS]}
    if len(names) > COLUMNS:
        left = len(names) - COLUMNS
        typical = all(not space.domains[name].cost(row[name]) for name in names[COLUMNS:])
        shown[REST] = f"and {left} more, {'as in a typical row' if typical else 'not shown'}"
    return shown


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 1]}…"
    return value


def answer_said(answers: Predictions, model: Model) -> Any:
    """One answer for people: a number; or a label with its score."""
    if answers.values is not None:
        value = float(answers.values[0])
        return value if isfinite(value) else str(value)
    assert answers.labels is not None
    label = int(answers.labels[0])
    classes = model.facts.classes
    said = str(classes[label]) if 0 <= label < len(classes) else "a label of no class"
    if answers.scores is None or not 0 <= label < answers.scores.shape[1]:
        return said
    scores = answers.scores[0]
    if len(scores) <= 4:
        return f"{said} ({', '.join(f'{score:.4g}' for score in scores)})"
    return f"{said} ({scores[label]:.4g})"
