"""Presets and metrics of the real Evidently, by the check; skipped where it is not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modelgate import Status
from modelgate.errors import MistakesError, UsageError
from modelgate.evidently_worker.known import as_test, known, names, refused
from modelgate.predictions import Predictions
from modelgate.testing import run_check

needed = pytest.mark.skipif(
    importlib.util.find_spec("evidently") is None,
    reason="Evidently is not installed: pip install -e '.[dev,evidently]'",
)
ROWS = 300
RNG = np.random.default_rng(11)
PLANS = ("basic", "plus", "pro")
Answered = tuple[list[Any], Predictions]
TEXTS = [f"the {word} cat walked down street {row}" for row, word in enumerate(["old"] * ROWS)]


def _classes(classes: tuple[Any, ...], right: float) -> Answered:
    """Labels, and a model's answers of which a share is right."""
    truth = RNG.integers(0, len(classes), ROWS)
    hit = np.arange(ROWS) < right * ROWS
    answer = np.where(hit, truth, (truth + 1) % len(classes))
    scores = np.full((ROWS, len(classes)), 0.3 / (len(classes) - 1))
    scores[np.arange(ROWS), answer] = 0.7
    return [classes[one] for one in truth], Predictions(scores)


def _numbers(spread: float) -> Answered:
    truth = RNG.normal(50, 10, ROWS)
    return truth.tolist(), Predictions(values=truth + 3 + RNG.normal(0, spread, ROWS))


def _judged(
    subject: str,
    now: tuple[list[Any], Predictions],
    then: tuple[list[Any], Predictions],
    **more: Any,
) -> Any:
    tables = {"test": {"y": now[0]}, "reference": {"y": then[0]}}
    answered = {"test": now[1], "reference": then[1]}
    return run_check(
        "evidently", subject=subject, tables=tables, answered=answered, target="y", **more
    )


def _of_rows(subject: str, rows: Any, **settings: Any) -> Any:
    tables = {"test": rows, "reference": rows}
    return run_check("evidently", subject=subject, tables=tables, settings=settings)


@needed
@pytest.mark.parametrize("classes", [PLANS, (0, 1), ("target", "prediction")], ids=str)
def test_a_classifier_that_answers_as_it_did_passes(classes: tuple[Any, ...]) -> None:
    result = _judged(
        "ClassificationPreset", _classes(classes, 0.8), _classes(classes, 0.8), classes=classes
    )
    assert (result.status, result.value) == (Status.PASSED, 0.0)
    figures = {one["test"].split(":")[0]: one["value"] for one in result.details["tests"]}
    assert figures["Accuracy metric"] == pytest.approx(0.8)
    assert ("TPR metric" in figures) is (len(classes) == 2)


@needed
def test_a_classifier_that_got_worse_fails_by_the_figures() -> None:
    now, then = _classes(PLANS, 0.5), _classes(PLANS, 0.8)
    result = _judged("ClassificationPreset", now, then, classes=PLANS)
    assert result.status is Status.FAILED
    assert any(text.startswith("Accuracy metric: Actual value 0.500") for text in result.evidence)


@needed
def test_a_figure_of_a_preset_is_held_to_a_test_of_the_steps() -> None:
    now, then = _classes(PLANS, 0.5), _classes(PLANS, 0.8)
    settings = {"tests": ("accuracy gte 0.45", "f1score_by_label gte 0.1")}
    result = _judged("ClassificationPreset", now, then, classes=PLANS, settings=settings)
    found = {one["test"]: one["status"] for one in result.details["tests"]}
    assert found["Accuracy metric: Greater or Equal 0.450"] == "success"
    assert len(found) == 1 + len(PLANS)  # and none of its own


@needed
def test_a_test_of_scores_that_the_model_lacks_does_not_go_by_in_silence() -> None:
    truth = [PLANS[one] for one in RNG.integers(0, 3, ROWS)]
    answers = truth, Predictions(labels=np.array([PLANS.index(one) for one in truth]))
    settings = {"tests": ("f1score_by_label gte 0.1", "rocauc gte 0.9")}
    with pytest.raises(UsageError, match=r"MG2295 .* made 3 of 4 tests") as error:
        _judged("ClassificationPreset", answers, answers, classes=PLANS, settings=settings)
    assert error.value.exit_code == 2


