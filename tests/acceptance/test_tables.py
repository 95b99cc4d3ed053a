"""Tables of customers and of diamonds: candidates that are better in numbers and carry a bug."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from onnx import helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.acceptance.conftest import Bench, blocked, drafted, promoted

Columns = tuple[Sequence[str], Sequence[str]]


def fitted(estimator: Any, rows: pd.DataFrame, target: str, columns: Columns) -> Any:
    numbers, categories = columns
    prepared = make_column_transformer(
        (StandardScaler(), list(numbers)),
        (OneHotEncoder(handle_unknown="ignore"), list(categories)),
    )
    return make_pipeline(prepared, estimator).fit(rows[[*numbers, *categories]], rows[target])


def exported(pipeline: Any, rows: pd.DataFrame, columns: Columns) -> Any:
    numbers, categories = columns
    one = rows[[*numbers, *categories]].iloc[:1].astype(dict.fromkeys(numbers, np.float32))
    options = {"zipmap": False} if hasattr(pipeline, "classes_") else None
    return to_onnx(pipeline, one, options=options)


def renamed(found: Any, names: dict[str, str]) -> Any:
    """The same model, whose inputs bear other names: it reads one column for another."""
    for one in found.graph.input:
        one.name = names.get(one.name, one.name)
    for node in found.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    return found


def partial(pipeline: Any, women: float, men: float = 0.0) -> Any:
    """The same model, in which being a woman or a man weighs so much and no more."""
    names = list(pipeline[0].get_feature_names_out())
    for value, weight in {"Female": women, "Male": men}.items():
        pipeline[-1].coef_[0, names.index(f"onehotencoder__gender_{value}")] = weight
    return pipeline


def by_the_cent(found: Any, column: str, by: float) -> Any:
    """The same model, which adds or takes away so much by whether the column's cent is even."""
    constants = {"hundred": 100.0, "two": 2.0, "one": 1.0, "by": by}
    for name, value in constants.items():
        found.graph.initializer.append(numpy_helper.from_array(np.array(value, np.float32), name))
    answer = found.graph.output[0].name
    for node in found.graph.node:
        node.output[:] = ["smooth" if name == answer else name for name in node.output]
    found.graph.node.extend(
        [
            helper.make_node("Mul", [column, "hundred"], ["cents"]),
            helper.make_node("Round", ["cents"], ["whole"]),
            helper.make_node("Mod", ["whole", "two"], ["odd"], fmod=1),
            helper.make_node("Mul", ["odd", "two"], ["doubled"]),
            helper.make_node("Sub", ["doubled", "one"], ["sign"]),
            helper.make_node("Mul", ["sign", "by"], ["more"]),
            helper.make_node("Add", ["smooth", "more"], [answer]),
        ]
    )
    return found


CUSTOMER: Columns = (
    ("tenure", "MonthlyCharges", "TotalCharges"),
    (
        *("gender", "Partner", "Dependents", "InternetService", "OnlineSecurity", "TechSupport"),
        *("Contract", "PaymentMethod", "PaperlessBilling"),
    ),
)
DIAMOND: Columns = (("carat", "depth", "table", "x", "y", "z"), ("cut", "color", "clarity"))


@pytest.fixture(scope="module")
def customers(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    rows = pd.read_csv(shared_data / "tabular" / "telco_churn.csv")
    rows["TotalCharges"] = pd.to_numeric(rows["TotalCharges"], errors="coerce").fillna(0)
    train, test = train_test_split(rows, test_size=2000, random_state=0, stratify=rows["Churn"])
    folder = tmp_path_factory.mktemp("customers")
    test.to_csv(folder / "test.csv", index=False)

    def line(some: pd.DataFrame) -> Any:
        return fitted(LogisticRegression(max_iter=1000), some, "Churn", CUSTOMER)

    trees = fitted(GradientBoostingClassifier(random_state=0), train, "Churn", CUSTOMER)
    swap = {"tenure": "MonthlyCharges", "MonthlyCharges": "tenure"}
    models = {
        "champion": exported(partial(line(train[:100]), 0), train, CUSTOMER),
        "trees": exported(trees, train, CUSTOMER),
        "line": exported(partial(line(train), 0), train, CUSTOMER),
        "swapped": renamed(exported(trees, train, CUSTOMER), swap),
        "women": exported(partial(line(train), 0.6), train, CUSTOMER),
    }
    return drafted(folder, "Churn", models)


@pytest.fixture(scope="module")
def diamonds(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    rows = pd.read_csv(shared_data / "tabular" / "diamonds_5th.csv").drop(columns="rownames")
    train, test = train_test_split(rows, test_size=2000, random_state=0)
    folder = tmp_path_factory.mktemp("diamonds")
    test.to_csv(folder / "test.csv", index=False)
    boosted = GradientBoostingRegressor(n_estimators=60, max_depth=4, random_state=0)
    models = {
        "champion": fitted(LinearRegression(), train[:400], "price", DIAMOND),
        "line": fitted(LinearRegression(), train, "price", DIAMOND),
        "trees": fitted(clone(boosted), train, "price", DIAMOND),
        "centimetres": fitted(clone(boosted), train.assign(x=train["x"] / 10), "price", DIAMOND),
    }
    found = {name: exported(one, train, DIAMOND) for name, one in models.items()}
    found["cents"] = by_the_cent(exported(models["trees"], train, DIAMOND), "carat", 350)
    return drafted(folder, "price", found)


@pytest.mark.parametrize("name", ["line", "trees"])
@pytest.mark.parametrize("data", ["customers", "diamonds"])
def test_models_without_a_bug_are_promoted(
    data: str, name: str, request: pytest.FixtureRequest
) -> None:
    promoted(request.getfixturevalue(data).judge(name))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        pytest.param("women", "invariance category_swap", id="women-are-said-to-go"),
        pytest.param("swapped", "direction increase", id="two-columns-swapped"),
    ],
)
def test_bugs_of_a_model_of_customers(name: str, check: str, customers: Bench) -> None:
    shown = blocked(customers.judge(name), check)
    assert shown["was"] != shown["answer"]


def test_a_price_that_hangs_on_the_last_digit(diamonds: Bench) -> None:
    shown = blocked(diamonds.judge("cents"), "invariance noise", "mae")
    assert abs(shown["was"] - shown["answer"]) > 400


def test_a_column_in_the_wrong_unit(diamonds: Bench) -> None:
    """The draft counts columns without a say; here somebody means each of them to have one."""
    drafted = diamonds.suite.read_text()
    step = drafted[drafted.index("- unused_inputs: all") :].partition("  - ")[0]
    diamonds.suite.write_text(drafted.replace(step, step.replace("minor", "blocker"), 1))
    shown = blocked(diamonds.judge("centimetres"), "unused_inputs", "mae")
    assert shown["input"].keys() == {"x"}
    assert shown["was"] == shown["answer"]
    diamonds.suite.write_text(drafted)
