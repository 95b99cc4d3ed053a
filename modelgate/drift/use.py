"""How much a model hangs on a column: what becomes of its answers when the column is exchanged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from modelgate.cells import index_of
from modelgate.model import Model
from modelgate.provided import Sample

ASKED = 200
"""Rows that are asked about again for each column, at most."""
MOST_COLUMNS = 12


def uses(model: Model, sample: Sample, columns: Sequence[str]) -> dict[str, float]:
    """Column -> how far the answers move when its values are exchanged among rows, in [0, 1].

    For classes with scores the mean total variation between the probabilities before and after;
    for labels the share that changes; for numbers the mean move in spreads of the answers, 1 at
    most. All columns are asked about in one question.

    Args:
        model: to be asked.
        sample: rows of its data, with the answers to them.
        columns: the first `MOST_COLUMNS` of those that feed it are tried.
    """
    tried = [name for name in columns if name in model.columns][:MOST_COLUMNS]
    count = min(len(sample), ASKED)
    if not tried or count < 2:
        return {}
    few = index_of(np.arange(count))
    rows = sample.rows.select(list(model.columns)).take(few)
    order = index_of(np.random.default_rng(sample.seed).permutation(count))
    parts = [
        pa.RecordBatch.from_arrays(
            [
                rows.column(other).take(order) if other == name else rows.column(other)
                for other in rows.schema.names
            ],
            schema=rows.schema,
        )
        for name in tried
    ]
    answers = model.predict(pa.Table.from_batches(parts))
    before = sample.answers.take(slice(0, count))
    found = {}
    for place, name in enumerate(tried):
        after = answers.take(slice(place * count, (place + 1) * count))
        if before.scores is not None and after.scores is not None:
            moved = float(np.abs(after.scores - before.scores).sum(axis=1).mean()) / 2
        elif before.labels is not None and after.labels is not None:
            moved = float((before.labels != after.labels).mean())
        else:
            assert before.values is not None
            assert after.values is not None
            spread = float(np.std(before.values)) or 1.0
            moved = float(np.abs(after.values - before.values).mean()) / spread
        found[name] = min(moved, 1.0) if np.isfinite(moved) else 1.0
    return found
