import numpy as np

from modelgate import Outcome, Probe, check
from modelgate.errors import CheckCrashedError

CALLS = ((7, 1), (8, 2), (64, 7))  # rows that are asked about, rows a call
APART = float(np.finfo(np.float64).max)
"""Of two answers that cannot be subtracted: of another shape, or one of them no number."""


@check(family="artifact", at_most=1e-4)
def dynamic_batch(probe: Probe) -> Outcome:
    """A row is answered alike whether it comes alone or among others.

    The first rows are asked in calls of 1 (7 rows), of 2 (8 rows) and of 7 (all, at most 64), and
    compared with one call of all of them. An answer that moves with its neighbours means that the
    model was exported in training mode, or with an axis taken for another; labels have to agree
    exactly. A model that moves by itself is said to be that: NONDETERMINISTIC.

    Measures: the largest distance |a - b| / max(1, |b|) of two answers to one row.
    Source: what a batch does to a model left in training mode: Ioffe and Szegedy (2015), "Batch
        Normalization", ICML, section 3.1.
    """
    worst, where = 0.0, ""
    for most, size in CALLS:
        if size > probe.rows:
            continue
        rows = min(most, probe.rows)
        for name, answer in probe.outputs(rows, batch=size).items():
            found = _distance(answer, probe.seen[name][:rows])
            if found > worst:
                worst, where = found, f"output {name!r} in calls of {size}"
    if worst > 0 and _moves_by_itself(probe):
        raise CheckCrashedError(
            "MG4010", "NONDETERMINISTIC: the same call is answered differently the second time"
        )
    alone = probe.rows < 2
    return Outcome(
        value=None if alone else worst,
        better="lower",
        unit="",
        kind="exact",
        n=probe.rows,
        method="calls of 1, 2 and 7 rows against one call",
        says="" if alone else _said(worst, where, probe.artifact.signature.batch),
        reason="a single row has no neighbours: two are needed" if alone else None,
    )


def _moves_by_itself(probe: Probe) -> bool:
    again = probe.outputs(probe.rows)
    return any(_distance(answer, probe.seen[name]) > 0 for name, answer in again.items())


def _said(worst: float, where: str, fixed: int | None) -> str:
    if worst == APART:
        return f"A row's answer is quite another with other neighbours ({where})."
    if worst > 1e-4:
        return f"A row's answer moves by {worst:.2g} with its neighbours ({where})."
    return f"The model takes exactly {fixed} rows a call; the last call is padded." if fixed else ""


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:
        return APART
    if one.dtype.kind in "OUSbiu":
        missing = (one != one) & (other != other)  # noqa: PLR0124 (NaN is not itself)
        return 0.0 if bool(((one == other) | missing).all()) else 1.0
    first, second = one.astype(np.float64), other.astype(np.float64)
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    with np.errstate(invalid="ignore"):
        distance = np.abs(first - second) / np.maximum(1.0, np.abs(second))
    distance = np.where(same, 0.0, np.where(np.isfinite(distance), distance, APART))
    return float(distance.max(initial=0.0))
