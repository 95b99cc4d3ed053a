"""All columns at once: whether a classifier can tell two data sets apart, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_number, is_tensor, is_text
from modelgate.cells import index_of
from modelgate.drift.columns import ColumnShift
from modelgate.encoded_rows import Encoder
from modelgate.stats.areas import Area, area_of
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.ks import ks
from modelgate.stats.shift import counted

Floats = NDArray[np.float64]
MOST_ROWS = 5_000
"""Rows of each data set that are told apart."""
FEWEST = 10
"""Rows of each below which no classifier is trained."""
WIDEST = 512
"""Numbers of a row; of more, so many directions in which the rows spread most."""
NAMED = 3
LEAST_TOLD = 0.005
"""By so much a column's part in telling the two apart has to show, of an AUROC."""


@dataclass(frozen=True, slots=True)
class Together:
    """How well two data sets are told apart.

    Attributes:
        shift: the test of the classifier's scores, as that of a column.
        auroc: how often a row of the second looks more like the second.
        interval: where that lies, for a classifier as good as these.
        parts: column -> how much less well without it, the most telling first.
        rows: of both that were told apart.
    """

    shift: ColumnShift
    auroc: float
    interval: Interval
    parts: dict[str, float]
    rows: int


def told_apart(
    reference: pa.RecordBatch, current: pa.RecordBatch, columns: Sequence[str], seed: int
) -> Together | str:
    """Train a classifier to tell two data sets apart, and see how well it does on other rows.

    Null hypothesis: the rows of both come from one population. Trees are fitted to one half of the
    rows of each, and the other halves are scored: whatever trees came of the first, these scores
    are exchangeable, and Kolmogorov and Smirnov's test compares those of the two. (Scores of five
    folds would not be: their trees share rows, and one alarm in seven was false.) Its effect is at
    most the total variation between the two populations.

    Args:
        reference: n rows.
        current: m rows.
        columns: that both have, and neither `unlike`.
        seed: of the halves, and of the rows where there are more than `MOST_ROWS`.

    Returns:
        What was found; or why nothing can be.

    Source: D. Lopez-Paz and M. Oquab (2017), "Revisiting classifier two-sample tests", ICLR,
        arXiv:1610.06545.
    """
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(seed)
    types = [
        (reference.schema.field(name).type, current.schema.field(name).type) for name in columns
    ]
    columns = [name for name, both in zip(columns, types, strict=True) if any(map(_told, both))]
    if not columns:
        return "no column holds numbers, categories or vectors"
    mine, theirs = (_some(rows, columns, rng) for rows in (reference, current))
    if min(len(mine), len(theirs)) < FEWEST:
        return "too few rows to train a classifier on"
    whole = _whole(mine, theirs)
    try:
        # By the rows of both: values that the reference alone knew would give away which is which.
        encoder = Encoder(whole, columns)
    except ValueError as error:
        return str(error)
    parts = {name: _narrow(values) for name, values in encoder.apart(whole).items()}
    where, at = {}, 0
    for name, values in parts.items():
        where[name] = slice(at, at + values.shape[1])
        at += values.shape[1]
    features = np.concatenate(list(parts.values()), axis=1)
    labels = np.repeat([0, 1], [len(mine), len(theirs)])
    with threadpool_limits(1):  # more wait for each other where the machine is busy
        scores, labels, lost = _scored(features, labels, where, rng)
    shift = ks(counted(scores[labels == 0]), counted(scores[labels == 1]))
    area = _area(scores, labels)
    ranked = dict(sorted(lost.items(), key=lambda one: -one[1]))
    named = [name for name, part in ranked.items() if part > LEAST_TOLD][:NAMED]
    by = f" by {', '.join(named)}" if named else ""
    says = f"a classifier tells the two apart{by}, AUROC {area.value:.2f}"
    column = ColumnShift(
        "all columns together" if len(parts) > 1 else columns[0], "values", shift, says
    )
    return Together(column, area.value, area.at(LEVEL), ranked, len(labels))


