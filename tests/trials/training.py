"""Small real models, trained here on real tables and exported to ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OPSET = {"": 17, "ai.onnx.ml": 3}


@dataclass(frozen=True)
class Trained:
    """A model, the rows that it was not trained on, and what it answers to them."""

    model: Path
    test: pd.DataFrame
    target: str
    classes: tuple[Any, ...]

    @property
    def truth(self) -> NDArray[Any]:
        return np.asarray(self.test[self.target])

    def _session(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # two threads add up trees in another order
        return ort.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])

    def feeds(self) -> dict[str, NDArray[Any]]:
        session = self._session()
        made = {}
        features = [column for column in self.test if column != self.target]
        for one, name in zip(session.get_inputs(), features, strict=True):
            column = np.asarray(self.test[name])
            text = one.type == "tensor(string)"
            made[one.name] = column.astype(str if text else np.float32).reshape(-1, 1)
            if text:
                made[one.name] = made[one.name].astype(object)
        return made

    def answers(self) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        """(n,) labels or values and (n, classes) scores, asked of onnxruntime directly."""
        session = self._session()
        outputs = session.run(None, self.feeds())
        if not self.classes:
            return np.asarray(outputs[0], dtype=np.float64).reshape(-1), None
        scores = outputs[1]
        if isinstance(scores, list):
            scores = np.array([[row[label] for label in self.classes] for row in scores])
        return np.asarray(outputs[0]), np.asarray(scores, dtype=np.float64)


def train(
    table: Path,
    target: str,
    estimator: Any,
    folder: Path,
    *,
    drop: tuple[str, ...] = (),
    zipmap: bool = True,
    name: str = "model",
) -> Trained:
    """Train on three fifths of a table, one input a column, and keep the rest."""
    rows = pd.read_csv(table).drop(columns=list(drop)).dropna(subset=[target])
    features = rows.drop(columns=[target])
    names = [str(column) for column in features]
    numbers = [column for column in names if features[column].dtype.kind in "if"]
    texts = [column for column in names if column not in numbers]
    features[numbers] = features[numbers].astype(np.float32)
    features[texts] = features[texts].fillna("none").astype(str)
    known, held, labels, _ = train_test_split(features, rows[target], test_size=0.4, random_state=0)
    encode = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ]
    )
    fitted = make_pipeline(encode, estimator).fit(known, labels)
    types = [
        (column, (FloatTensorType if column in numbers else StringTensorType)([None, 1]))
        for column in names
    ]
    options = None if zipmap else {id(fitted): {"zipmap": False}}
    model = folder / f"{name}.onnx"
    graph = to_onnx(fitted, initial_types=types, options=options, target_opset=OPSET)
    model.write_bytes(graph.SerializeToString())
    test = held.copy()
    test[target] = rows[target].loc[held.index]
    classes = tuple(getattr(fitted, "classes_", ()))
    return Trained(model, test.reset_index(drop=True), target, classes)
