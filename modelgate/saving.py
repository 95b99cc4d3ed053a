"""The model's answers as a file, beside the verdict."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.binding.labels import Coder
from modelgate.errors import StorageError, UsageError
from modelgate.judging import predictions
from modelgate.passing import Keep
from modelgate.role import Role

SUFFIXES = (".csv", ".parquet")


@contextmanager
def saving(path: str) -> Iterator[Keep]:
    """Write answers as they come; the file appears whole, once all rows are answered.

    Args:
        path: ends with .csv or .parquet.

    Yields:
        What the runner gives each block to.

    Raises:
        UsageError: MG2033, another ending.
        StorageError: MG6010, the file cannot be written.
    """
    final = Path(path)
    if final.suffix not in SUFFIXES:
        raise UsageError("MG2033", f"--save-predictions writes .csv or .parquet, not {path!r}")
    unfinished = final.with_name(f".{final.name}.{os.getpid()}")
    try:
        writer = _Writer(unfinished, parquet=final.suffix == ".parquet")
        yield writer.add
        if writer.close():
            unfinished.replace(final)
    except OSError as error:
        why = f"cannot write {path!r}: {error.strerror or error}"
        raise StorageError("MG6010", why) from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


class _Writer:
    """Opens the file with the first block, when the columns are known."""

    def __init__(self, path: Path, *, parquet: bool) -> None:
        self._path = path
        self._parquet = parquet
        self._rows = 0
        self._coder: Coder | None = None
        self._sink: Any = None
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, role: Role, block: pa.RecordBatch, raw: Mapping[str, NDArray[Any]]) -> None:
        """Write the answers to one block: row number, answer, one score a class."""
        reading = role.reading
        assert reading is not None
        self._coder = self._coder or Coder(reading.classes, reading.own)
        answer, scores = predictions(raw, reading, self._coder)
        if scores is not None:  # of scores that are NaN none is the best
            answer = np.where(np.isfinite(scores).all(axis=1), answer, -1)
        columns: dict[str, Any] = {"row": np.arange(self._rows + 1, self._rows + 1 + len(block))}
        if reading.task == "regression":
            columns["answer"] = answer
        else:
            names = np.array([*map(str, reading.classes), ""], dtype=object)
            columns["answer"] = names[answer]
        if scores is not None:
            for position, name in enumerate(reading.classes):
                columns[f"score_{name}"] = scores[:, position]
        self._rows += len(block)
        table = pa.table({name: pa.array(values) for name, values in columns.items()})
        if self._sink is None:
            self._sink = self._opened(table.schema)
        self._sink.write_table(table)

    def close(self) -> bool:
        """Whether there is a file."""
        if self._sink is not None:
            self._sink.close()
        return self._sink is not None

    def _opened(self, schema: pa.Schema) -> Any:
        if self._parquet:
            from pyarrow.parquet import ParquetWriter

            return ParquetWriter(str(self._path), schema)
        from pyarrow.csv import CSVWriter

        return CSVWriter(str(self._path), schema)
