from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate import Change, Model, Outcome, Sample, check
from modelgate.behaviour.answers import flipped, moved
from modelgate.behaviour.asked import evidence, shrinkable, smallest, try_out
from modelgate.behaviour.shares import share_of_wrong
from modelgate.errors import UsageError
from modelgate.predictions import Predictions


@check(
    family="behaviour",
    subject="perturbation",
    severity="major",
    at_most=0.05,
    example=("invariance: typos", "column: review", "at_most: 5%"),
    unit="share",
)
def invariance(
    model: Model,
    sample: Sample,
    change: Change,
    *,
    perturbation: str,
    column: str | list[str] | None = None,
    tolerance: float = 0.0,
    shown: int = 5,
) -> Outcome:
    """A change that should not matter changes no answer.

    A typo, another name, a cent more: whoever reads the row would answer as before. At most 2,000
    rows of the data are changed and asked about again; each is compared with the answer to itself
    as it was, so that no label is needed and the rows' difficulty plays no part. Rows that the
    change does not reach count for nothing. What is answered with NaN has changed.

    Measures: the share of the changed rows that are answered otherwise: with another class, or with
        a number farther off than the tolerance. It speaks for all rows that the data stands for.
    Settings: perturbation, what is done (`modelgate list perturbations`), with its own settings
        beside it; `strength: 1` to 5 where it has degrees. column, the ones to change, where
        several could be meant. tolerance, by so much a number may move, in the target's unit.
        shown, how many rows the evidence holds.
    Source: Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with
        CheckList", ACL, 4902-4912 (invariance tests).
    """
    if tolerance < 0:
        raise UsageError("MG2184", f"tolerance: {tolerance:g} is below 0")
    trials = try_out(model, sample, change, column)

    def turned(before: Predictions, after: Predictions) -> NDArray[np.bool_]:
        return flipped(model.facts, before, after, tolerance)

    flips = turned(trials.before, trials.after)
    hits, count = int(flips.sum()), len(trials)
    far = moved(model.facts, trials.before, trials.after)
    worst = [int(one) for one in np.lexsort((-far, ~flips))[: min(shown, hits)]]
    told = list(evidence(model, trials, worst))
    most = shrinkable(sample)
    least = smallest(model, trials, worst[0], turned, most=most) if worst else None
    if least is not None:
        told[0] = evidence(model, least, [0])[0]
    return share_of_wrong(
        hits,
        count,
        says=f"{hits:,} of {count:,} rows changed by {perturbation!r} are answered otherwise.",
        evidence=tuple(told),
        details={"flips": hits, "changed": count, "sampled": len(sample)},
    )
