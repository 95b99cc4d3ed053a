"""A transformer of scikit-learn makes of a worker's rows what it makes of a DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from modelgate.prepare import UnpreparedError
from modelgate.prepare.transformer import Transformer
from tests.prepare.conftest import signature

ROWS = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [5.0, 3.0, 2.0]})
FEEDS = {str(name): ROWS[name].to_numpy() for name in ROWS}
TWO = signature(("x", "float32", ("n", 2)))


class Doubling(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Code of somebody's own."""

    def fit(self, rows: Any, labels: Any = None) -> Doubling:
        del rows, labels
        return self

    def transform(self, rows: Any) -> Any:
        return np.asarray(rows) * 2


class TooFew(Doubling):
    def transform(self, rows: Any) -> Any:
        return np.asarray(rows)[:-1]


def step(fitted: Any, settings: Mapping[str, Any] | None = None, model: Any = TWO) -> Transformer:
    return Transformer(skops.io.dumps(fitted), settings or {}, model)


def test_columns_go_by_name_whatever_their_order() -> None:
    scaler = StandardScaler().fit(ROWS)
    made = step(scaler)({"b": FEEDS["b"], "a": FEEDS["a"]}, 3)["x"]
    np.testing.assert_allclose(made, scaler.transform(ROWS), rtol=1e-6)
    assert made.dtype == np.float32


def test_what_was_fitted_without_names_takes_any_columns_in_their_order() -> None:
    scaler = StandardScaler().fit(ROWS.to_numpy())
    found = step(scaler)
    assert found.takes == ()
    made = found({"p": FEEDS["a"], "q": FEEDS["b"]}, 3)["x"]
    np.testing.assert_allclose(made, scaler.transform(ROWS.to_numpy()), rtol=1e-6)


def test_another_number_of_columns_is_told() -> None:
    found = step(StandardScaler().fit(ROWS.to_numpy()))
    with pytest.raises(UnpreparedError, match="a transformer of 2 columns; there are 1") as caught:
        found({"p": FEEDS["a"]}, 3)
    assert caught.value.code == "MG3174"


def test_a_sparse_matrix_becomes_a_plain_one() -> None:
    words = pd.DataFrame({"w": ["u", "v", "u"]})
    found = step(OneHotEncoder().fit(words))
    made = found({"w": words["w"].to_numpy(dtype=object)}, 3)["x"]
    assert made.tolist() == [[1, 0], [0, 1], [1, 0]]


def test_a_word_that_it_was_not_fitted_to_is_told() -> None:
    found = step(OneHotEncoder().fit(pd.DataFrame({"w": ["u", "v"]})))
    with pytest.raises(UnpreparedError, match="unknown categories") as caught:
        found({"w": np.array(["z"], dtype=object)}, 1)
    assert caught.value.code == "MG3172"


def test_types_that_are_not_scikit_learns_own_are_refused_by_name_and_can_be_trusted() -> None:
    name = f"{Doubling.__module__}.Doubling"
    with pytest.raises(UnpreparedError, match="not trusted") as caught:
        step(Doubling())
    assert caught.value.code == "MG5072"
    assert name in caught.value.message
    assert f"types: [{name}]" in caught.value.hint
    trusted = step(Doubling(), {"types": [name]})
    assert trusted(FEEDS, 3)["x"].tolist() == (ROWS.to_numpy() * 2).tolist()


def test_a_function_that_hides_in_a_transformer_is_refused() -> None:
    import os

    with pytest.raises(UnpreparedError, match="not trusted") as caught:
        step(FunctionTransformer(os.system))
    assert caught.value.code == "MG5072"


def test_fewer_rows_than_were_given_are_told() -> None:
    found = step(TooFew(), {"types": [f"{TooFew.__module__}.TooFew"]})
    with pytest.raises(UnpreparedError, match="the transformer made 2 rows of 3") as caught:
        found(FEEDS, 3)
    assert caught.value.code == "MG4031"


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"text", skops.io.dumps(PCA())[:-50]])
def test_a_broken_file_is_told(broken: bytes) -> None:
    with pytest.raises(UnpreparedError, match="does not load") as caught:
        Transformer(broken, {}, TWO)
    assert caught.value.code == "MG3171"


def test_what_cannot_transform_is_told() -> None:
    with pytest.raises(UnpreparedError, match="which has no `transform`") as caught:
        step(LogisticRegression())
    assert caught.value.code == "MG3171"


def test_other_widths_than_the_models_are_told() -> None:
    found = step(StandardScaler().fit(ROWS), model=signature(("x", "float32", ("n", 3))))
    with pytest.raises(UnpreparedError, match="takes 3 a row as 'x'; the transformer makes 2"):
        found(FEEDS, 3)


def test_a_model_of_several_inputs_is_told() -> None:
    model = signature(("x", "float32", ("n", 2)), ("y", "float32", ("n", 1)))
    with pytest.raises(UnpreparedError, match="makes one input") as caught:
        step(StandardScaler().fit(ROWS), model=model)
    assert caught.value.code == "MG3172"
