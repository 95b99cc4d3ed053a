from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from modelgate import Change, Model, Outcome, Sample, check
from modelgate.behaviour.answers import level_of
from modelgate.behaviour.asked import evidence, try_out
from modelgate.behaviour.shares import share_of_wrong
from modelgate.errors import UsageError
from modelgate.metrics.table import class_index

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
AT_END = 1e-3
"""A score so near to 0 or 1 has no room to fall or rise."""
NOISE = 1e-6
"""What floats of single precision make of equal answers."""


@check(
    family="behaviour",
    subject="perturbation",
    severity="major",
    at_most=0.01,
    example=(
        "direction: increase",
        "column: income",
        "amount: 10",
        "expect: not_lower",
        "at_most: 3%",
    ),
    unit="share",
)
def direction(
    model: Model,
    sample: Sample,
    change: Change,
    *,
    perturbation: str,
    column: str | list[str],
    expect: Literal["lower", "higher", "not_lower", "not_higher"],
    tolerance: float = 0.0,
    of: str | None = None,
    shown: int = 5,
) -> Outcome:
    """A change with a known effect moves the answer that way.

    More income does not make a loan riskier, one mile more does not make a car cheaper to run. At
    most 2,000 rows of the data are changed and asked about again; each is compared with the answer
    to itself as it was, so that no label is needed. Rows that the change does not reach count for
    nothing. What is answered with NaN has moved the wrong way.

    Measures: the share of the changed rows whose answer moves otherwise than expected: the number
        answered, or the score of a class.
    Settings: perturbation, what is done (`modelgate list perturbations`), with its own settings
        beside it. column, the ones to change. expect, where the answer goes: lower and higher by
        more than the tolerance (a score that stays within 0.001 of 0 or 1 has no room, and is not
        held against the model), not_lower and not_higher by no more than it the other way.
        tolerance, in the target's unit, or of the score. of, the class whose score is meant; the
        positive one where None. shown, how many rows the evidence holds.
    Source: Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with
        CheckList", ACL, 4902-4912 (directional expectation tests).
    """
    if tolerance < 0:
        raise UsageError("MG2184", f"tolerance: {tolerance:g} is below 0")
    place = None
    if model.facts.task == "classification":
        place = model.facts.positive if of is None else class_index(of, model.facts)
        if place is None:
            raise UsageError(
                "MG2186",
                "which class's score is to move? None of the classes is the positive one",
                hint="write `of: CLASS` into the step",
            )
    trials = try_out(model, sample, change, column)
    before = level_of(model.facts, trials.before, place)
    after = level_of(model.facts, trials.after, place)
    held = _held(before, after, expect, tolerance, bounded=place is not None)
    rise = after - before
    hits, count = int((~held).sum()), len(trials)
    wrong = rise if expect in {"lower", "not_higher"} else -rise
    far = np.where(np.isnan(wrong), np.inf, wrong)
    worst = [int(one) for one in np.lexsort((-far, held))[: min(shown, hits)]]
    told = evidence(model, trials, worst)
    if place is not None:  # the class need not change where its score does
        label = model.facts.classes[place]
        told = tuple(
            {**one, "score_of": label, "was": _rounded(before[row]), "answer": _rounded(after[row])}
            for one, row in zip(told, worst, strict=True)
        )
    return share_of_wrong(
        hits,
        count,
        says=f"{hits:,} of {count:,} answers to rows changed by {perturbation!r}{_of(column)} are"
        f" not as expected: {expect.replace('_', ' ')}.",
        evidence=told,
        details={
            "wrong": hits,
            "changed": count,
            "sampled": len(sample),
            "column": column,
            "rose": int((rise > 0).sum()),
            "fell": int((rise < 0).sum()),
            "mean_rise": float(f"{rise.mean():.6g}") if np.isfinite(rise).all() else None,
        },
    )


def _of(column: str | list[str] | None) -> str:
    """Which column was changed, where the suite names one."""
    if column is None:
        return ""
    return f" of {column if isinstance(column, str) else ', '.join(column)}"


def _held(before: Floats, after: Floats, expect: str, tolerance: float, *, bounded: bool) -> Flags:
    """(n,) whether each answer moved as expected; of NaN nothing holds."""
    rise, noise = after - before, NOISE * np.maximum(1.0, np.abs(before))
    at_top = bounded & (before >= 1 - AT_END) & (after >= 1 - AT_END)
    at_bottom = bounded & (before <= AT_END) & (after <= AT_END)
    held: dict[str, Flags] = {
        "lower": (rise < -tolerance) | at_bottom,
        "higher": (rise > tolerance) | at_top,
        "not_lower": rise >= -tolerance - noise,
        "not_higher": rise <= tolerance + noise,
    }
    return held[expect]


def _rounded(score: float) -> float | None:
    return float(f"{score:.4g}") if np.isfinite(score) else None
