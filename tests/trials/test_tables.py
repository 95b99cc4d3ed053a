"""Models trained on real tables: numbers equal to scikit-learn's, and verdicts that are right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression

from modelgate.cli import main
from tests.trials.training import Trained, train

CLASSIFICATION = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "precision",
    "recall",
    "auroc",
    "log_loss",
    "brier",
    "mcc",
)
REGRESSION = ("mae", "rmse", "r2", "mape", "median_absolute_error", "bias")


@dataclass(frozen=True)
class Case:
    table: str
    target: str
    estimator: Callable[[], Any]
    drop: tuple[str, ...] = ()
    zipmap: bool = True
    positive: Any = None
    good: dict[str, float] = field(default_factory=dict)


CASES = {
    "titanic": Case(
        "titanic.csv",
        "Survived",
        lambda: LogisticRegression(max_iter=1000),
        drop=("PassengerId", "Name", "Ticket", "Cabin"),
        positive=1,
        good={"accuracy": 0.7},
    ),
    "german_credit": Case(
        "german_credit.csv",
        "default",
        lambda: RandomForestClassifier(50, random_state=0),
        zipmap=False,
        good={"auroc": 0.65},
    ),
    "telco_churn": Case(
        "telco_churn.csv",
        "Churn",
        lambda: GradientBoostingClassifier(n_estimators=30, random_state=0),
        drop=("customerID", "TotalCharges"),
        positive="Yes",
        good={"accuracy": 0.75},
    ),
    "penguins": Case(
        "penguins.csv",
        "species",
        lambda: LogisticRegression(max_iter=1000),
        good={"balanced_accuracy": 0.9},
    ),
    "auto_mpg": Case("auto_mpg.csv", "mpg", LinearRegression, drop=("name",), good={"mae": 4}),
    "diamonds": Case(
        "diamonds_5th.csv",
        "price",
        lambda: GradientBoostingRegressor(n_estimators=40, random_state=0),
        good={"rmse": 1500},
    ),
}


@pytest.fixture(scope="module", params=CASES)
def trained(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, Trained]:
    case = CASES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    model = train(
        shared_data / "tabular" / case.table,
        case.target,
        case.estimator(),
        folder,
        drop=case.drop,
        zipmap=case.zipmap,
    )
    model.test.to_csv(folder / "test.csv", index=False)
    return case, model


def check(folder: Path, model: Path, suite: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `modelgate check`."""
    written = folder / "suite.yaml"
    written.write_text(suite)
    out = folder / "report.json"
    out.unlink(missing_ok=True)
    code = main(["check", str(model), "--suite", str(written), "--report", f"json:{out}", *words])
    return code, json.loads(out.read_text()) if out.exists() else {}


def values(report: dict[str, Any]) -> dict[str, float]:
    return {one["subject"]: one["value"] for one in report["results"] if one["check"] == "metric"}


def expected(case: Case, model: Trained) -> dict[str, float]:
    """The same metrics by scikit-learn, on answers that onnxruntime gave directly."""
    answer, scores = model.answers()
    truth = model.truth
    if scores is None:
        return {
            "mae": metrics.mean_absolute_error(truth, answer),
            "rmse": metrics.root_mean_squared_error(truth, answer),
            "r2": metrics.r2_score(truth, answer),
            "mape": metrics.mean_absolute_percentage_error(truth, answer),
            "median_absolute_error": metrics.median_absolute_error(truth, answer),
            "bias": float(np.mean(answer - truth)),
        }
    binary = len(model.classes) == 2
    positive = case.positive if case.positive is not None else model.classes[-1]
    average = {"average": "binary", "pos_label": positive} if binary else {"average": "macro"}
    ranked = scores[:, list(model.classes).index(positive)] if binary else scores
    hit = truth == positive if binary else truth
    found = {
        "accuracy": metrics.accuracy_score(truth, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer),
        "f1": metrics.f1_score(truth, answer, **average),
        "precision": metrics.precision_score(truth, answer, **average),
        "recall": metrics.recall_score(truth, answer, **average),
        "auroc": metrics.roc_auc_score(hit, ranked, **({} if binary else {"multi_class": "ovr"})),
        "mcc": metrics.matthews_corrcoef(truth, answer),
        "log_loss": metrics.log_loss(truth, scores, labels=list(model.classes)),
        "brier": (
            metrics.brier_score_loss(hit, ranked)
            if binary
            else metrics.brier_score_loss(truth, scores, labels=list(model.classes))
        ),
    }
    return {name: float(value) for name, value in found.items()}


def suite_of(case: Case, model: Trained, limits: dict[str, float] | None = None) -> str:
    names = CLASSIFICATION if model.classes else REGRESSION
    lower = {"mae", "rmse"}
    lines = [f"data: {{test: {{path: test.csv, target: {case.target}}}}}"]
    if case.positive is not None:
        lines.append(f"model: {{positive: {case.positive}}}")
    lines += ["checks:", "  - finite_outputs: all"]
    lines += [f"  - metric: {name}" for name in names if name not in (limits or {})]
    for name, limit in (limits or {}).items():
        lines += [
            f"  - metric: {name}",
            f"    {'at_most' if name in lower else 'at_least'}: {limit}",
        ]
    return "\n".join(lines)


