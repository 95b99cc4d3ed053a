"""A way of making models is good where its models are, whatever rows they were made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modelgate import Predictions, Status
from modelgate.cli import main
from modelgate.formats.refitting import REFITTED, out_of_fold
from modelgate.formats.refusal import Refusal
from modelgate.formats.sklearn_file import Estimator
from modelgate.metrics.folds import folds_of
from modelgate.model import Artifact
from modelgate.provided import Sample
from modelgate.report import Result
from modelgate.report_file import read_report
from modelgate.testing import run_check
from tests.checks.artifact.toys import ToyBench, artifact

Refits = Callable[[NDArray[Any], NDArray[np.int64]], NDArray[Any]]


class Refitting(ToyBench):
    """Answers out of fold as it was told to."""

    def __init__(self, refits: Refits, **changed: Any) -> None:
        super().__init__()
        self._refits = refits
        self._artifact = replace(artifact("model.skops"), **({"format": "sklearn"} | changed))

    @property
    def artifact(self) -> Artifact:
        return self._artifact

    def refitted(
        self, inputs: Any, truth: NDArray[Any], folds: NDArray[np.int64], *, seed: int
    ) -> NDArray[Any]:
        assert len(inputs) == len(truth) == folds.shape[1]
        assert seed == 7
        return self._refits(truth, folds)


def sample(truth: NDArray[Any]) -> Sample:
    numbers = truth.dtype.kind == "f"
    return Sample(
        rows=pa.RecordBatch.from_pydict({"x": np.arange(len(truth))}),
        answers=Predictions(values=truth) if numbers else Predictions(labels=truth),
        champion=None,
        truth=truth,
        positions=np.arange(len(truth)),
        seed=7,
    )


def wrong_in(share: float) -> Refits:
    """So many rows are answered wrongly, others in each repeat."""

    def refits(truth: NDArray[Any], folds: NDArray[np.int64]) -> NDArray[Any]:
        wrong = np.random.default_rng(1).random(folds.T.shape) < share
        return np.where(wrong, 1 - truth[:, None], truth[:, None])

    return refits


def asked(refits: Refits, truth: NDArray[Any], metric: str = "accuracy", **more: Any) -> Result:
    numbers = truth.dtype.kind == "f"
    return run_check(
        "cross_validation",
        subject=metric,
        task="regression" if numbers else "classification",
        classes=None if numbers else [0, 1],
        truth=truth,
        answer=truth,
        bench=more.pop("bench", None) or Refitting(refits),
        sample=sample(truth),
        **more,
    )


def nothing() -> None:
    """After a fit."""


TRUTH = np.arange(1000) % 2


@pytest.mark.parametrize(
    ("share", "status"),
    [(0.04, Status.PASSED), (0.2, Status.FAILED), (0.1, Status.UNDECIDED)],
    ids=["good", "bad", "at-the-limit"],
)
def test_the_three_ends(share: float, status: Status) -> None:
    result = asked(wrong_in(share), TRUTH, at_least=0.9)
    assert result.status is status
    assert result.value == pytest.approx(1 - share, abs=0.02)
    assert len(result.details["scores"]) == 15


def test_folds_that_all_agree_are_not_certainty() -> None:
    result = asked(wrong_in(0.0), TRUTH, at_least=0.9999)
    assert (result.value, result.status) == (1.0, Status.UNDECIDED)
    assert result.interval is not None
    assert 0.99 < result.interval[0] < 0.9999


def test_classes_that_are_never_found_count_where_each_class_does() -> None:
    truth = (np.arange(1000) % 10 == 0).astype(np.int64)

    def always_none(truth: NDArray[Any], folds: NDArray[np.int64]) -> NDArray[Any]:
        return np.zeros((len(truth), len(folds)), np.int64)

    assert asked(always_none, truth).value == pytest.approx(0.9)
    assert asked(always_none, truth, "balanced_accuracy").value == pytest.approx(0.5)


def test_errors_of_numbers_are_in_the_targets_unit() -> None:
    truth = np.linspace(0, 10, 500)

    def half_off(truth: NDArray[Any], folds: NDArray[np.int64]) -> NDArray[Any]:
        noise = np.random.default_rng(2).normal(0, 0.5, folds.T.shape)
        return truth[:, None] + noise

    result = asked(half_off, truth, "rmse", at_most=0.6)
    assert (result.status, result.better) == (Status.PASSED, "lower")
    assert result.value == pytest.approx(0.5, abs=0.05)


def test_an_answer_that_is_no_number_does_not_pass() -> None:
    truth = np.linspace(0, 10, 500)

    def spoilt(truth: NDArray[Any], folds: NDArray[np.int64]) -> NDArray[Any]:
        answers = np.repeat(truth[:, None], len(folds), axis=1)
        answers[3, 0] = np.nan
        return answers

    result = asked(spoilt, truth, "mae", at_most=5)
    assert result.value is None
    assert result.status is not Status.PASSED


@pytest.mark.parametrize(
    "changed",
    [{"format": "onnx"}, {"prepare": {"kind": "sklearn"}}],
    ids=["another-format", "prepared"],
)
def test_what_cannot_be_fitted_again_is_not_asked(changed: dict[str, Any]) -> None:
    bench = Refitting(wrong_in(0), **changed)
    result = asked(wrong_in(0), TRUTH, at_least=0.9, bench=bench)
    assert result.status is Status.SKIPPED
    assert "only an estimator of scikit-learn" in (result.reason or "")


def test_a_class_of_fewer_rows_than_folds_is_not_dealt() -> None:
    truth = np.where(np.arange(200) < 3, 1, 0)
    result = asked(wrong_in(0), truth, at_least=0.9)
    assert result.status is Status.SKIPPED
    assert result.reason == "a class has 3 rows, which cannot be dealt into 5 folds"


def test_folds_hold_as_many_rows_and_of_each_class() -> None:
    classes = np.random.default_rng(3).choice(3, 101, p=[0.7, 0.2, 0.1])
    dealt = folds_of(101, folds=4, repeats=2, seed=1, classes=classes)
    for of_rows in dealt:
        assert np.ptp(np.bincount(of_rows)) <= 1
        for one in range(3):
            assert np.ptp(np.bincount(of_rows[classes == one], minlength=4)) <= 1
    assert (dealt[0] != dealt[1]).any()
    assert np.array_equal(dealt, folds_of(101, folds=4, repeats=2, seed=1, classes=classes))


def test_each_row_is_answered_by_an_estimator_that_never_saw_it() -> None:
    from sklearn.model_selection import PredefinedSplit, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    dice = np.random.default_rng(4)
    rows, truth = dice.normal(size=(90, 3)), dice.choice(3, 90)
    names = np.array(["a", "b", "c"])
    fitted = DecisionTreeClassifier(random_state=0).fit(rows, names[truth])
    dealt = folds_of(90, folds=3, repeats=2, seed=2, classes=truth)
    order = {"truth": truth.tolist(), "folds": dealt.tolist(), "seed": 0}
    fits: list[int] = []
    found = out_of_fold(
        Estimator(fitted, "here"), {"features": rows}, order, after_each=lambda: fits.append(1)
    )[REFITTED]
    for repeat, of_rows in enumerate(dealt):
        expected = cross_val_predict(
            DecisionTreeClassifier(random_state=0), rows, names[truth], cv=PredefinedSplit(of_rows)
        )
        assert names[found[:, repeat]].tolist() == expected.tolist()
    assert len(fits) == 6


def test_an_estimator_that_draws_draws_the_same_again() -> None:
    from sklearn.ensemble import RandomForestRegressor

    dice = np.random.default_rng(5)
    rows, truth = dice.normal(size=(60, 2)), dice.normal(size=60)
    model = Estimator(RandomForestRegressor(3).fit(rows, truth), "here")
    order = {"truth": truth.tolist(), "folds": [(np.arange(60) % 3).tolist()], "seed": 1}
    first, again = (
        out_of_fold(model, {"features": rows}, order, after_each=nothing)[REFITTED]
        for _ in range(2)
    )
    assert np.array_equal(first, again)


def test_what_raises_while_it_is_fitted_is_told_by_its_code() -> None:
    from sklearn.linear_model import LogisticRegression

    model = Estimator(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "here")
    order = {"truth": [0, 1], "folds": [[0, 1]], "seed": 0}
    with pytest.raises(Refusal, match=r"^MG4090 cannot be fitted again: .*class"):
        out_of_fold(model, {"features": np.zeros((2, 1))}, order, after_each=nothing)
    with pytest.raises(Refusal, match=r"^MG4090 is no estimator"):
        out_of_fold(object(), {}, order, after_each=nothing)


def test_a_file_is_fitted_again_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    monkeypatch.chdir(tmp_path)
    dice = np.random.default_rng(6)
    rows = pd.DataFrame({"x": dice.normal(size=400), "z": dice.normal(size=400)})
    truth = np.where(rows["x"] + dice.normal(0, 0.3, 400) > 0, "yes", "no")
    rows.assign(y=truth).to_csv("rows.csv", index=False)
    skops.io.dump(LogisticRegression().fit(rows, truth), "model.skops")
    Path("suite.yaml").write_text(
        "data:\n  test: {path: rows.csv, target: y}\n  reference: {path: rows.csv, target: y}\n"
        "checks:\n  - {cross_validation: accuracy, data: reference, at_least: 0.8}\n"
        "  - {metric: accuracy, at_least: 0.8}\n"
    )
    code = main(["check", "model.skops", "--suite", "suite.yaml", "--report", "json:report.json"])
    assert code == 0
    result = next(
        one
        for one in read_report(Path("report.json").read_bytes(), "report.json").results
        if "cross" in one.check
    )
    assert (result.status, result.n, result.data) == (Status.PASSED, 400, "reference")
    assert result.value == pytest.approx(0.9, abs=0.05)
