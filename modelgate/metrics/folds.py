"""Folds of labelled rows, and the score of each."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from modelgate.errors import UnaskedError

Scored = Literal["accuracy", "balanced_accuracy", "mae", "rmse"]
OF_CLASSES = frozenset({"accuracy", "balanced_accuracy"})


def folds_of(
    rows: int, *, folds: int, repeats: int, seed: int, classes: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Deal rows into folds, anew for each repeat; sizes differ by one row at most.

    Args:
        rows: how many.
        folds: 2 or more, at most as many as rows.
        repeats: 1 or more.
        seed: of the draw.
        classes: (rows,) the class of each, to be spread over the folds as evenly as the rows are.

    Returns:
        (repeats, rows) the fold of each row, from 0.

    Raises:
        UnaskedError: MG2199, there are fewer rows, of all or of a class, than folds.
    """
    sizes = np.bincount(classes) if classes is not None else np.array([rows])
    fewest = int(sizes[sizes > 0].min(initial=rows))
    if fewest < folds:
        of = "a class has" if classes is not None else "there are"
        raise UnaskedError(
            "MG2199",
            f"{of} {fewest} rows, which cannot be dealt into {folds} folds",
            hint="set fewer folds, or label more rows",
        )
    made = np.empty((repeats, rows), np.int64)
    for repeat in range(repeats):
        order = np.random.default_rng([seed, repeat]).permutation(rows)
        if classes is not None:
            order = order[np.argsort(classes[order], kind="stable")]
        made[repeat, order] = np.arange(rows) % folds
    return made


def scores_of(
    metric: Scored, truth: NDArray[Any], answers: NDArray[Any], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The metric of each fold of each repeat.

    Args:
        metric: which.
        truth: (n,) positions of classes, or numbers.
        answers: (n, repeats) likewise.
        folds: (repeats, n) the fold of each row.

    Returns:
        (repeats * folds,) scores.
    """
    return np.array(
        [
            _score(metric, truth[of_rows == fold], answers[of_rows == fold, repeat])
            for repeat, of_rows in enumerate(folds)
            for fold in range(int(of_rows.max()) + 1)
        ]
    )


def _score(metric: Scored, truth: NDArray[Any], answers: NDArray[Any]) -> float:
    if metric == "accuracy":
        return float((truth == answers).mean())
    if metric == "balanced_accuracy":
        return float(np.mean([(answers[truth == one] == one).mean() for one in np.unique(truth)]))
    errors = answers - truth
    return float(np.abs(errors).mean() if metric == "mae" else np.sqrt(np.square(errors).mean()))
