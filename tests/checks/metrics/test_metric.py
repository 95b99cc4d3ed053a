"""The metric check: scikit-learn's values, honest intervals, and no value where there is none."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics as sk

from modelgate import Facts, Outcome
from modelgate.aggregates import Batch
from modelgate.declaring import DECLARED
from modelgate.errors import UsageError
from modelgate.metrics.table import METRICS

REPOSITORY = Path(__file__).parents[3]
BINARY = Facts("classification", ("stay", "leave"), 1)
NUMBERS = Facts("regression")
NO_SCALE = "the targets do not vary: there is no scale to judge an error by"


def loaded(name: str) -> ModuleType:
    """A check's file, found by path as the engine finds it."""
    spec = spec_from_file_location(f"checks_{name}", REPOSITORY / f"checks/metrics/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CHECK = loaded("metric")


def ask(name: str, facts: Facts, batch: Batch, **settings: Any) -> Outcome:
    found = CHECK.needs(facts, {"metric": name, **settings}).make(facts)
    found.add(batch)
    outcome = CHECK.metric(found, metric=name, **settings)
    assert isinstance(outcome, Outcome)
    return outcome


def of_labels(truth: list[int], answer: list[int]) -> Batch:
    return Batch(np.array(truth), np.array(answer))


def of_scores(truth: list[int], scores: list[float]) -> Batch:
    score = np.array(scores)
    return Batch(np.array(truth), (score >= 0.5).astype(int), np.column_stack([1 - score, score]))


def drawn(
    seed: int, classes: int, rows: int, *, weighted: bool
) -> tuple[Facts, Batch, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, rows)
    truth[:classes] = np.arange(classes)  # each class occurs, or scikit-learn has no areas
    scores = rng.dirichlet(np.full(classes, 0.5), rows)
    scores[np.arange(rows), truth] += rng.random(rows)
    scores /= scores.sum(axis=1, keepdims=True)
    weight = rng.exponential(size=rows) if weighted else None
    facts = Facts("classification", tuple(range(classes)), 1 if classes == 2 else None)
    return facts, Batch(truth, scores.argmax(axis=1), scores, weight), {"sample_weight": weight}


samples = given(
    seed=st.integers(0, 10**6),
    classes=st.integers(2, 10),
    rows=st.integers(12, 200),
    weighted=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@samples
def test_metrics_of_labels_are_scikit_learns(
    *, seed: int, classes: int, rows: int, weighted: bool
) -> None:
    facts, batch, weight = drawn(seed, classes, rows, weighted=weighted)
    truth, answer = batch.truth, batch.answer
    expected = {
        "accuracy": sk.accuracy_score(truth, answer, **weight),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, answer, **weight),
        "mcc": sk.matthews_corrcoef(truth, answer, **weight),
    }
    for name, value in expected.items():
        assert ask(name, facts, batch).value == pytest.approx(value, abs=1e-9)
    for name, score in (
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
        ("f1", sk.f1_score),
    ):
        for average in ("macro", "micro", "weighted"):
            value = score(truth, answer, average=average, zero_division=0.0, **weight)
            found = ask(name, facts, batch, average=average)
            assert found.value == pytest.approx(value, abs=1e-9)
        values = score(truth, answer, average=None, zero_division=np.nan, **weight)
        for label, value in enumerate(values):
            of_one = ask(name, facts, batch, of=str(label)).value
            assert of_one == (None if np.isnan(value) else pytest.approx(value, abs=1e-9))


@settings(max_examples=60, deadline=None)
@samples
def test_metrics_of_scores_are_scikit_learns(
    *, seed: int, classes: int, rows: int, weighted: bool
) -> None:
    facts, batch, weight = drawn(seed, classes, rows, weighted=weighted)
    truth, scores = batch.truth, batch.scores
    assert scores is not None
    labels = np.arange(classes)
    areas = scores[:, 1] if classes == 2 else scores
    expected = {
        "log_loss": sk.log_loss(truth, scores, labels=labels, **weight),
        "brier": sk.brier_score_loss(
            truth, areas, labels=labels if classes > 2 else None, **weight
        ),
        "auroc": sk.roc_auc_score(truth, areas, multi_class="ovr", **weight),
        "auprc": sk.average_precision_score(truth, areas, **weight),
    }
    for name, value in expected.items():
        assert ask(name, facts, batch).value == pytest.approx(value, abs=1e-9)
    if classes > 2:
        weighed = sk.roc_auc_score(truth, areas, multi_class="ovr", average="weighted", **weight)
        found = ask("auroc", facts, batch, average="weighted")
        assert found.value == pytest.approx(weighed, abs=1e-9)
        top = sk.top_k_accuracy_score(truth, scores, k=2, labels=labels, **weight)
        assert ask("top_k_accuracy", facts, batch, k=2).value == pytest.approx(top, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(29, 200),
    weighted=st.booleans(),
    offset=st.sampled_from([0.0, 1.0, 1e6, 1e9]),
)
def test_metrics_of_numbers_are_scikit_learns(
    *, seed: int, rows: int, weighted: bool, offset: float
) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=rows) + offset
    answer = truth + rng.standard_t(4, size=rows)
    weight = rng.exponential(size=rows) if weighted else None
    batch, extra = Batch(truth, answer, None, weight), {"sample_weight": weight}
    expected = {
        "mae": sk.mean_absolute_error(truth, answer, **extra),
        "rmse": sk.root_mean_squared_error(truth, answer, **extra),
        "mape": sk.mean_absolute_percentage_error(truth, answer, **extra),
        "median_absolute_error": sk.median_absolute_error(truth, answer, **extra),
        "bias": np.average(answer - truth, weights=weight),
        "smape": np.average(
            2 * np.abs(answer - truth) / (np.abs(truth) + np.abs(answer)), weights=weight
        ),
    }
    for name, value in expected.items():
        assert ask(name, NUMBERS, batch).value == pytest.approx(float(value), rel=1e-9, abs=1e-9)
    # Targets far from 0 cost scikit-learn digits, not us.
    r2 = sk.r2_score(truth, answer, **extra)
    assert ask("r2", NUMBERS, batch).value == pytest.approx(r2, rel=1e-9 if offset < 1e9 else 1e-6)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    classes=st.integers(2, 5),
    rows=st.integers(12, 200),
    weighted=st.booleans(),
)
def test_every_value_lies_in_its_interval_and_no_interval_is_a_point(
    *, seed: int, classes: int, rows: int, weighted: bool
) -> None:
    facts, batch, _ = drawn(seed, classes, rows, weighted=weighted)
    numbers = Batch(batch.truth.astype(float), batch.answer.astype(float), None, batch.weight)
    for name, metric in METRICS.items():
        of_classes = metric.task == "classification"
        found = ask(name, *((facts, batch) if of_classes else (NUMBERS, numbers)), k=1)
        if found.value is None:
            assert found.reason
            assert found.interval is None
        elif name != "confusion":
            assert found.interval is not None
            assert found.interval.low <= found.value <= found.interval.high
            # Rows of one size are surely a quantile's place, but no other metric's.
            if name not in {"median_absolute_error", "quantile_error"}:
                assert found.interval.low < found.interval.high
            assert np.isfinite([found.value, found.interval.low, found.interval.high]).all()


