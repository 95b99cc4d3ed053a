"""Files of scikit-learn, XGBoost and LightGBM answer as the libraries that wrote them do."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from modelgate.errors import ModelError, RefusedError
from modelgate.formats import lightgbm_file, sklearn_file, xgboost_file
from modelgate.formats.refusal import Refusal
from modelgate.worker import Worker
from modelgate.worker.granting import Granted

RNG = np.random.default_rng(4)
ROWS = pd.DataFrame(
    {
        "age": RNG.normal(40, 10, 400),
        "visits": RNG.integers(0, 9, 400).astype(float),
        "land": RNG.choice(["dk", "no", "se"], 400),
    }
)
ROWS.loc[::17, "age"] = np.nan
NUMBERS = ROWS[["age", "visits"]]
RISK = NUMBERS["age"].fillna(40) + 4 * NUMBERS["visits"] + RNG.normal(0, 5, 400)
TRUTH = (RISK > 56).to_numpy()
WORDS = np.where(TRUTH, "ill", "well")
KIND = np.where(TRUTH, 2, (ROWS["land"] == "no").astype(int))
VALUE = NUMBERS["visits"].to_numpy() * 3


def feeds(rows: pd.DataFrame) -> dict[str, NDArray[Any]]:
    return {str(name): rows[name].to_numpy() for name in rows}


def skopsed(estimator: Any, trusted: tuple[str, ...] = ()) -> sklearn_file.Estimator:
    import skops.io

    return sklearn_file.open_bytes(skops.io.dumps(estimator), trusted)


def pipeline() -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    columns = make_column_transformer((OneHotEncoder(), ["land"]), remainder="passthrough")
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=5))


def test_a_pipeline_is_given_the_columns_that_it_was_fitted_with() -> None:
    fitted = pipeline().fit(ROWS, WORDS)
    model = skopsed(fitted)
    scores, labels = model.run(feeds(ROWS), ["probabilities", "label"])
    assert np.array_equal(scores, fitted.predict_proba(ROWS))
    assert labels.tolist() == fitted.predict(ROWS).tolist()
    assert model.signature.classes == ("ill", "well")
    assert [one.name for one in model.signature.inputs] == ["age", "visits", "land"]


def test_an_estimator_without_names_takes_one_matrix() -> None:
    from sklearn.linear_model import LinearRegression

    matrix = NUMBERS.fillna(0).to_numpy()
    fitted = LinearRegression().fit(matrix, VALUE)
    model = skopsed(fitted)
    (found,) = model.run({"features": matrix}, ["value"])
    assert np.array_equal(found, fitted.predict(matrix))
    assert model.signature.inputs[0].shape == (None, 2)


def test_what_reads_texts_is_given_texts() -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    texts = ["good day", "bad day", "good", "bad"]
    fitted = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, [1, 0, 1, 0])
    model = skopsed(fitted)
    (found,) = model.run({"text": np.array(texts, dtype=object)[:, None]}, ["label"])
    assert found.tolist() == [1, 0, 1, 0]


def _unfitted() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def _scaler() -> Any:
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit([[1.0], [2.0]])


def _several() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier().fit([[0], [1]], [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("make", "says"),
    [(_unfitted, "not fitted"), (_scaler, "no `predict`"), (_several, "several targets")],
    ids=["unfitted", "a-transformer", "several-targets"],
)
def test_an_estimator_that_cannot_be_put_on_trial(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(Refusal, match=f"^MG3014 .*{says}"):
        skopsed(make())


def test_a_type_that_is_not_scikit_learns_is_named_before_it_is_loaded(tmp_path: Path) -> None:
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    fitted = pipeline()
    fitted.steps.insert(0, ("own", FunctionTransformer(html.escape)))
    path = tmp_path / "own.skops"
    skops.io.dump(fitted, path)
    found = sklearn_file.types_in(path.read_bytes())
    assert found
    with Worker.start(path) as worker, pytest.raises(RefusedError, match=r"^MG5073 ") as caught:
        worker.opened()
    assert found[0] in str(caught.value)
    assert caught.value.exit_code == 5
    granted = Granted(types=found)
    with Worker.start(path) as worker, pytest.raises(ModelError, match=r"^MG3014 .*not fitted"):
        worker.opened(granted)


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_xgboost_answers_as_its_own_interface(suffix: str, tmp_path: Path) -> None:
    import xgboost

    path = tmp_path / f"model.{suffix}"
    fitted = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(NUMBERS, TRUTH.astype(int))
    fitted.save_model(path)
    model = xgboost_file.Trees(path.read_bytes())
    (found,) = model.run(feeds(NUMBERS.astype("float32")), ["probabilities"])
    assert np.allclose(found, fitted.predict_proba(NUMBERS), atol=1e-6)
    assert (model.signature.classes, model.signature.outputs[0].shape) == ((0, 1), (None, 2))


def test_xgboost_with_categories_and_early_stopping(tmp_path: Path) -> None:
    import xgboost

    path = tmp_path / "model.json"
    rows = ROWS.astype({"land": "category"})
    fitted = xgboost.XGBClassifier(
        n_estimators=60,
        learning_rate=1.0,
        early_stopping_rounds=2,
        enable_categorical=True,
        n_jobs=1,
    )
    fitted.fit(rows[:300], KIND[:300], eval_set=[(rows[300:], KIND[300:])], verbose=False)
    fitted.save_model(path)
    assert fitted.best_iteration < fitted.get_booster().num_boosted_rounds() - 1
    model = xgboost_file.Trees(path.read_bytes())
    given = {name: column.astype("float32") for name, column in feeds(NUMBERS).items()}
    given["land"] = ROWS["land"].to_numpy()
    (found,) = model.run(given, ["probabilities"])
    assert np.allclose(found, fitted.predict_proba(rows), atol=1e-6)
    assert model.facts["rounds"] == fitted.best_iteration + 1


def test_lightgbm_answers_as_its_own_interface() -> None:
    import lightgbm

    rows = ROWS.astype({"land": "category"})
    fitted = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1).fit(rows, KIND)
    model = lightgbm_file.Trees(fitted.booster_.model_to_string().encode())
    (found,) = model.run(feeds(ROWS), ["probabilities"])
    assert np.array_equal(found, fitted.predict_proba(rows))
    assert model.signature.classes == (0, 1, 2)


def test_a_regression_of_trees_is_a_number() -> None:
    import lightgbm

    fitted = lightgbm.LGBMRegressor(n_estimators=5, n_jobs=1, verbose=-1).fit(NUMBERS, VALUE)
    model = lightgbm_file.Trees(fitted.booster_.model_to_string().encode())
    (found,) = model.run(feeds(NUMBERS), ["value"])
    assert np.array_equal(found, fitted.predict(NUMBERS))


@pytest.mark.parametrize(
    ("opens", "content"),
    [
        pytest.param(sklearn_file.types_in, b"PK\x03\x04 nothing", id="skops"),
        pytest.param(xgboost_file.Trees, b'{"learner": {}, "version": [3, 1, 0]}', id="xgboost"),
        pytest.param(xgboost_file.Trees, b"{L" + bytes(40), id="xgboost-binary"),
        pytest.param(lightgbm_file.Trees, b"tree\nversion=v4\nnum_class=1\n", id="lightgbm"),
    ],
)
def test_a_damaged_file_is_one_line(opens: Callable[[bytes], Any], content: bytes) -> None:
    with pytest.raises(Refusal, match=r"^MG3016 is no ") as caught:
        opens(content)
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.hint
