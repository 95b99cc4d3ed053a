"""The first labels of a data set, wherever its labelled rows stand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from modelgate.arrays import coded
from modelgate.binding.labels import LabelSample, is_missing, sample_labels
from modelgate.dataset import Dataset
from modelgate.errors import Where

ENOUGH = 200
"""Labels that are looked at where most rows have none."""


def first_labels(data: Dataset, target: str, first: pa.RecordBatch) -> LabelSample:
    """What the target column looks like in the first rows, and on to the first labels.

    Where only rows that two models answer differently have labels, these may stand anywhere.

    Args:
        data: the rows.
        target: the column with the labels.
        first: the first block of the data.

    Raises:
        DataError: MG3130, no row has a label; MG3131, the column holds none.
    """
    column = first.column(target)
    where = Where(data.name)
    known = _labels(column)
    if known and (known >= ENOUGH or known == len(column)):
        return sample_labels(target, column, where=where)
    parts = []
    known = 0
    for block in data.blocks([target]):
        parts.append(block.column(0))
        known += _labels(parts[-1])
        if known >= ENOUGH:
            break
    whole = pa.chunked_array(parts).unify_dictionaries().combine_chunks()
    return sample_labels(target, whole, where=where)


def _labels(column: pa.Array) -> int:
    codes, values = coded(column)
    there = np.array([not is_missing(value) for value in values] + [False], dtype=np.bool_)
    return int(there[codes].sum())