@pytest.mark.parametrize(
    ("hits", "verdict"),
    [
        pytest.param(198, "pass", id="99-percent-is-surely-above-90"),
        pytest.param(150, "fail", id="75-percent-is-surely-below"),
        pytest.param(184, "open", id="92-percent-of-200-could-be-either-side"),
    ],
)
def test_a_limit_on_accuracy(hits: int, verdict: str) -> None:
    truth = [0, 1] * 100
    answer = truth[:hits] + [1 - label for label in truth[hits:]]
    found = ask("accuracy", BINARY, of_labels(truth, answer)).interval
    assert found is not None
    assert verdict == ("pass" if found.low >= 0.9 else "fail" if found.high < 0.9 else "open")


@pytest.mark.parametrize(
    ("noise", "verdict"),
    [
        pytest.param(0.5, "pass", id="half-is-surely-below-1"),
        pytest.param(2.0, "fail", id="two-is-surely-above"),
        pytest.param(1.0, "open", id="one-could-be-either-side"),
    ],
)
def test_a_limit_on_rmse(noise: float, verdict: str) -> None:
    rng = np.random.default_rng(0)
    truth: NDArray[Any] = rng.normal(size=200)
    found = ask("rmse", NUMBERS, Batch(truth, truth + noise * rng.normal(size=200))).interval
    assert found is not None
    assert verdict == ("pass" if found.high <= 1 else "fail" if found.low > 1 else "open")


