"""The gain over an answer without input: a fixed answer never passes."""

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

REPOSITORY = Path(__file__).parents[3]
BINARY = Facts("classification", ("stay", "leave"), 1)
NUMBERS = Facts("regression")
LABELS = ["accuracy", "balanced_accuracy", "log_loss", "brier"]
OF_NUMBERS = ["rmse", "mae", "r2"]


def loaded(name: str) -> ModuleType:
    """A check's file, found by path as the engine finds it."""
    spec = spec_from_file_location(f"checks_{name}", REPOSITORY / f"checks/metrics/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CHECK = loaded("naive_gain")


def ask(name: str, facts: Facts, batch: Batch) -> Outcome:
    found = CHECK.needs(facts, {"metric": name}).make(facts)
    found.add(batch)
    outcome = CHECK.naive_gain(found, metric=name)
    assert isinstance(outcome, Outcome)
    return outcome


def verdict(outcome: Outcome) -> str:
    """What the default limit, `at_least: 0`, makes of it."""
    assert outcome.interval is not None
    return "pass" if outcome.interval.low >= 0 else "fail" if outcome.interval.high < 0 else "open"


def classified(skill: float, rows: int = 400, seed: int = 0) -> Batch:
    """Rows of which a quarter leave; the answers follow the truth as much as `skill` says."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(rows) < 0.25).astype(int)
    score = 1 / (1 + np.exp(1.1 - skill * (2 * truth - 1) - 0.5 * rng.normal(size=rows)))
    return Batch(truth, (score >= 0.5).astype(int), np.column_stack([1 - score, score]))


def numbers(skill: float, rows: int = 200) -> Batch:
    rng = np.random.default_rng(0)
    truth = rng.normal(10, 2, rows)
    return Batch(truth, 10 + skill * (truth - 10) + 0.3 * rng.normal(size=rows))


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize(
    ("skill", "expected"), [(2.5, "pass"), (-2.0, "fail"), (0.25, "open")],
    ids=["knows", "has-it-backwards", "knows-next-to-nothing"],
)  # fmt: skip
def test_who_knows_the_classes_gains_on_the_naive_answer(
    name: str, skill: float, expected: str
) -> None:
    rows = 400 if expected != "open" else 30
    found = verdict(ask(name, BINARY, classified(skill, rows)))
    assert found == expected


@pytest.mark.parametrize("name", OF_NUMBERS)
@pytest.mark.parametrize(
    ("skill", "rows", "expected"), [(0.9, 200, "pass"), (-0.9, 200, "fail"), (0.012, 200, "open")],
    ids=["knows", "has-it-backwards", "knows-next-to-nothing"],
)  # fmt: skip
def test_who_knows_the_numbers_gains_on_the_naive_answer(
    name: str, skill: float, rows: int, expected: str
) -> None:
    assert verdict(ask(name, NUMBERS, numbers(skill, rows))) == expected


def fixed(name: str, rows: int) -> tuple[Facts, Batch]:
    """A model that gives the naive answer itself."""
    if name in OF_NUMBERS:
        truth: NDArray[Any] = np.random.default_rng(0).normal(1e5, 2, rows)
        middle = np.median(truth) if name == "mae" else truth.mean()
        return NUMBERS, Batch(truth, np.full(rows, middle))
    truth = (np.arange(rows) % 4 == 0).astype(int)
    share = truth.mean()
    return BINARY, Batch(truth, np.zeros(rows, int), np.tile([1 - share, share], (rows, 1)))


@pytest.mark.parametrize("name", [*LABELS, *OF_NUMBERS])
@pytest.mark.parametrize("rows", [30, 1_000, 200_000])
def test_the_naive_answer_itself_gains_nothing_and_does_not_pass(name: str, rows: int) -> None:
    found = ask(name, *fixed(name, rows))
    assert found.value == pytest.approx(0, abs=1e-9)
    assert found.interval is not None
    assert found.interval.low < -1e-7 < 1e-7 < found.interval.high


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), classes=st.integers(2, 6), weighted=st.booleans())
def test_the_gain_is_scikit_learns_difference(*, seed: int, classes: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = 80
    truth = rng.integers(0, classes, rows)
    truth[:classes] = np.arange(classes)
    scores = rng.dirichlet(np.ones(classes), rows)
    weight = rng.exponential(size=rows) if weighted else None
    facts = Facts("classification", tuple(range(classes)), 1 if classes == 2 else None)
    batch = Batch(truth, scores.argmax(axis=1), scores, weight)
    shares = np.bincount(truth, weights=weight, minlength=classes)
    prior = np.tile(shares / shares.sum(), (rows, 1))
    most = np.full(rows, shares.argmax())
    extra = {"sample_weight": weight}

    def brier(of: NDArray[Any]) -> float:
        if classes == 2:
            return float(sk.brier_score_loss(truth, of[:, 1], **extra))
        return float(sk.brier_score_loss(truth, of, labels=range(classes), **extra))

    expected = {
        "accuracy": sk.accuracy_score(truth, batch.answer, **extra)
        - sk.accuracy_score(truth, most, **extra),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, batch.answer, **extra) - 1 / classes,
        "log_loss": sk.log_loss(truth, prior, **extra) - sk.log_loss(truth, scores, **extra),
        "brier": brier(prior) - brier(scores),
    }
    for name, value in expected.items():
        found = ask(name, facts, batch)
        assert found.value == pytest.approx(float(value), abs=1e-9)
        assert found.interval is not None
        assert found.interval.low <= value + 1e-9
        assert found.interval.high >= value - 1e-9


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), weighted=st.booleans())
def test_the_gain_in_numbers_is_scikit_learns_difference(*, seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.normal(5, 2, 101)
    answer = truth + rng.normal(size=101)
    weight = rng.exponential(size=101) if weighted else None
    batch, extra = Batch(truth, answer, None, weight), {"sample_weight": weight}
    mean = np.full(101, np.average(truth, weights=weight))
    rmse = sk.root_mean_squared_error
    found = ask("rmse", NUMBERS, batch)
    assert found.value == pytest.approx(
        rmse(truth, mean, **extra) - rmse(truth, answer, **extra), abs=1e-9
    )
    assert ask("r2", NUMBERS, batch).value == pytest.approx(sk.r2_score(truth, answer, **extra))
    if not weighted:
        mae = sk.mean_absolute_error
        middle = np.full(101, np.median(truth))
        assert ask("mae", NUMBERS, batch).value == pytest.approx(
            mae(truth, middle) - mae(truth, answer), abs=1e-9
        )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("balanced_accuracy", "only one class occurs in the truth"),
        ("log_loss", "only one class occurs in the truth"),
        ("brier", "only one class occurs in the truth"),
    ],
)
def test_one_class_has_no_gain(name: str, reason: str) -> None:
    batch = Batch(np.ones(40, int), np.ones(40, int), np.tile([0.1, 0.9], (40, 1)))
    found = ask(name, BINARY, batch)
    assert found.value is None
    assert reason in str(found.reason)


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_targets_that_are_all_equal_have_no_gain(name: str) -> None:
    found = ask(name, NUMBERS, Batch(np.full(40, 3.0), np.linspace(2, 4, 40)))
    assert found.value is None
    assert "all targets are equal" in str(found.reason)


def test_labels_alone_have_no_gain_in_probability() -> None:
    found = ask("log_loss", BINARY, Batch(np.array([0, 1]), np.array([0, 1])))
    assert found.reason == "needs probabilities; the model answers labels only"


@pytest.mark.parametrize(
    ("facts", "name", "code"), [(BINARY, "auroc", "MG2190"), (NUMBERS, "accuracy", "MG2191")]
)
def test_a_mistake_is_found_before_any_row(facts: Facts, name: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        CHECK.needs(facts, {"metric": name})
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_its_limit_is_zero_unless_a_suite_says_otherwise() -> None:
    declared = getattr(CHECK.naive_gain, DECLARED)
    assert (declared.at_least, declared.severity, declared.subject) == (0, "blocker", "metric")
