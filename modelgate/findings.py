"""What stands out: a few sentences with the row or the slice that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from modelgate.aggregates import Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.row_losses import RowLosses
from modelgate.aggregates.worst import Worst
from modelgate.behaviour.fragile import fragile
from modelgate.counterexamples import told
from modelgate.errors import ModelgateError
from modelgate.escape import shown
from modelgate.figures import number, significant
from modelgate.judging import Gathered
from modelgate.model import Model
from modelgate.outcome import Status
from modelgate.report import Finding, Result
from modelgate.sentences import title
from modelgate.weak_slices import SMALLEST, unsearchable, weak_slices
from modelgate.weak_slices.words import MEASURES, Measure, row_of

MOST = 5
FEWEST = 30
"""Rows of a slice below which nothing is decided, and so nothing stands out."""
NAMED = 3
"""Columns that a sentence names."""

CALM = {Status.PASSED, Status.INFO}
"""What such a step has found is shown nowhere else."""


def findings(
    gathered: Mapping[str, Gathered],
    results: Sequence[Result],
    models: Mapping[str, Model] | None = None,
) -> tuple[Finding, ...]:
    """The weightiest first, in this order.

    Unjudged rows, labels that contradict scores, a single answer, the weakest slices, rows that the
    model was trained on, ignored columns, mixed-up classes, a row that turns when it is changed a
    little, the worst row.

    Args:
        gathered: of each data set that was read.
        results: of all steps.
        models: role -> the model, to be asked about a few rows that are changed a little.
    """
    kinds = [
        [_unjudged(role, one) for role, one in gathered.items()],
        [_contradicting(one) for one in gathered.values()],
        [_one_answer(one) for one in gathered.values()],
        [_searched(role, one, results) for role, one in gathered.items()],
        [_weakest_slice(results)],
        [_in_both(results)],
        [_ignored(results)],
        [_mixed_up(one) for one in gathered.values()],
        [
            _turned(role, gathered[role], one, results)
            for role, one in (models or {}).items()
            if role in gathered
        ],
        [_worst_row(one) for one in gathered.values()],
    ]
    return tuple(finding for kind in kinds for found in kind for finding in found)[:MOST]


def _unjudged(role: str, gathered: Gathered) -> list[Finding]:
    account = gathered.answers
    dropped = account.rows - account.judged
    if not dropped:
        return []
    why = "; ".join(f"{reason} ({count:,})" for reason, count in account.dropped.items())
    says = f"{dropped:,} of {account.rows:,} {role} rows could not be judged: {why}."
    return [Finding(says=says, evidence={"type": "dropped", "rows": dict(account.dropped)})]


def _contradicting(gathered: Gathered) -> list[Finding]:
    """Labels that follow the scores less often than chance: one of the two is turned round."""
    account, classes = gathered.answers, max(len(gathered.facts.classes), 1)
    if account.compared < FEWEST or account.agreed * classes >= account.compared:
        return []
    share = account.agreed / account.compared
    says = (
        "Labels and scores contradict each other: the label has the best score in only"
        f" {number(share)} of the rows."
    )
    return [Finding(says=says, evidence={"type": "contradiction", "share": share})]


def _one_answer(gathered: Gathered) -> list[Finding]:
    matrix = _matrix(gathered)
    if matrix is None or matrix.sum() < 2:
        return []
    answered = np.flatnonzero(matrix.sum(axis=0))
    if len(answered) != 1 or len(gathered.facts.classes) < 2:
        return []
    label = gathered.facts.classes[int(answered[0])]
    return [
        Finding(
            says=f"Every row is answered {label!r}.",
            evidence={"type": "label", "label": str(label)},
        )
    ]


def _mixed_up(gathered: Gathered) -> list[Finding]:
    """The class that is taken for another most often, in share of its rows."""
    matrix = _matrix(gathered)
    if matrix is None:
        return []
    rows = matrix.sum(axis=1)
    shares = np.where(rows[:, None] >= 10, matrix / np.maximum(rows, 1)[:, None], 0.0)
    np.fill_diagonal(shares, 0.0)
    truth, answer = np.unravel_index(int(shares.argmax()), shares.shape)
    if not shares[truth, answer]:
        return []
    classes = gathered.facts.classes
    share, count = float(shares[truth, answer]), int(matrix[truth, answer])
    return [
        Finding(
            says=f"{classes[truth]!r} is taken for {classes[answer]!r} in {number(share)} of its"
            f" rows ({count:,} of {int(rows[truth]):,}).",
            evidence={
                "type": "mixed_up",
                "truth": str(classes[truth]),
                "answer": str(classes[answer]),
                "share": share,
            },
        )
    ]


def _turned(
    role: str, gathered: Gathered, model: Model, results: Sequence[Result]
) -> list[Finding]:
    """A row whose answer turns with a typo or a cent: where no step asks, a few rows are tried."""
    if gathered.sample is None:
        return []
    asked = [one for one in results if one.check == "invariance" and one.data == role]
    if asked:
        return [_by_step(one) for one in asked if one.status in CALM and one.evidence][:1]
    try:
        found = fragile(model, gathered.sample)
    except ModelgateError as error:
        says = f"Rows that are changed a little are not answered: {error.code} {error.message}."
        return [Finding(says=says, evidence={"type": "broken", "code": error.code})]
    return [] if found is None else [_fragile(found.by, found.turned, found.changed, found.example)]


def _in_both(results: Sequence[Result]) -> list[Finding]:
    """Rows of the test set that the model was trained on."""
    return [
        Finding(says=f"{one.says} {one.evidence[0]}.", evidence={"type": "in_both", **one.details})
        for one in results
        if one.check == "split_overlap" and one.evidence and one.status is not Status.FAILED
    ][:1]


def _by_step(result: Result) -> Finding:
    details = result.details
    return _fragile(shown(result.subject), details["flips"], details["changed"], result.evidence[0])


def _fragile(by: str, turned: int, changed: int, example: Mapping[str, Any]) -> Finding:
    says = f"{by} turns {turned:,} of {changed:,} rows; {', '.join(told(example))}."
    return Finding(says=says, evidence={**example, "turned": turned, "of": changed})


def _worst_row(gathered: Gathered) -> list[Finding]:
    worst = gathered.whole.get(Need(Worst))
    if not isinstance(worst, Worst) or not worst.rows:
        return []
    loss, row, truth, answer = worst.rows[0]
    evidence = {"type": "rows", "rows": [one[1] for one in worst.rows]}
    if gathered.facts.task == "regression":
        if not isfinite(loss):
            return []
        says = f"Row {row + 1:,} is missed by most: {significant(answer)} for {significant(truth)}."
        return [Finding(says=says, evidence=evidence)]
    classes = gathered.facts.classes
    sure = f" with a score of {number(loss)}" if loss < 1 else ""
    says = (
        f"The surest mistake is row {row + 1:,}: {classes[int(answer)]!r}{sure}, and it is"
        f" {classes[int(truth)]!r}."
    )
    return [Finding(says=says, evidence=evidence)]


def _searched(role: str, gathered: Gathered, results: Sequence[Result]) -> list[Finding]:
    """The weakest of the slices that nobody named and that both halves of the rows show."""
    asked = [one for one in results if one.check == "weak_slices" and one.data == role]
    if asked:
        found = [(MEASURES[one.subject], row) for one in asked for row in one.details["slices"]]
        sure = [one for one in found if one[1]["confirmed"] and one[1]["interval"][0] > 0]
        return [_weak(measure, row) for measure, row in sure][:1]
    for losses in gathered.whole.values():
        if isinstance(losses, RowLosses) and unsearchable(losses) is None:
            measure = next(one for one in MEASURES.values() if one.loss == losses.loss)
            confirmed = weak_slices(losses, min_rows=SMALLEST).confirmed
            # Shown to be weaker, and by how much at least, are two questions: both have to be sure.
            told = [one for one in confirmed if one.interval.low > 0]
            return [_weak(measure, row_of(measure, one)) for one in told[:1]]
    return []


def _weak(measure: Measure, row: Mapping[str, Any]) -> Finding:
    share = measure.unit == "share"
    unit, least = (measure.unit if share else ""), row["interval"][0]
    here, elsewhere = (number(row[of], unit) for of in (measure.name, "elsewhere"))
    apart = f"{100 * least:.1f} points" if share else number(least, "")
    says = (
        f"Weak slice: where {row['named']}, {measure.name} is {here}, and {elsewhere} elsewhere:"
        f" at least {apart} apart ({row['rows']:,} rows)."
    )
    return Finding(says=says, evidence={"type": "weak_slice", **row})


def _weakest_slice(results: Sequence[Result]) -> list[Finding]:
    """The slice that lies furthest below the middle of its kind, by what its interval rules out."""
    sliced: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        if (
            one.slice
            and one.n >= FEWEST
            and one.value is not None
            and one.interval
            and one.status is not Status.SKIPPED
        ):
            sliced.setdefault((one.check, one.subject), []).append(one)
    best: tuple[float, Result] | None = None
    for group in sliced.values():
        if len(group) < 2:
            continue
        values = sorted(one.value for one in group if one.value is not None)
        middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
        for one in group:
            assert one.interval is not None
            behind = (
                middle - one.interval[1] if one.better == "higher" else one.interval[0] - middle
            )
            if behind > 0 and (best is None or behind > best[0]):
                best = (behind, one)
    if best is None:
        return []
    one = best[1]
    assert one.value is not None
    says = f"Weakest slice: {title(one)} is {number(one.value, one.unit)} ({one.n:,} rows)."
    return [Finding(says=says, evidence={"type": "slice", "id": one.id})]


def _ignored(results: Sequence[Result]) -> list[Finding]:
    """The columns that a check found to be ignored, where enough rows tell."""
    for one in results:
        if one.check != "unused_inputs" or not one.details:
            continue
        tried: Mapping[str, int] = one.details["ignored"]
        names = [name for name, rows in tried.items() if rows >= FEWEST]
        if names:
            listed = ", ".join(repr(name) for name in names[:NAMED])
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            rows = min(tried[name] for name in names)
            return [
                Finding(
                    says=f"The model ignores {listed}{more}: in {rows:,} rows no other value moved"
                    " an answer.",
                    evidence={"type": "unused", "id": one.id, "columns": names},
                )
            ]
    return []


def _matrix(gathered: Gathered) -> np.ndarray | None:
    confusion = gathered.whole.get(Need(Confusion))
    return confusion.counts if isinstance(confusion, Confusion) else None
