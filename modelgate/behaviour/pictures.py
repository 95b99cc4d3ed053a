"""Sampled rows whose images stand in files, as rows of pixels that a perturbation can change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_tensor, tensor_shape
from modelgate.cells import index_of
from modelgate.change import Change
from modelgate.model import Model
from modelgate.provided import Sample

AT_ONCE = 256
"""Images that are decoded at a time."""
MOST_BYTES = 128 << 20
"""Pixels of a sample, at most: of larger images fewer are taken."""


def with_pictures(model: Model, sample: Sample, change: Change) -> Sample:
    """The sample with its images decoded, where the change is one of images.

    A decoded image is answered as its file is, so the answers that are known stay true. Where
    images are large the sample becomes smaller: every k-th row.

    Raises:
        DataError: an image cannot be read.
    """
    rows = sample.rows.select(list(model.columns))
    if change.perturbation.of != "image" or not len(rows):
        return sample
    first = model.decoded(rows.slice(0, AT_ONCE))
    if first.schema.equals(rows.schema):
        return sample
    place = _few(first, len(rows))
    some = rows.take(index_of(place))
    parts = _parts(model, some, sized=False)
    if any(part.schema != parts[0].schema for part in parts):
        parts = _parts(model, some, sized=True)
    whole = pa.Table.from_batches(parts).combine_chunks().to_batches()[0]
    return replace(
        sample,
        rows=_among_others(whole, sample.rows.take(index_of(place))),
        answers=sample.answers.take(place),
        champion=None if sample.champion is None else sample.champion.take(place),
        truth=sample.truth[place],
        positions=sample.positions[place],
    )


def _among_others(decoded: pa.RecordBatch, rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows with some columns decoded; the others may feed the champion."""
    names = rows.schema.names
    columns = [(decoded if name in decoded.schema.names else rows).column(name) for name in names]
    return pa.RecordBatch.from_arrays(columns, names=names)


def _few(decoded: pa.RecordBatch, rows: int) -> NDArray[np.int64]:
    """Places of as many rows as fit, spread evenly."""
    shapes = [tensor_shape(field.type) for field in decoded.schema if is_tensor(field.type)]
    most = max(MOST_BYTES // max(sum(int(np.prod(shape)) for shape in shapes), 1), 1)
    return np.arange(0, rows, -(-rows // most), dtype=np.int64)


def _parts(model: Model, rows: pa.RecordBatch, *, sized: bool) -> list[pa.RecordBatch]:
    return [
        model.decoded(rows.slice(start, AT_ONCE), sized=sized)
        for start in range(0, len(rows), AT_ONCE)
    ]
