from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from modelgate import Champion, Change, Model, Outcome, Sample, check
from modelgate.behaviour.changing import Changed, changed, columns_for, must_reach
from modelgate.behaviour.degraded import Accuracy, Floats, RootMeanSquare, losses
from modelgate.behaviour.pictures import with_pictures
from modelgate.cells import index_of
from modelgate.errors import UsageError
from modelgate.stats.interval import LEVEL

Measured = Accuracy | RootMeanSquare
STRENGTHS = (1, 2, 3, 4, 5)


@check(
    family="robustness",
    subject="perturbation",
    severity="major",
    example=("robustness: typos", "column: review", "strength: 3", "at_least: 0.8"),
)
def robustness(
    model: Model,
    sample: Sample,
    change: Change,
    champion: Champion | None,
    *,
    perturbation: str,
    column: str | list[str] | None = None,
) -> Outcome:
    """The model stays good while its inputs get worse.

    At most 2,000 labelled rows of the data are perturbed at five strengths, from hardly to be
    noticed to as bad as it gets, and judged by their labels as ever. With `strength: 1` to 5 the
    value is that of one strength, else the mean over all five, which is the area below the curve.
    All sampled rows count, also those that a perturbation leaves as they are. The champion is asked
    about the same changed rows: its curve stands beside the model's in the report, with the
    difference of the two values, row by row on the same rows.

    Measures: the accuracy; for regression, the root mean squared error, of all strengths together.
    Settings: perturbation, what is done (`modelgate list perturbations`), with its own settings
        beside it. column, the ones to change, where several could be meant.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, for strengths and their mean.
    """
    del perturbation
    if not change.perturbation.graded:
        raise UsageError(
            "MG2187",
            f"{change.name!r} has no strengths",
            hint="ask about it with `invariance`",
        )
    strengths = (int(change.settings["severity"]),) if "strength" in change.written else STRENGTHS
    sample = with_pictures(model, sample, change)
    columns = columns_for(change, sample.rows.select(list(model.columns)).schema, column)
    untouched = losses(sample.answers, sample.truth)
    rival = None if sample.champion is None else losses(sample.champion, sample.truth)
    mine: list[Floats] = []
    theirs: list[Floats] = []
    reached = 0
    for strength in strengths:
        worse = changed(change.at(strength), sample.rows, columns, seed=sample.seed)
        reached += int(worse.hit.sum())
        mine.append(_with_changed(untouched, model, sample, worse))
        if champion is not None and rival is not None:
            theirs.append(_with_changed(rival, champion, sample, worse))
    must_reach(change, reached, len(sample))
    regression = model.facts.task == "regression"
    found = _measured(mine, regression=regression)
    return Outcome(
        value=found.value,
        interval=found.at(LEVEL),
        at=found.at,
        better="lower" if regression else "higher",
        unit="target" if regression else "share",
        n=len(sample),
        lowest=0.0,
        highest=None if regression else 1.0,
        method=found.method,
        details={
            "strengths": list(strengths),
            "unchanged": _known(_measured([untouched], regression=regression).value),
            "curve": [_known(_measured([one], regression=regression).value) for one in mine],
            **_beside(found, rival, theirs, regression=regression),
        },
    )


def _with_changed(before: Floats, model: Model, sample: Sample, rows: Changed) -> Floats:
    """(n,) the losses once rows are changed; those not reached are not asked about."""
    place = np.flatnonzero(rows.hit)
    found = before.copy()
    if len(place):
        answers = model.predict(rows.after.take(index_of(place)))
        found[place] = losses(answers, sample.truth[place])
    return found


def _measured(per_strength: Sequence[Floats], *, regression: bool) -> Measured:
    per_row = np.mean(per_strength, axis=0)  # (n,)
    return RootMeanSquare(per_row) if regression else Accuracy(per_row, len(per_strength))


def _beside(
    found: Measured, before: Floats | None, theirs: Sequence[Floats], *, regression: bool
) -> dict[str, Any]:
    """The champion's curve, and how far its value lies from the model's; nothing without one."""
    if before is None or not theirs:
        return {"champion": None}
    other = _measured(theirs, regression=regression)
    value, interval = found.beside(other)  # type: ignore[arg-type]
    ends = None if interval is None else [interval.low, interval.high]
    return {
        "champion": [_known(_measured([one], regression=regression).value) for one in theirs],
        "champion_unchanged": _known(_measured([before], regression=regression).value),
        "difference": _known(value),
        "difference_interval": ends if ends is None or all(map(isfinite, ends)) else None,
    }


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
