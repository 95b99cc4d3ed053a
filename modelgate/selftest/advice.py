"""What to add to a suite, tried out before it is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import fill
from typing import Any

from modelgate.errors import MistakesError, UsageError
from modelgate.replay import Recording, play
from modelgate.replay.slices import FEWEST_ROWS
from modelgate.report import Report
from modelgate.selftest.fault import Fault
from modelgate.selftest.trying import Tried, in_the_way, let_through
from modelgate.suite import Step, Suite
from modelgate.suite_file import parse_suite
from modelgate.yaml_file.written import as_yaml

ENOUGH = 0.90
"""Share of the models let through that a step has to catch, to be advised without reserve."""
WIDTH = 70
"""Columns of a line of YAML."""
MOST_RUNS = 60
"""Models that a step is tried on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A step that would catch more.

    Attributes:
        group: the kinds of faults it is for.
        step: YAML, as it is to stand below `checks:`; None where none was found that catches more
            and stands in no good model's way.
        instead: whether it takes the place of a step that the suite has.
        caught: of the models that the suite lets through, how many it catches.
        models: how many it was tried on.
        promotes: whether the model itself is promoted with it.
    """

    group: str
    step: str | None
    instead: bool
    caught: int
    models: int
    promotes: bool = False


def advised(
    slipped: Sequence[Tried], recording: Recording, unchanged: Report
) -> tuple[Advice, ...]:
    """For each group of faults that slip through, the first step that catches enough.

    Args:
        slipped: faults of which models are let through.
        recording: the model's own answers.
        unchanged: what is said of these; no step may stand in their way that did not before.
    """
    before = {*in_the_way(unchanged)}
    groups: dict[str, list[Tried]] = {}
    for one in slipped:
        group = one.fault.kind if one.fault.group == "threshold" else one.fault.group
        groups.setdefault(group, []).append(one)
    return tuple(_best(group, some, recording, before) for group, some in groups.items())


def _best(group: str, slipped: Sequence[Tried], recording: Recording, before: set[str]) -> Advice:
    """The first step that catches enough, else the one that catches most."""
    runs = _runs(slipped)
    best = Advice(group=group, step=None, instead=False, caught=0, models=len(runs))
    for step in _steps(slipped, recording):
        suite, instead = _with(step, recording)
        if suite is None or suite.steps == recording.suite.steps:
            continue
        itself = play(recording, suite=suite)
        if not {*in_the_way(itself)} <= before:
            continue
        caught = len(runs) - let_through(runs, recording, suite)
        advice = Advice(
            group=group,
            step=step,
            instead=instead,
            caught=caught,
            models=len(runs),
            promotes=itself.verdict.decision == "promote"
            and before <= {one.id for one in itself.results},
        )
        if advice.caught > best.caught:
            best = advice
        if caught >= ENOUGH * len(runs):
            break
    return best


def _runs(slipped: Sequence[Tried]) -> list[tuple[Fault, int]]:
    """Models that were let through, some of each fault."""
    rounds = max((len(one.passed) for one in slipped), default=0)
    runs = [
        (one.fault, one.passed[place])
        for place in range(rounds)
        for one in slipped
        if place < len(one.passed)
    ]
    return runs[:MOST_RUNS]


def _with(step: str, recording: Recording) -> tuple[Suite | None, bool]:
    """The suite with one step more, or with that one in place of what asks the same.

    None for the suite where the step cannot be asked; and whether it takes the place of another.
    """
    suite = recording.suite
    try:
        more = parse_suite(
            f"checks:\n{step}".encode(),
            name=suite.name,
            path=suite.path,
            checks=recording.trial.library,
        )
    except (MistakesError, UsageError):
        return None, False
    asked = {_question(one) for one in more.steps}
    kept = [one for one in suite.steps if _question(one) not in asked]
    return replace(suite, steps=(*kept, *more.steps)), len(kept) < len(suite.steps)


def _question(step: Step) -> tuple[Any, ...]:
    settings = sorted((name, repr(value)) for name, value in step.settings.items())
    return step.check, step.subject, tuple(settings), repr(step.by), step.data


def _steps(slipped: Sequence[Tried], recording: Recording) -> Iterator[str]:
    """Steps to try, the mildest first."""
    first = slipped[0].fault
    numbers = recording.reading.task == "regression"
    metric = "rmse" if numbers else "accuracy"
    if first.group == "slice":
        yield from _by_slice(metric, slipped, recording)
    elif first.group == "scores":
        yield "- metric: log_loss\n  severity: major\n"
        yield "- metric: log_loss\n  severity: blocker\n"
        yield "- metric: log_loss\n  severity: blocker\n  margin: 2%\n"
    elif first.group == "threshold":
        better = "precision" if first.kind.endswith("more") else "recall"
        yield f"- metric: {better}\n  severity: blocker\n"
        yield f"- metric: {better}\n  severity: blocker\n  margin: 2%\n"
        yield "- metric: recall\n  severity: blocker\n- metric: precision\n  severity: blocker\n"
    elif first.group == "class":
        labels = dict.fromkeys(as_yaml(str(one.fault.label)) for one in slipped)
        for more in ("", "  margin: 4%\n"):
            yield "".join(f"- metric: recall\n  of: {label}\n{more}" for label in labels)
    else:
        yield f"- metric: {metric}\n  severity: blocker\n"
        for margin in ("2%", "1%", "0.5%"):
            yield f"- metric: {metric}\n  severity: blocker\n  margin: {margin}\n"


def _by_slice(metric: str, slipped: Sequence[Tried], recording: Recording) -> Iterator[str]:
    places = {one.fault.place.column: one.fault.place for one in slipped if one.fault.place}
    columns = [
        as_yaml(name) if place.value is not None else f"{{column: {as_yaml(name)}, bins: 2}}"
        for name, place in places.items()
    ]
    large = [
        column
        for column, name in zip(columns, places, strict=True)
        if _fewest(name, recording) >= FEWEST_ROWS
    ]
    for some, more in (
        (columns, ""),
        (columns, "  severity: blocker\n"),
        (large, "  severity: blocker\n"),
        (large, "  severity: blocker\n  margin: 5%\n"),
    ):
        if some:
            yield f"- metric: {metric}\n{_listed(some)}{more}"


def _listed(columns: Sequence[str]) -> str:
    """`by:` and the columns, in lines that a page does not break."""
    return (
        fill(
            f"by: [{', '.join(columns)}]",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="       ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )


def _fewest(column: str, recording: Recording) -> int:
    """Rows of the smallest category."""
    counts = recording.table.column(column).filter(_mask(recording)).value_counts()
    return min((entry["counts"] for entry in counts.to_pylist()), default=0)


def _mask(recording: Recording) -> Any:
    import pyarrow as pa

    return pa.array(recording.usable)