def unlike(was: pa.Schema, now: pa.Schema, columns: Sequence[str]) -> dict[str, str]:
    """Column -> why rows that differ in it need no classifier: it is gone, or of another type."""
    found = {}
    for name in columns:
        if name not in now.names or name not in was.names:
            side = "the rows" if name in was.names else "the reference"
            found[name] = f"{side} lack the column"
            continue
        one, two = was.field(name).type, now.field(name).type
        if (_told(one) or _told(two)) and _of_both(one, two) is None:
            found[name] = f"holds {two}, and {one} in the reference"
    return found


def vectors(schema: pa.Schema, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that hold vectors, such as embeddings or images."""
    there = [name for name in columns if name in schema.names]
    return tuple(name for name in there if is_tensor(schema.field(name).type))


def _some(rows: pa.RecordBatch, columns: Sequence[str], rng: np.random.Generator) -> pa.RecordBatch:
    chosen = rows.select(list(columns))
    if len(chosen) <= MOST_ROWS:
        return chosen
    return chosen.take(index_of(np.sort(rng.choice(len(chosen), MOST_ROWS, replace=False))))


def _whole(one: pa.RecordBatch, two: pa.RecordBatch) -> pa.RecordBatch:
    pairs = [(mine, two.schema.field(mine.name).type) for mine in one.schema]
    schema = pa.schema([(mine.name, _of_both(mine.type, theirs)) for mine, theirs in pairs])
    tables = [pa.Table.from_batches([rows]).cast(schema, safe=False) for rows in (one, two)]
    joined = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    return joined.to_batches()[0]


def _told(kind: pa.DataType) -> bool:
    """Whether trees can look at a column of this type; points of time they cannot."""
    return is_number(kind) or is_text(kind) or is_tensor(kind)


def _of_both(one: pa.DataType, two: pa.DataType) -> pa.DataType | None:
    """A type that holds the cells of either as they are; None where there is none."""
    if one == two or pa.types.is_null(two):
        return one
    if pa.types.is_null(one):
        return two
    if is_text(one) and is_text(two):
        return pa.large_string()
    if is_tensor(one) and is_tensor(two) and one.list_size == two.list_size:
        cells = _of_both(one.value_type, two.value_type)
        return None if cells is None else pa.list_(cells, one.list_size)
    if is_number(one) and is_number(two):
        return pa.float64()  # else 1.5 would become 1 where the reference holds whole numbers
    return None


def _narrow(values: Floats) -> Floats:
    """The directions in which wide rows spread most."""
    if values.shape[1] <= WIDEST:
        return values
    from sklearn.decomposition import PCA

    found: Floats = PCA(n_components=min(WIDEST // 8, len(values)), random_state=0).fit_transform(
        values
    )
    return found


def _scored(
    features: Floats, labels: NDArray[Any], where: dict[str, slice], rng: np.random.Generator
) -> tuple[Floats, NDArray[Any], dict[str, float]]:
    """Of the half that the trees never saw: (k,) scores, (k,) labels, and each column's part."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    tried = np.zeros(len(labels), dtype=np.bool_)
    for label in (0, 1):
        tried[rng.permutation(np.flatnonzero(labels == label))[::2]] = True
    trees = HistGradientBoostingClassifier(max_iter=40, random_state=0, early_stopping=False)
    trees.fit(features[~tried], labels[~tried])
    rows, truth = features[tried], labels[tried]
    scores = trees.predict_proba(rows)[:, 1]
    area, lost = _area(scores, truth).value, {}
    for name, place in where.items():
        other = rows.copy()
        other[:, place] = other[rng.permutation(len(other))][:, place]
        lost[name] = area - _area(trees.predict_proba(other)[:, 1], truth).value
    return scores, truth, lost


def _area(scores: Floats, labels: NDArray[Any]) -> Area:
    """Where it lies is told by rows that the trees never saw, and that are independent."""
    return area_of(scores[labels == 1], scores[labels == 0])
