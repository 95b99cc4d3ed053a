"""Models that know their training rows by heart, and models that have learnt from them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modelgate import evaluate
from modelgate.errors import UsageError
from modelgate.report import Report, Result
from modelgate.testing import run_check


def right(seed: int, count: int, share: float) -> dict[str, Any]:
    """Truth, and answers of which such a share is right."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, count)
    answer = np.where(rng.random(count) < share, truth, 1 - truth)
    return {"truth": truth.tolist(), "answer": answer.tolist()}


def ask(test: dict[str, Any], learnt: dict[str, Any] | None, /, **written: Any) -> Result:
    subject = written.pop("subject", "accuracy")
    return run_check("overfit_gap", subject=subject, reference=learnt, **test, **written)


@pytest.mark.parametrize(
    ("learnt", "count", "status"),
    [
        pytest.param(0.82, 3_000, "passed", id="as-good-on-both"),
        pytest.param(0.99, 3_000, "failed", id="by-heart"),
        pytest.param(0.9, 150, "undecided", id="too-few-rows-to-tell"),
    ],
)
def test_accuracy(learnt: float, count: int, status: str) -> None:
    found = ask(right(1, count, 0.8), right(2, count, learnt), at_most=0.07)
    assert found.status == status


@pytest.mark.parametrize(
    ("spread", "status"), [(1.0, "passed"), (2.0, "failed"), (1.25, "undecided")]
)
def test_of_an_error_the_reference_is_better_where_it_is_smaller(
    spread: float, status: str
) -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(2, 1_000))
    learnt = {"truth": truth[0], "answer": truth[0] + rng.normal(size=1_000)}
    found = run_check(
        "overfit_gap",
        subject="rmse",
        task="regression",
        truth=truth[1],
        answer=truth[1] + rng.normal(0, spread, 1_000),
        reference=learnt,
        at_most=0.2,
    )
    assert found.status == status
    assert found.value == pytest.approx(found.details["test"] - found.details["reference"])


def test_the_gap_is_the_difference_of_the_metrics() -> None:
    test, learnt = right(4, 500, 0.7), right(5, 700, 0.9)
    found = ask(test, learnt, subject="recall", settings={"average": "macro"})
    alone = [
        run_check("metric", subject="recall", settings={"average": "macro"}, **rows).value
        for rows in (learnt, test)
    ]
    assert found.value == pytest.approx(alone[0] - alone[1])  # type: ignore[operator]
    assert found.details["reference_rows"] == 700


def test_a_model_without_an_error_on_either_has_not_surely_no_gap() -> None:
    found = ask(right(6, 100, 1.0), right(7, 100, 1.0), at_most=0.01)
    assert (found.value, found.status) == (0.0, "undecided")


def test_without_a_reference_it_is_skipped() -> None:
    found = ask(right(8, 200, 0.8), None, at_most=0.1)
    assert found.status == "skipped"
    assert found.reason == "there are no labelled rows in the role 'reference'"


def test_a_reference_of_a_few_rows_decides_nothing() -> None:
    found = ask(right(9, 2_000, 0.8), right(10, 20, 0.8), at_most=0.9)
    assert found.status == "undecided"
    assert found.reason == "not enough rows in the reference: 20, and 30 are needed"


def test_a_metric_that_a_set_cannot_give_names_the_set() -> None:
    learnt = {"truth": [1] * 100, "scores": np.full((100, 2), 0.5)}
    rng = np.random.default_rng(11)
    scores = rng.dirichlet([1, 1], 100)
    found = ask({"truth": [0, 1] * 50, "scores": scores}, learnt, subject="auroc", at_most=0.1)
    assert (found.status, found.value) == ("undecided", None)
    assert (found.reason or "").startswith("reference: undefined")


def test_it_cannot_be_asked_of_slices() -> None:
    with pytest.raises(UsageError, match="cannot be asked of slices") as caught:
        ask(right(1, 50, 0.8), right(1, 50, 0.8), settings={"by": "country"})
    assert (caught.value.code, caught.value.exit_code) == ("MG2113", 2)


def judged(tmp_path: Path, reference: str, step: str = "") -> Report:
    rng = np.random.default_rng(12)
    for name in ("train", "test"):
        truth = rng.integers(0, 2, 1_500)
        known = truth if name == "train" else np.where(rng.random(1_500) < 0.7, truth, 1 - truth)
        pd.DataFrame({"x": known, "y": truth}).to_csv(tmp_path / f"{name}.csv", index=False)
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        f"data:\n  test: {{path: test.csv, target: y}}\n  reference: {reference}\n"
        "checks:\n  - metric: accuracy\n    at_least: 0.5\n"
        f"  - overfit_gap: accuracy\n    at_most: 0.1\n{step}",
        "utf-8",
    )
    return evaluate(lambda rows: rows["x"].to_numpy(), suite=suite)


def test_a_suite_asks_two_data_sets_at_once(tmp_path: Path) -> None:
    report = judged(tmp_path, "{path: train.csv, target: y}")
    found = next(one for one in report.results if one.check == "overfit_gap")
    assert found.status == "failed"
    assert found.value == pytest.approx(0.3, abs=0.05)
    assert report.subject["data"]["reference"]["rows"] == 1_500


def test_a_reference_asked_of_itself_is_no_gap(tmp_path: Path) -> None:
    report = judged(tmp_path, "{path: train.csv, target: y}", "    data: reference\n")
    found = next(one for one in report.results if one.check == "overfit_gap")
    assert found.status == "skipped"
    assert "compares the reference with another data set" in (found.reason or "")


def test_rows_of_the_reference_that_cannot_be_judged_keep_it_from_passing(tmp_path: Path) -> None:
    report = judged(tmp_path, "{path: train.csv, target: y}")
    assert report.verdict.decision == "block"
    train = pd.read_csv(tmp_path / "train.csv")
    test = pd.read_csv(tmp_path / "test.csv")
    train.loc[:40, "y"] = np.nan
    train.to_csv(tmp_path / "train.csv", index=False)
    test.assign(x=test["y"]).to_csv(tmp_path / "test.csv", index=False)
    again = evaluate(lambda rows: rows["x"].to_numpy(), suite=tmp_path / "suite.yaml")
    found = next(one for one in again.results if one.check == "overfit_gap")
    assert found.status == "undecided"
    assert "reference: {may_drop" in (found.reason or "")


@pytest.mark.parametrize("shares", [(0.8, 0.8), (0.97, 0.8)], ids=["no-gap", "a-gap"])
def test_either_end_of_the_interval_misses_about_five_in_a_hundred(
    shares: tuple[float, float],
) -> None:
    missed = np.zeros(2)
    for seed in range(100):
        found = ask(right(seed, 150, shares[1]), right(10_000 + seed, 250, shares[0]))
        assert found.interval is not None
        true = shares[0] - shares[1]
        missed += true < found.interval[0], true > found.interval[1]
    assert (missed / 100 <= 0.115).all(), missed / 100  # 5 %, and three deviations