# onnxruntime's float32 scores sum to one only to seven digits, which scikit-learn remarks on
@pytest.mark.filterwarnings("ignore:The y_p.* values do not sum to one")
def test_the_metrics_are_those_of_scikit_learn(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    _, report = check(model.model.parent, model.model, suite_of(case, model))
    found, wanted = values(report), expected(case, model)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def test_a_good_model_is_promoted(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    code, report = check(model.model.parent, model.model, suite_of(case, model, case.good))
    assert (code, report["verdict"]["decision"]) == (0, "promote")


@pytest.mark.filterwarnings("ignore:The y_p.* values do not sum to one")
def test_a_limit_that_cannot_be_told_holds(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    name = next(iter(case.good))
    limits = {name: expected(case, model)[name]}  # exactly what was measured: never shown
    code, report = check(model.model.parent, model.model, suite_of(case, model, limits))
    assert (code, report["verdict"]["decision"]) == (11, "hold")


def test_answers_to_shuffled_rows_are_blocked(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    folder = model.model.parent
    shuffled = model.test.copy()
    shuffled[case.target] = shuffled[case.target].sample(frac=1, random_state=0).to_numpy()
    shuffled.to_csv(folder / "shuffled.csv", index=False)
    suite = suite_of(case, model, case.good)
    code, report = check(folder, model.model, suite, "--data", str(folder / "shuffled.csv"))
    assert (code, report["verdict"]["decision"]) == (1, "block")


def test_the_ready_made_suite_promotes_it_and_blocks_or_holds_the_shuffled_rows(
    trained: tuple[Case, Trained],
) -> None:
    case, model = trained
    folder = model.model.parent
    words = ["check", str(model.model), "--target", case.target, "--report", f"json:{folder / 'r'}"]
    assert main([*words, "--data", str(folder / "test.csv")]) == 0
    shuffled = model.test.copy()
    shuffled[case.target] = shuffled[case.target].sample(frac=1, random_state=0).to_numpy()
    shuffled.to_csv(folder / "shuffled.csv", index=False)
    assert main([*words, "--data", str(folder / "shuffled.csv")]) in {1, 11}


def comparable(report: dict[str, Any]) -> str:
    """A report without what may differ: the host, and where the rows came from."""
    kept = {key: value for key, value in report.items() if key != "provenance"}
    for data in kept["subject"]["data"].values():
        data.update(path="", digest="", bytes=0)
    kept["taken"] = [line for line in kept["taken"] if not line.startswith("file:")]
    return json.dumps(kept, sort_keys=True)


def test_threads_and_file_formats_change_no_byte(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    folder, suite = model.model.parent, suite_of(case, model, case.good)
    model.test.to_parquet(folder / "test.parquet")
    model.test.to_json(folder / "test.jsonl", orient="records", lines=True)
    _, once = check(folder, model.model, suite)
    _, again = check(folder, model.model, suite, "--threads", "2")
    assert json.dumps(once["results"]) == json.dumps(again["results"])
    for name in ("test.parquet", "test.jsonl"):
        _, other = check(folder, model.model, suite, "--data", str(folder / name))
        assert comparable(other) == comparable(once), name


def test_the_order_of_the_rows_changes_no_number(trained: tuple[Case, Trained]) -> None:
    case, model = trained
    folder, suite = model.model.parent, suite_of(case, model, case.good)
    model.test.sample(frac=1, random_state=1).to_csv(folder / "reordered.csv", index=False)
    code, once = check(folder, model.model, suite)
    other, again = check(folder, model.model, suite, "--data", str(folder / "reordered.csv"))
    assert code == other
    for first, second in zip(once["results"], again["results"], strict=True):
        assert (first["id"], first["status"]) == (second["id"], second["status"])
        assert second["value"] == pytest.approx(first["value"], rel=1e-12)


def test_slices_have_their_own_numbers(shared_data: Path, tmp_path: Path) -> None:
    case = CASES["titanic"]
    model = train(
        shared_data / "tabular" / case.table,
        case.target,
        case.estimator(),
        tmp_path,
        drop=case.drop,
    )
    model.test.to_csv(tmp_path / "test.csv", index=False)
    suite = (
        "data: {test: {path: test.csv, target: Survived}}\n"
        "checks: [{finite_outputs: all}, {metric: accuracy, by: [Sex, [Sex, Pclass]]}]"
    )
    _, report = check(tmp_path, model.model, suite)
    answer, _ = model.answers()
    right = pd.Series(answer == model.truth)
    found = {
        frozenset(one["slice"].items()): (one["value"], one["n"])
        for one in report["results"]
        if one["slice"]
    }
    for keys in (["Sex"], ["Sex", "Pclass"]):
        for group, part in right.groupby([model.test[key] for key in keys]):
            value, rows = found[frozenset(zip(keys, group, strict=True))]
            assert (value, rows) == (pytest.approx(part.mean(), rel=1e-12), len(part))
