"""The text of a drafted suite: each number with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from modelgate.drafting.limits import limit_above, limit_below, plain
from modelgate.drafting.rows import CHECKS
from modelgate.figures import figures, significant
from modelgate.metrics.table import METRICS
from modelgate.outcome import Status
from modelgate.provided import Probe
from modelgate.replay import Recording
from modelgate.report import Result
from modelgate.suite import Step
from modelgate.yaml_file.written import as_yaml

HEAD = """\
# A first draft by `modelgate init`, made to be edited: every number is yours to change.
#   modelgate check MODEL               asks a candidate these questions
#   modelgate selftest MODEL            tells which worse models they would let through
#   modelgate explain metric            tells what a metric measures
"""
LIMITS = """\
  # How good a model has to be. Each limit is what the champion surely reaches on {rows:,} rows,
  # with room for one that is as good and errs elsewhere. EDIT: write what you need.
  # `margin` is how much worse than the champion is tolerable. What is written is the least that so
  # many rows can rule out; with more rows, write less.
"""
SLICES = """\
  # No group of rows may be shown to be answered worse than by the champion. EDIT: name the columns
  # that matter to you. With `severity: blocker` each group would have to be shown to be as good,
  # which takes about 200 rows of each.
"""
FACTS = "  # What must hold of every model.\n"
SHOWN = "  # Without `at_least`, `at_most` or `margin` a metric is shown, and of no effect.\n"
INDENT = "  "
MOST_TOLERABLE = 0.10
"""The widest margin that is drafted; twice as much of the champion's own error."""
OTHERS = 1.6
"""How much further off than the end of the champion's interval a limit lies: a model as good as it,
that answers 8 % of the rows otherwise, has an end of its own below that one every other time, and
below this limit in one of five."""
REACHED = 2.5
"""Standard errors of an equally good model's difference that a margin leaves room for: 1.64 to rule
it out, and 0.84 so that four in five are ruled out."""
ROOM = 1.5
"""How much wider than for the champion itself: others answer some rows otherwise."""


@dataclass(frozen=True, slots=True)
class Line:
    """A metric of the draft.

    Attributes:
        name: the metric.
        severity: what a failure means.
        limited: whether it is held to a limit.
        compared: whether it is compared with the champion.
        note: why it weighs less than it might.
    """

    name: str
    severity: str = "blocker"
    limited: bool = True
    compared: bool = True
    note: str = ""


def lines_for(recording: Recording) -> list[Line]:
    """The metrics that say whether a model of this kind is good."""
    reading = recording.reading
    if reading.task == "regression":
        return [Line("rmse"), Line("mae", "major"), Line("r2", limited=False)]
    lines = [Line("accuracy")]
    if recording.replies["test"].scores is not None:
        lines += [Line("auroc"), Line("log_loss", "major")]
    if reading.positive is not None:
        return [*lines, Line("recall"), Line("precision", "major")]
    return [*lines, Line("balanced_accuracy")]


def facts_of(steps: Sequence[Step], recording: Recording) -> list[str]:
    """The questions of a ready-made suite that need no number of the user's."""
    library, again = recording.trial.library, recording.trial.asker.answers_again
    told = []
    for step in steps:
        check = library[step.check]
        if step.check in {"metric", *CHECKS}:
            continue
        if Probe in check.provided.values() and not again:
            continue
        told.append(f"{INDENT}- {step.check}: {as_yaml(step.subject)}\n")
        if step.severity is not check.severity:
            told.append(f"{INDENT}  severity: {step.severity}\n")
    return told


def metric_step(line: Line, measured: Result | None, compared: Result | None) -> str:
    """A step about one metric.

    Args:
        line: what to ask.
        measured: the champion's value; None where it has none.
        compared: the champion against itself; None where models are not compared by it.
    """
    text = f"{INDENT}- metric: {line.name}\n"
    if line.note:
        text = f"{INDENT}# {line.note}\n{text}"
    limit = None if measured is None or not line.limited else _limit(measured)
    if limit is not None:
        assert measured is not None
        shown = figures(measured)
        said = f"{shown.value} ({shown.interval})" if shown.interval else shown.value
        text += _beside(f"{INDENT}  {limit}", f"champion: {said}")
    margin = None if compared is None or not line.compared else _margin(line.name, compared)
    if compared is not None and margin is None:
        text += f"{INDENT}  margin: none\n"
    elif margin is not None:
        text += f"{INDENT}  margin: {margin}\n"
    if limit is None and margin is None:
        return text
    return text + f"{INDENT}  severity: {line.severity}\n"


def _limit(measured: Result) -> str | None:
    """`at_least: 92%` or `at_most: 3.2`; None where that would say nothing."""
    if measured.value is None or measured.interval is None:
        return None
    low, high = measured.interval
    metric = METRICS[measured.subject]
    scale = 100 if measured.unit == "share" else 1
    sign = "%" if scale == 100 else ""
    if measured.better == "higher":
        low = measured.value - OTHERS * (measured.value - low)
        bound = limit_below(measured.value * scale, low * scale)
        if metric.lowest is not None and bound <= Decimal(metric.lowest) * scale:
            return None
        return f"at_least: {plain(bound)}{sign}"
    high = measured.value + OTHERS * (high - measured.value)
    bound = limit_above(measured.value * scale, high * scale)
    if bound <= 0 or (metric.highest is not None and bound >= Decimal(metric.highest) * scale):
        return None
    return f"at_most: {plain(bound)}{sign}"


def _margin(name: str, compared: Result) -> str | None:
    """The automatic margin, written out; a wider one where the rows cannot rule that out.

    None where no margin that anybody would tolerate can be ruled out.
    """
    margin = compared.limit.get("margin")
    if not margin:
        return None
    relative = METRICS[name].relative
    whole = abs(compared.champion or 0.0) if relative else 1.0
    if not whole:
        return None
    share = margin / whole
    if compared.status is not Status.PASSED:
        if compared.difference_interval is None:
            return None
        share = _wider(max(map(abs, compared.difference_interval)) / whole)
    if compared.usual_error is not None and REACHED * compared.usual_error / whole > share:
        share = _wider(REACHED * compared.usual_error / whole / ROOM)
    if share <= 0 or share > MOST_TOLERABLE * (2 if relative else 1):
        return None
    if relative or compared.unit == "share":
        return f"{round(100 * share, 1):g}%"
    return significant(share, 3)


def _wider(end: float) -> float:
    """A round share with room above what has to be ruled out."""
    return float(limit_above(end, ROOM * end))


def _beside(step: str, comment: str) -> str:
    return f"{step:<30}  # {comment}\n"


def demoted(line: Line, why: str) -> Line | None:
    """The same with less weight; None where it has none any more."""
    if line.severity == "blocker":
        return replace(line, severity="major", note=f"major, not blocker: {why}")
    if line.compared or line.limited:
        note = f"without limit or margin: {why}"
        return replace(line, compared=False, limited=False, note=note)
    return None


def slices_step(metric: str, columns: Sequence[str]) -> str:
    """A step about groups of rows."""
    named = ", ".join(as_yaml(column) for column in columns)
    return (
        f"{SLICES}{INDENT}- metric: {metric}\n{INDENT}  by: [{named}]\n{INDENT}  severity: major\n"
    )