@needed
@pytest.mark.parametrize(
    ("spread", "status"),
    [
        pytest.param(1.0, Status.PASSED, id="as-before"),
        pytest.param(9.0, Status.FAILED, id="worse"),
    ],
)
def test_regression(spread: float, status: Status) -> None:
    tests = ("mae lte 4", "rmse lte 5", "mean_error lte 4", "mape lte 20", "r2score gte 0.5")
    settings = {"tests": (*tests, "abs_max_error lte 10")}
    now, then = _numbers(spread), _numbers(1.0)
    result = _judged("RegressionPreset", now, then, task="regression", settings=settings)
    assert result.status is status
    assert len(result.details["tests"]) == 6
    values = {one["test"].split(":")[0]: one["value"] for one in result.details["tests"]}
    truth, answer = np.array(now[0]), np.asarray(now[1].values)
    off = np.sqrt(np.square(answer - truth).mean())
    assert values["RMSE"] == pytest.approx(off, rel=1e-6)


@needed
@pytest.mark.parametrize(
    ("subject", "settings"),
    [
        pytest.param("DataSummaryPreset", {}, id="summary"),
        pytest.param("TextEvals", {}, id="texts"),
        pytest.param("DataDriftPreset", {"method": "psi", "threshold": 0.2}, id="drift-by-psi"),
        pytest.param("DatasetStats", {"tests": ("row_count gte 100",)}, id="one-figure"),
        pytest.param("ValueStats", {"column": "x"}, id="one-column"),
        pytest.param("ValueDrift", {"column": "text"}, id="drift-of-texts"),
        pytest.param("MeanValue", {"column": "n", "tests": ("lt 5",)}, id="one-number"),
    ],
)
def test_rows_that_are_as_they_were_pass(subject: str, settings: dict[str, Any]) -> None:
    numbers = {"x": RNG.normal(size=ROWS), "n": RNG.integers(0, 3, ROWS)}
    when = np.arange(ROWS).astype("datetime64[s]")
    rows = pd.DataFrame({**numbers, "text": TEXTS, "when": when})
    result = _of_rows(subject, rows, **settings)
    assert (result.status, result.reason) == (Status.PASSED, None)
    assert result.details["tests"]


@needed
@pytest.mark.parametrize(
    ("subject", "settings", "says"),
    [
        pytest.param("RowCount", {"method": "ks"}, "takes no 'method'", id="setting"),
        pytest.param("MeanValue", {}, "is about one column: write `column: NAME`", id="no-column"),
        pytest.param(
            "DatasetStats", {"tests": ("lt 1",)}, "say of which figure, one of row_count", id="all"
        ),
        pytest.param("MeanValue", {"column": "gone"}, "no column 'gone' is handed", id="column"),
    ],
)
def test_what_a_preset_does_not_take_is_a_mistake(
    subject: str, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says) as error:
        _of_rows(subject, {"x": RNG.normal(size=ROWS)}, **settings)
    assert error.value.code in {"MG2260", "MG2295"}
    assert error.value.exit_code == 2


@needed
def test_every_name_of_the_installed_evidently_is_known_or_refused() -> None:
    program = textwrap.dedent("""
        from evidently import metrics, presets
        from evidently.core.container import MetricContainer
        from evidently.core.metric_types import Metric
        for module in (metrics, presets):
            for name, kind in vars(module).items():
                if isinstance(kind, type) and issubclass(kind, (Metric, MetricContainer)):
                    print(name)
    """)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, check=True
    )
    there = set(done.stdout.decode().split())
    assert {*names()} <= there <= {*names(), *refused()}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("NDCG", "cannot ask for NDCG: it judges rankings", id="rankings"),
        pytest.param("EmbeddingsDrift", "write `drift: embeddings`", id="vectors"),
        pytest.param("DataDriftPrest", "is none; did you mean 'DataDriftPreset'", id="misspelt"),
    ],
)
def test_a_name_that_no_step_can_ask_for_is_refused_before_anything_is_read(
    name: str, says: str
) -> None:
    with pytest.raises(MistakesError, match=says) as error:
        _of_rows(name, {"x": [1.0]})
    assert (error.value.code, error.value.exit_code) == ("MG2292", 2)
    assert error.value.mistakes[0].where is not None
    with pytest.raises(UsageError, match="MG2292"):
        known(name)


@pytest.mark.parametrize(
    ("written", "found"),
    [("lt 0.1", ("", "lt", 0.1)), ("recall gte 0.8", ("recall", "gte", 0.8))],
)
def test_tests_as_a_step_writes_them(written: str, found: tuple[str, str, float]) -> None:
    assert as_test(written) == found


def test_what_takes_answers_is_told_from_what_takes_rows() -> None:
    assert names()["DataDriftPreset"] == "rows"
    assert names()["ClassificationPreset"] == "classification"
    assert names()["RMSE"] == "regression"
    assert not {*names()} & {*refused()}
