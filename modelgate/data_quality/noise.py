"""Labels that a plain model, taught by other rows, contradicts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.data_quality.labels import Labelled, labelled
from modelgate.data_quality.telling import candidates
from modelgate.data_quality.told import nothing
from modelgate.encoded_rows import Encoder
from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.stats.interval import LEVEL
from modelgate.stats.shares import deciding_share, share_method
from modelgate.surveys.row_sample import RowSample

Floats = NDArray[np.float64]
FOLDS = 5
SHOWN = 10
"""Rows that are named."""


def contradicted(chances: Floats, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the class that a row should bear by confident learning; its own where it is not doubted.

    Args:
        chances: (n, k) of each class, by a model that did not learn the row's own label.
        codes: (n,) the classes that the rows bear, from 0; each of the k at least once.

    Source: C. Northcutt, L. Jiang, I. Chuang (2021), JAIR 70, 1373-1411, section 3.1.
    """
    usual = np.array([chances[codes == at, at].mean() for at in range(chances.shape[1])])
    sure = np.where(chances >= usual, chances, -1.0)
    likeliest = np.argmax(sure, axis=1)
    own = chances[np.arange(len(codes)), codes]
    best = sure[np.arange(len(codes)), likeliest]
    return np.where(best > own, likeliest, codes)


def noisy(sample: RowSample) -> Outcome:
    """The share of labels that are contradicted, and the rows, the surest first."""
    known = labelled(sample)
    if isinstance(known, str):
        return nothing(known)
    if not known.classes:
        return nothing("the target is a number, and no class")
    try:
        encoder = Encoder(known.rows, candidates(sample, ()))
    except ValueError as error:
        return nothing(f"nothing can be learnt from the columns: {error}")
    chances = _chances(np.asarray(encoder(known.rows), dtype=np.float64), known.codes)
    better = contradicted(chances, known.codes)
    wrong = np.flatnonzero(better != known.codes)
    rows = len(known.codes)
    at = partial(deciding_share, len(wrong), rows)
    return Outcome(
        value=len(wrong) / rows,
        interval=at(LEVEL),
        at=at,
        better="lower",
        n=rows,
        lowest=0.0,
        highest=1.0,
        method=f"confident learning, {share_method(len(wrong), rows)}",
        says=(
            f"{number(len(wrong) / rows)} of {rows:,} labels are contradicted by what the other"
            " rows teach."
        ),
        evidence=_named(known, chances, better, wrong),
    )


def _named(
    known: Labelled, chances: Floats, better: NDArray[np.int64], wrong: NDArray[np.intp]
) -> tuple[str, ...]:
    surer = chances[wrong, better[wrong]] - chances[wrong, known.codes[wrong]]
    return tuple(
        f"row {known.positions[at] + 1:,} bears {printable(known.classes[known.codes[at]], 30)};"
        f" {printable(known.classes[better[at]], 30)} is likelier"
        f" ({number(float(chances[at, better[at]]))} against"
        f" {number(float(chances[at, known.codes[at]]))})"
        for at in wrong[np.argsort(-surer, kind="stable")][:SHOWN].tolist()
    )


def _chances(rows: Floats, codes: NDArray[np.int64]) -> Floats:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = np.zeros((len(codes), int(codes.max()) + 1))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for learns, asked in folds.split(rows, codes):
        model: Any = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1_000))
        model.fit(rows[learns], codes[learns])
        found[asked] = model.predict_proba(rows[asked])
    return found
