"""Steps that change rows and ask again, with limits from what the champion does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from modelgate.arrays import coded, is_quantity, is_tensor, is_text, tensor_shape
from modelgate.behaviour.changing import changed, columns_for
from modelgate.drafting.directions import DIRECTION_ROOM, Way, amount, directions
from modelgate.drafting.limits import limit_above, limit_below, plain
from modelgate.errors import UsageError
from modelgate.figures import figures, number, significant
from modelgate.outcome import Status
from modelgate.replay import Recording
from modelgate.replay.replies import Once
from modelgate.report import Report, Result
from modelgate.suite import Step, Suite
from modelgate.yaml_file.written import as_yaml

HEAD = """
  # What every model should take well: rows are changed, and asked about again. Each limit is what
  # the champion does, with room for a model that errs elsewhere. `modelgate list perturbations`
  # shows what else can be done to rows; by `direction` you say where an answer has to move.
"""
FEWEST = 50
"""Rows that a step has to change: of fewer, it could tell nothing."""
TRIED = 2_000
"""Rows that are changed to find out."""
MOST_TURNED = 0.25
"""Share of turned answers above which the champion takes a change badly: it is no limit then."""
ROOM, LEAST_ROOM = 1.5, 0.01
"""How much worse than the champion surely is a limit lies: so many times, and at least so much."""
MOST_LOST = 0.1
"""Share of what the champion surely keeps while inputs get worse that a candidate may lose more."""
TOLERATED = 0.1
"""By so much of the target's spread a number may move."""
MOST_VALUES = 30
"""Values of a column of categories."""
FEWEST_WORDS = 3
"""Words of a text, mostly; what is shorter is a name, or a category."""

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that is tried out on the champion.

    Attributes:
        first: its first line.
        lines: the others.
        why: a comment.
        room: how far from what the champion surely does its limit lies, at least.
    """

    first: str
    lines: tuple[str, ...]
    why: str = ""
    room: float = LEAST_ROOM

    def __str__(self) -> str:
        """As a suite has it."""
        above = [f"# {self.why}"] if self.why else []
        lines = [*above, f"- {self.first}", *(f"  {line}" for line in self.lines)]
        return "".join(f"  {line}\n" for line in lines)


def behaviour(
    recording: Recording, parse: Callable[[str], Suite], judged: Callable[[Suite], Report]
) -> tuple[str, list[Result]]:
    """The steps that the champion takes well.

    Args:
        recording: of the champion.
        parse: a suite from its text.
        judged: the champion by a suite, asked itself.

    Returns:
        Their text, empty where there are none; and what becomes of the champion by them.
    """
    tried = [one for one in _offered(recording) if _reaches(one, recording, parse)]
    if not tried or not recording.trial.asker.answers_again:
        return "", []
    found = _results(judged(parse(_checks(tried))), tried)
    ways = directions(recording, found)
    limited = [
        _directed(one, ways.get(result.id))
        if result.check == "direction"
        else _limited(one, result)
        for one, result in zip(tried, found, strict=True)
    ]
    kept = [one for one in limited if one is not None]
    while kept:
        found = _results(judged(parse(_checks(kept))), kept)
        good = [one.status in {Status.PASSED, Status.UNDECIDED, Status.INFO} for one in found]
        if all(good):
            return HEAD + _text(kept), found
        kept = [one for one, well in zip(kept, good, strict=True) if well]
    return "", []


def _checks(steps: Sequence[Tried]) -> str:
    return f"checks:\n{_text(steps)}"


def _text(steps: Sequence[Tried]) -> str:
    """The steps as a suite has them; what stands above one goes for those that follow it."""
    above = ["", *(one.why for one in steps)]
    return "".join(
        str(replace(one, why="") if one.why == before else one)
        for one, before in zip(steps, above, strict=False)
    )


def _results(report: Report, steps: Sequence[Tried]) -> list[Result]:
    """Of these steps, in their order; the implied one on determinism left out."""
    checks = {one.first.partition(":")[0] for one in steps}
    found = [one for one in report.results if one.check in checks]
    assert len(found) == len(steps)
    return found


def _limited(one: Tried, found: Result) -> Tried | None:
    """The step with a limit; None where the champion takes it too badly to have one."""
    if found.value is None:
        return None
    shown = figures(found)
    said = f"champion: {shown.value}" + (f" ({shown.interval})" if shown.interval else "")
    severity = "severity: major"
    if found.interval is None:  # a count, as of columns: others may do well with fewer
        limit, severity = f"at_most: {found.value:g}", "severity: minor"
    elif found.better == "lower" and found.unit == "share":
        low, high = found.interval
        if high > MOST_TURNED:
            return None
        end = max(ROOM * high, high + one.room)
        bound = limit_above(100 * (end - (high - low)), 100 * end)
        limit = f"at_most: {plain(bound)}%"
    elif found.better == "lower":
        limit = f"at_most: {plain(limit_above(found.value, ROOM * found.interval[1]))}"
    else:
        low = found.interval[0]
        lost = max(0.0, (found.details["unchanged"] or low) - low)
        end = low - max(one.room, min((ROOM - 1) * lost, low * MOST_LOST))
        bound = limit_below(100 * (end + found.value - low), 100 * end)
        if bound <= 0:
            return None
        limit = f"at_least: {plain(bound)}%"
    return replace(one, lines=(*one.lines, f"{limit:<26}  # {said}", severity))


def _directed(one: Tried, way: Way | None) -> Tried | None:
    """The step with the way that answers move; None where they move both ways, or hardly."""
    if way is None:
        return None
    lines = [line for line in one.lines if not line.startswith("expect:")]
    limit = f"at_most: {100 * DIRECTION_ROOM:g}%"
    said = f"champion: {number(way.against)}"
    return replace(
        one, lines=(*lines, f"expect: {way.expect}", f"{limit:<26}  # {said}", "severity: major")
    )


def _offered(recording: Recording) -> Iterator[Tried]:
    """All steps that could be asked, by what the columns hold."""
    kinds = {name: _kind(name, recording) for name in feeding(recording)}
    for told in yaml.safe_load((_HERE / "behaviour.yaml").read_text(encoding="utf-8")):
        lines = tuple(f"{key}: {as_yaml(value)}" for key, value in told.get("with", {}).items())
        of, why = told["of"], told.get("why", "")
        named = [name for name, kind in kinds.items() if kind == of]
        if of == "any" and len(kinds) > 1:
            yield Tried(told["step"], lines, why)
        elif told["step"].startswith("direction"):
            reading = recording.reading
            directed = reading.task == "regression" or reading.positive is not None
            for name in named if directed else ():
                by = amount(recording, name)
                if by is not None:
                    yield Tried(told["step"], (f"column: {as_yaml(name)}", by, *lines), why)
        elif of == "number" and named:
            lines = (*lines, *_tolerance(told["step"], recording))
            yield Tried(told["step"], lines, why, told.get("room", LEAST_ROOM))
        elif of != "any":
            for name in named:
                column = (f"column: {as_yaml(name)}", *lines)
                more = _tolerance(told["step"], recording)
                yield Tried(told["step"], (*column, *more), why)


def feeding(recording: Recording) -> tuple[str, ...]:
    """The columns that the model reads."""
    asker, part = recording.trial.asker, recording.roles["test"].part
    assert isinstance(asker, Once)
    if asker.feeding is not None:
        return asker.feeding
    names = recording.roles["test"].data.schema.names
    return tuple(name for name in names if name not in {part.target, part.weight, part.group})


def _kind(name: str, recording: Recording) -> str | None:
    """What a column is to be changed as."""
    # What is recorded holds no arrays; the data set itself does.
    kind = recording.trial.roles["test"].data.schema.field(name).type
    if is_tensor(kind):
        return "image" if len(tensor_shape(kind)) in {2, 3} else None
    column = recording.table.column(name).slice(0, TRIED).combine_chunks()
    if is_text(kind):
        values = [value for value in coded(column)[1] if value is not None]
        if is_protected(name) and len(values) <= MOST_VALUES:
            return "protected"
        words = [len(value.split()) for value in values]
        few = len(values) <= MOST_VALUES  # a category, however long its names
        return "text" if not few and np.median(words) >= FEWEST_WORDS else None
    return "number" if is_quantity(kind) else None


def is_protected(name: str) -> bool:
    """Whether people are told apart by a column of this name."""
    words = " ".join(re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)).casefold()
    known = (_HERE / "protected.txt").read_text(encoding="utf-8").splitlines()
    return any(re.search(rf"\b{re.escape(one)}\b", words) for one in known)


def _tolerance(step: str, recording: Recording) -> tuple[str, ...]:
    if recording.reading.task != "regression" or not step.startswith("invariance"):
        return ()
    spread = float(np.std(recording.truth[recording.usable])) * TOLERATED
    return (f"tolerance: {significant(spread, 2)}",)


def _reaches(one: Tried, recording: Recording, parse: Callable[[str], Suite]) -> bool:
    """Whether it changes enough rows to tell anything."""
    step: Step = parse(_checks([one])).steps[0]
    if step.change is None:
        return True
    table = recording.table.slice(0, TRIED)
    there = set(table.column_names)  # made anew at every look: 1,000 columns took minutes
    names = [name for name in feeding(recording) if name in there]
    if step.change.perturbation.of == "image" or not names:
        return step.change.perturbation.of == "image"
    rows = table.select(names).combine_chunks().to_batches()[0]
    settings: Any = step.settings.get("column")
    try:
        columns = columns_for(step.change, rows.schema, settings)
    except UsageError:
        return False
    return int(changed(step.change, rows, columns, seed=0).hit.sum()) >= FEWEST
