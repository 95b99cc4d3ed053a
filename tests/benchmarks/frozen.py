"""The loop that the gate is measured against: read, encode, predict, and nothing else.

FROZEN. This file must not be changed, not even to make it faster: every figure that was ever
published is a ratio to it. A better loop goes into a new file, with figures of its own.

Run as `python -m tests.benchmarks.frozen MODEL DATA`, in a process of its own.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

ROWS = 8_192
TARGET = "y"


def matrix(batch: pa.RecordBatch, columns: list[str]) -> NDArray[np.float32]:
    """The columns of doubles side by side as float32, NaN where a value is missing."""
    encoded = np.empty((len(batch), len(columns)), np.float32)
    for place, name in enumerate(columns):
        column = batch.column(name)
        encoded[:, place] = cells(column, np.float64)
        if column.null_count:
            encoded[missing(column), place] = np.nan
    return encoded


def words(batch: pa.RecordBatch, name: str) -> NDArray[Any]:
    """A dictionary column as text, empty where a value is missing."""
    column = batch.column(name)
    known: NDArray[Any] = np.array([*column.dictionary.to_pylist(), ""], dtype=object)
    codes = cells(column.indices, np.int32)
    if column.null_count:
        codes = np.where(missing(column.indices), len(known) - 1, codes)
    found: NDArray[Any] = known[codes].reshape(-1, 1)
    return found


def cells(column: pa.Array, kind: Any) -> NDArray[Any]:
    """The buffer itself: `to_numpy` and `pa.scalar` would import pandas."""
    return np.frombuffer(column.buffers()[1], kind)[column.offset : column.offset + len(column)]


def missing(column: pa.Array) -> NDArray[np.bool_]:
    """Where the validity bit is not set."""
    bits = np.unpackbits(np.frombuffer(column.buffers()[0], np.uint8), bitorder="little")
    absent: NDArray[np.bool_] = bits[column.offset : column.offset + len(column)] == 0
    return absent


def loop(model: str, data: str) -> float:
    """Read the model's columns of every row once, predict it once; the mean of the scores."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    inputs = {found.name: found.type for found in session.get_inputs()}
    scores = session.get_outputs()[1].name

    schema = pq.read_schema(data)
    text = [field.name for field in schema if pa.types.is_string(field.type)]
    numeric = [name for name in schema.names if name not in text and name != TARGET]
    wanted = numeric if len(inputs) == 1 else list(inputs)
    total, rows = 0.0, 0
    with pq.ParquetFile(data, read_dictionary=text) as file:
        for batch in file.iter_batches(ROWS, columns=wanted):
            feed: dict[str, NDArray[Any]]
            if len(inputs) == 1:
                feed = {next(iter(inputs)): matrix(batch, numeric)}
            else:
                feed = {
                    name: words(batch, name) if kind == "tensor(string)" else matrix(batch, [name])
                    for name, kind in inputs.items()
                }
            answers = session.run([scores], feed)[0]
            total += float(answers[:, 1].sum())
            rows += len(answers)
    return total / rows


if __name__ == "__main__":
    sys.stdout.write(f"{loop(sys.argv[1], sys.argv[2]):.6f}\n")