def test_a_model_without_an_error_is_not_sure() -> None:
    truth = [0, 1] * 50
    for name in ("accuracy", "recall", "f1", "balanced_accuracy", "mcc"):
        found = ask(name, BINARY, of_labels(truth, truth))
        assert found.value == 1
        assert found.interval is not None
        assert found.interval.low < 0.985
    numbers = np.array(truth, float)
    perfect = ask("rmse", NUMBERS, Batch(numbers, numbers))
    assert perfect.value == 0
    assert perfect.interval is not None
    assert perfect.interval.high > 0.15


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("auroc", "needs probabilities; the model answers labels only"),
        ("auprc", "needs probabilities; the model answers labels only"),
        ("log_loss", "needs probabilities; the model answers labels only"),
        ("brier", "needs probabilities; the model answers labels only"),
        ("top_k_accuracy", "needs probabilities; the model answers labels only"),
    ],
)
def test_labels_alone_have_no_score(name: str, reason: str) -> None:
    found = ask(name, BINARY, of_labels([0, 1], [0, 1]), k=1)
    assert (found.value, found.interval, found.reason) == (None, None, reason)


@pytest.mark.parametrize(
    ("name", "truth", "answer", "reason"),
    [
        ("precision", [0, 1], [0, 0], "undefined: 'leave' is never answered"),
        ("recall", [0, 0], [0, 1], "undefined: 'leave' is never in the truth"),
        ("f1", [0, 0], [0, 0], "undefined: 'leave' is never in truth or answers"),
        ("mcc", [0, 0], [0, 1], "undefined: every truth is of one class"),
        ("mcc", [0, 1], [1, 1], "undefined: every answer is of one class"),
    ],
)
def test_nothing_over_nothing_has_no_value(
    name: str, truth: list[int], answer: list[int], reason: str
) -> None:
    found = ask(name, BINARY, of_labels(truth, answer))
    assert (found.value, found.interval, found.reason) == (None, None, reason)


def test_an_area_needs_both_kinds() -> None:
    found = ask("auroc", BINARY, of_scores([1, 1], [0.2, 0.9]))
    assert found.value is None
    assert found.reason == "undefined: not both 'leave' and others occur in the truth"


@pytest.mark.parametrize(
    ("name", "truth", "answer", "reason"),
    [
        ("mape", [0.0, 1.0, 2.0], [1.0, 1.0, 1.0], "undefined: the target is 0 in 1 of 3 rows"),
        ("r2", [2.0, 2.0], [1.0, 2.0], "undefined: all targets are equal"),
        ("rmse", [2.0], [1.0], "one row says nothing of the spread"),
        ("rmse", [1e200, 1.0], [-1e200, 1.0], "some values are too large to be summed"),
        ("r2", [1e200, 1.0], [-1e200, 1.0], "some values are too large to be summed"),
        ("quantile_error", [1.0] * 28, [2.0] * 28, "29 rows are needed to bound this quantile"),
        ("mae", [0.0, 0.0], [0.0, 0.0], NO_SCALE),
        ("bias", [0.0, 0.0], [0.0, 0.0], NO_SCALE),
    ],
)
def test_numbers_that_have_no_value(
    name: str, truth: list[float], answer: list[float], reason: str
) -> None:
    found = ask(name, NUMBERS, Batch(np.array(truth), np.array(answer)))
    assert (found.value, found.interval, found.reason) == (None, None, reason)


