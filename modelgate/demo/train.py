"""Train the demo's models anew: `python -m modelgate.demo.train`, for developers only.

Needs scikit-learn and skl2onnx. The data is scikit-learn's own copy of "Breast Cancer Wisconsin
(Diagnostic)" from the UCI Machine Learning Repository (CC BY 4.0): thirty measurements of cell
nuclei, and whether the tumour was malignant. The same versions write the same bytes.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILES = Path(__file__).parent / "files"
OPSETS = {"": 17, "ai.onnx.ml": 3}
SEED = 7
RESAMPLED = 4
"""Seed of the rows that the equal candidate was trained on: it answers one row fewer rightly than
the champion, which is luck."""
TEST_SHARE = 0.6
"""342 rows: enough to promote a good model, too few to tell a middling one from the champion."""
MEANS = slice(0, 10)
"""The columns that the hasty model looks at: the mean of each measurement, not error or worst."""
NO_WORST = slice(0, 20)
"""The columns of another one: means and errors."""
SWAPPED = ("worst texture", "worst perimeter")


def main() -> None:
    """Write the models and the test rows into `files/`."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    bunch = load_breast_cancer()
    columns = [str(name) for name in bunch.feature_names]
    table = bunch.data  # (569, 30)
    truth = np.asarray([str(bunch.target_names[index]) for index in bunch.target])  # (569,)
    train, test = train_test_split(
        np.arange(len(truth)), test_size=TEST_SHARE, stratify=truth, random_state=SEED
    )
    _write_rows(FILES / "data" / "test.csv", columns, table[test], truth[test])
    inputs, labels = table[train].astype(np.float32), truth[train]
    wrong = list(range(len(columns)))
    first, second = (columns.index(name) for name in SWAPPED)
    wrong[first], wrong[second] = second, first
    _export("champion", _fitted(inputs, labels, strength=0.1))
    drawn = np.random.default_rng(RESAMPLED).choice(len(inputs), len(inputs))
    _export("equal", _fitted(inputs[drawn], labels[drawn], strength=0.1))
    _export("better", _fitted(inputs, labels, strength=10))
    _export("fewer", _fitted(inputs, labels, strength=1, columns=NO_WORST))
    _export("worse", _fitted(inputs, labels, strength=1, columns=MEANS))
    _export("swapped", _fitted(inputs[:, wrong], labels, strength=0.1))


def _fitted(
    inputs: NDArray[np.float32],
    labels: NDArray[Any],
    *,
    strength: float,
    columns: slice = slice(None),
) -> Any:
    """A logistic regression on standardised columns; a larger `strength` follows the rows more."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    chosen = list(range(inputs.shape[1]))[columns]
    return make_pipeline(
        ColumnTransformer([("scaled", StandardScaler(), chosen)]),
        LogisticRegression(C=strength, max_iter=5000),
    ).fit(inputs, labels)


def _export(name: str, pipeline: Any) -> None:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    model = to_onnx(
        pipeline,
        name=f"tumour_{name}",
        initial_types=[("measurements", FloatTensorType([None, 30]))],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    (FILES / "models" / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def _write_rows(
    path: Path, columns: list[str], table: NDArray[np.float64], truth: NDArray[Any]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, "diagnosis"])
        for row, label in zip(table.tolist(), truth.tolist(), strict=True):
            writer.writerow([*row, label])


if __name__ == "__main__":
    main()
