"""Data and models of the benchmarks: made once from a seed, kept in the system's temp folder.

Twenty columns: fifteen numeric, five categorical with 2 to 300 values; some of them miss 2 to 8 %
of their values. The target is 0 or 1, a signal in eight of the columns with noise on it. Row groups
hold 131,072 rows. The rows of a small file are the first rows of a large one.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray
from pyarrow import compute

from tests.benchmarks.trees import boosted

SEED = 20_261_122
GROUP_ROWS = 131_072
MOVED = 1_000_000
"""Number of the first group of other rows: far from those of any file."""
TRAINING_ROWS = 100_000
TARGET = "y"
NUMERIC = tuple(f"x{number:02d}" for number in range(15))
CATEGORICAL = {"c2": 2, "c5": 5, "c12": 12, "c60": 60, "c300": 300}
MISSING = {"x01": 0.02, "x04": 0.05, "x09": 0.08, "x13": 0.03, "c5": 0.04, "c60": 0.02}
MODELS = ("trees", "logistic", "mlp", "strings")

CACHE = Path(tempfile.gettempdir()) / f"modelgate-benchmarks-{SEED}-1"
"""Raise the last number of the name with every change of the recipe."""


def data(rows: int, *, one_group: bool = False) -> Path:
    """A Parquet file of so many rows.

    Args:
        rows: 1 or more.
        one_group: everything in groups of 1,048,576 rows, as pandas writes it.
    """
    ending = "-pandas" if one_group else ""
    return _once(
        CACHE / f"data-{rows}{ending}.parquet",
        lambda path: _write(path, rows, group=1_048_576 if one_group else GROUP_ROWS),
    )


def moved(rows: int) -> Path:
    """So many other rows of the same kind, every fourth column of numbers moved by a little."""
    return _once(CACHE / f"moved-{rows}.parquet", lambda path: _write(path, rows, moved=True))


def profile(rows: int = 1_000_000) -> Path:
    """The stored profile of the rows that have moved."""

    def make(path: Path) -> None:
        from modelgate.drifting import profiled, save

        save(path, *profiled(moved(rows)))

    return _once(CACHE / f"moved-{rows}.json", make)


def model(name: str) -> Path:
    """One of `MODELS` as an ONNX file.

    "trees", "logistic" and "mlp" take the numeric columns as one float matrix; "strings" is a
    logistic model that takes every column under its own name, the categorical ones as text.
    """
    return _once(CACHE / f"{name}.onnx", lambda path: path.write_bytes(_trained(name)))


OF_REFERENCE = ("split_overlap", "missing_rate", "drift")


def suite(name: str, *, drift: bool = False) -> Path:
    """The ready-made classification suite, told which columns the matrix holds, with two slicings.

    Args:
        name: of the model.
        drift: whether calibration, drift and missing values are asked about too: of the stored
            profile of rows that have moved a little, as production would, since the loop that the
            gate is compared with reads one data set alone.
    """
    ready = Path(__file__).parents[2] / "suites" / "classification.yaml"
    asked = yaml.safe_load(ready.read_text("utf-8"))
    if name != "strings":
        asked["model"] = {"inputs": {"features": list(NUMERIC)}}
    asked["checks"] = [step for step in asked["checks"] if not {*step} & {*OF_REFERENCE}]
    asked["checks"].append({"metric": "accuracy", "by": ["c5", "c60"]})
    if drift:
        asked["checks"] += [{"calibration": "ece"}, {"missing_rate": "rise"}, {"drift": "features"}]
        asked["data"] = {"reference": {"path": str(profile())}}
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{name}{'-drift' * drift}.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    return path


def _once(path: Path, make: Callable[[Path], Any]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            make(unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def _write(path: Path, rows: int, *, group: int = GROUP_ROWS, moved: bool = False) -> None:
    with pq.ParquetWriter(path, _chunk(0, 1).schema) as writer:
        waiting: list[pa.RecordBatch] = []
        for number, start in enumerate(range(0, rows, GROUP_ROWS)):
            some = min(GROUP_ROWS, rows - start)
            waiting.append(_moved(_chunk(MOVED + number, some)) if moved else _chunk(number, some))
            if len(waiting) * GROUP_ROWS >= group:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=group)
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=group)


def _moved(rows: pa.RecordBatch) -> pa.RecordBatch:
    columns = dict(zip(rows.schema.names, rows.columns, strict=True))
    columns |= {name: compute.add(columns[name], 0.02) for name in NUMERIC[::4]}
    return pa.RecordBatch.from_pydict(columns)


def _chunk(number: int, rows: int) -> pa.RecordBatch:
    """The rows of one group: the same whatever the size of the file."""
    rng = np.random.default_rng([SEED, number])
    numeric = {name: _numbers(rng, place) for place, name in enumerate(NUMERIC)}
    codes = {name: rng.integers(0, values, GROUP_ROWS) for name, values in CATEGORICAL.items()}
    signal = (
        0.9 * numeric["x00"]
        - 0.6 * numeric["x01"]
        + 0.5 * np.log1p(numeric["x02"])
        + 0.8 * np.sin(3 * numeric["x03"])
        + 0.4 * numeric["x05"] * (numeric["x06"] > 0)
        + 0.7 * (codes["c2"] == 1)
        - 0.02 * codes["c60"]
    )
    chance = 1 / (1 + np.exp(-(signal - 0.1)))
    target = (rng.random(GROUP_ROWS) < chance).astype(np.int64)
    columns: dict[str, pa.Array] = {}
    for name, values in numeric.items():
        columns[name] = pa.array(values[:rows], mask=_missing(rng, name)[:rows])
    for name, found in codes.items():
        words = pa.array([f"{name}_{value:03d}" for value in range(CATEGORICAL[name])])
        indices = pa.array(found[:rows].astype(np.int32), mask=_missing(rng, name)[:rows])
        columns[name] = words.take(indices)
    columns[TARGET] = pa.array(target[:rows])
    return pa.RecordBatch.from_pydict(columns)


def _numbers(rng: np.random.Generator, place: int) -> NDArray[np.float64]:
    if place % 5 == 2:
        return rng.exponential(1 + place / 5, GROUP_ROWS)
    if place % 5 == 4:
        return rng.integers(0, 20 + place, GROUP_ROWS).astype(np.float64)
    return rng.normal(0, 1, GROUP_ROWS)


def _missing(rng: np.random.Generator, name: str) -> NDArray[np.bool_]:
    return rng.random(GROUP_ROWS) < MISSING.get(name, 0.0)


def _trained(name: str) -> bytes:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    table = pq.read_table(data(TRAINING_ROWS)).to_pandas()
    target = table.pop(TARGET).to_numpy()
    options = {"zipmap": False}
    if name == "strings":
        words = table[list(CATEGORICAL)].fillna("")
        rows = table[list(NUMERIC)].astype(np.float32).join(words)
        inputs = [(column, FloatTensorType([None, 1])) for column in NUMERIC]
        inputs += [(column, StringTensorType([None, 1])) for column in CATEGORICAL]
    else:
        rows = table[list(NUMERIC)].to_numpy(np.float32)
        inputs = [("features", FloatTensorType([None, len(NUMERIC)]))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eight rounds are enough for a model that is only timed
        fitted = _estimator(name).fit(rows, target)
    if name == "trees":
        return boosted(fitted, len(NUMERIC))
    converted = convert_sklearn(fitted, initial_types=inputs, options={id(fitted): options})
    return bytes(converted.SerializeToString())


def _estimator(name: str) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    if name == "trees":
        return HistGradientBoostingClassifier(max_iter=100, random_state=0, early_stopping=False)
    scaled = make_pipeline(SimpleImputer(), StandardScaler())
    if name == "logistic":
        return make_pipeline(scaled, LogisticRegression(max_iter=200))
    if name == "mlp":
        layers = MLPClassifier((64, 32), max_iter=8, random_state=0, early_stopping=True)
        return make_pipeline(scaled, layers)
    known = OneHotEncoder(handle_unknown="ignore")
    columns = make_column_transformer((scaled, list(NUMERIC)), (known, list(CATEGORICAL)))
    return make_pipeline(columns, LogisticRegression(max_iter=200))