def test_rows_that_weigh_nothing_have_no_value() -> None:
    batch = Batch(np.array([0, 1]), np.array([0, 1]), np.eye(2), np.zeros(2))
    for name in ("accuracy", "recall", "mcc", "auroc", "log_loss"):
        found = ask(name, BINARY, batch)
        assert (found.value, found.reason) == (None, "the weights of all rows are 0")


def test_weights_count_by_their_effective_number() -> None:
    weight = np.array([9.0] + [1.0] * 99)
    batch = Batch(np.ones(100, int), np.ones(100, int), None, weight)
    found = ask("accuracy", BINARY, batch)
    assert found.n == 100
    assert found.n_effective == pytest.approx(108**2 / 180)


def test_an_auroc_waits_for_ten_rows_of_the_rarer_class() -> None:
    truth = [1] * 5 + [0] * 95
    found = ask("auroc", BINARY, of_scores(truth, [0.9] * 5 + [0.1] * 95))
    assert (found.n, found.minimum) == (100, 200)


def test_the_details_hold_the_matrix_and_each_class() -> None:
    found = ask("confusion", BINARY, of_labels([0, 0, 1], [0, 1, 1]))
    assert (found.value, found.kind, found.unit) == (1.0, "exact", "rows")
    assert found.details["confusion"] == {"classes": ["stay", "leave"], "rows": [[1, 1], [0, 1]]}
    assert found.details["per_class"] == [
        {"class": "stay", "rows": 2, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)},
        {"class": "leave", "rows": 1, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)},
    ]


@pytest.mark.parametrize(
    ("facts", "settings", "code", "message"),
    [
        (BINARY, {"metric": "acuracy"}, "MG2190", "did you mean 'accuracy'?"),
        (BINARY, {"metric": "rmse"}, "MG2191", "rmse is a metric of regression"),
        (NUMBERS, {"metric": "f1"}, "MG2191", "f1 is a metric of classification"),
        (BINARY, {"metric": "accuracy", "average": "macro"}, "MG2192", "it has none"),
        (BINARY, {"metric": "auroc", "average": "micro"}, "MG2192", "binary, macro, weighted"),
        (
            Facts("classification", ("a", "b", "c")),
            {"metric": "f1", "average": "binary"},
            "MG2192",
            "needs a positive class",
        ),
        (BINARY, {"metric": "recall", "of": "leaf"}, "MG2193", "did you mean 'leave'?"),
        (BINARY, {"metric": "mcc", "of": "leave"}, "MG2193", "cannot be asked with of: leave"),
        (
            BINARY,
            {"metric": "recall", "of": "leave", "average": "macro"},
            "MG2193",
            "cannot be asked with average: macro and of: leave",
        ),
        (BINARY, {"metric": "top_k_accuracy", "k": 3}, "MG2194", "k: 3 is not between 1 and"),
        (NUMBERS, {"metric": "quantile_error", "quantile": 1.0}, "MG2194", "between 0 and 1"),
    ],
)
def test_a_mistake_is_found_before_any_row(
    facts: Facts, settings: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        CHECK.needs(facts, settings)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_the_declaration_names_every_metric() -> None:
    declared = getattr(CHECK.metric, DECLARED)
    assert set(declared.settings["metric"].type.__args__) == set(METRICS)
    assert (declared.subject, declared.severity) == ("metric", "blocker")
