"""Which way the answers move with a column, where champion and labels say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelgate.arrays import floats, is_number, numbers
from modelgate.figures import significant
from modelgate.perturb.material.spread import spread, whole
from modelgate.replay import Recording
from modelgate.report import Result

MOST_DIRECTIONS = 4
"""Columns whose direction is drafted: those that move the champion's answers furthest."""
LEAST_MOVED, MOST_AGAINST = 0.5, 0.05
"""Shares of the changed rows: so many move, and no more of them the other way."""
LEAST_CORRELATED = 0.2
"""Rank correlation of column and labels below which these say nothing. A champion alone is no
witness: of two columns that go together, a linear model often has one with the wrong sign."""
MOST_FITTED = 5_000
"""Rows that a second model is fitted to."""
DIRECTION_ROOM = 0.3
"""Share of rows that may move the other way: a model of another shape is no bug, and one that reads
another column moves about half of them."""


@dataclass(frozen=True, slots=True)
class Way:
    """Which way the champion's answers move.

    Attributes:
        expect: as the step says it: not_lower or not_higher.
        against: share of the changed rows that move the other way.
    """

    expect: str
    against: float


def directions(recording: Recording, found: Sequence[Result]) -> dict[str, Way]:
    """By result, the columns whose direction may be asked of any model.

    Args:
        recording: of the champion, with the labels.
        found: what became of the champion; the results of `direction` are looked at.
    """
    there = [one for one in found if one.check == "direction" and one.details.get("mean_rise")]
    there.sort(key=lambda one: -abs(one.details["mean_rise"]))
    ways = {one.id: _way(recording, one) for one in there}
    named = {name: way for name, way in ways.items() if way is not None}
    return dict(list(named.items())[:MOST_DIRECTIONS])


def amount(recording: Recording, column: str) -> str | None:
    """By how much a column's numbers are to rise: their spread; None where they have none."""
    values, _ = numbers(recording.table.column(column).combine_chunks())
    width = spread(values.astype(np.float64))
    if whole(values.astype(np.float64)):
        width = float(np.ceil(width))
    return f"amount: {significant(width, 2)}" if width else None


def _way(recording: Recording, result: Result) -> Way | None:
    rose, fell, changed = (result.details[name] for name in ("rose", "fell", "changed"))
    against = min(rose, fell) / changed
    if max(rose, fell) < LEAST_MOVED * changed or against > MOST_AGAINST:
        return None
    correlated = _correlated(recording, str(result.details["column"]))
    if abs(correlated) < LEAST_CORRELATED or (correlated > 0) != (rose > fell):
        return None
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # more wait for each other where the machine is busy
        seen = _seen_by_trees(recording, result, rising=rose > fell)
    if not seen:
        return None
    return Way("not_lower" if rose > fell else "not_higher", against)


def _seen_by_trees(recording: Recording, result: Result, *, rising: bool) -> bool:
    """Whether trees that are fitted to these rows answer that way too, as rarely against it.

    Of columns that go together a line may give one a sign that no other model finds.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    names = [
        name
        for name in recording.table.schema.names
        if is_number(recording.table.schema.field(name).type)
        and name != recording.roles["test"].part.target
    ]
    column = str(result.details["column"])
    rows = np.flatnonzero(recording.usable)[:MOST_FITTED]
    features = np.stack([_floats(recording, name)[rows] for name in names], axis=1)
    truth = recording.truth[rows]
    if recording.reading.task == "classification":
        wanted = truth == recording.reading.positive
        if wanted.all() or not wanted.any():
            return False
        trees = HistGradientBoostingClassifier(random_state=0, max_iter=50).fit(features, wanted)

        def level(of: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(trees.predict_proba(of)[:, 1])
    else:
        fitted = HistGradientBoostingRegressor(random_state=0, max_iter=50).fit(features, truth)

        def level(of: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(fitted.predict(of))

    more = features.copy()
    place = names.index(column)
    more[:, place] += spread(features[:, place])
    rise = level(more) - level(features)
    against = (rise < 0) if rising else (rise > 0)
    along = (rise > 0) if rising else (rise < 0)
    return bool(along.mean() > against.mean() and against.mean() <= DIRECTION_ROOM / 2)


def _floats(recording: Recording, name: str) -> NDArray[np.float64]:
    return floats(recording.table.column(name).combine_chunks())


def _correlated(recording: Recording, column: str) -> float:
    """Spearman's rank correlation of a column with the number, or with being the positive class."""
    values = _floats(recording, column)
    there = recording.usable & np.isfinite(values)
    truth = recording.truth.astype(np.float64)
    if recording.reading.task == "classification":
        truth = (recording.truth == recording.reading.positive).astype(np.float64)
    mine, its = _ranks(values[there]), _ranks(truth[there])
    if len(mine) < 2 or not mine.std() or not its.std():
        return 0.0
    return float(np.corrcoef(mine, its)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) ranks, the same for values that are alike: the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: NDArray[np.float64] = (ends - (counts - 1) / 2)[place]
    return means
