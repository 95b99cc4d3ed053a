"""Each property meets a model that keeps it and one that breaks it on inputs no row holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.errors import ModelCrashedError, UsageError
from modelgate.predictions import Predictions
from modelgate.properties.asked import reordered
from modelgate.report import Result
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function, people

__all__ = ["people"]


def asked(
    answer: Callable[[Columns], Any],
    rows: pa.RecordBatch,
    rule: str,
    *,
    values: bool = True,
    **settings: Any,
) -> tuple[Result, Function]:
    model = Function(answer, rows, values=values)
    sample = model.sample(rows)
    found = run_check("property", subject=rule, model=model, sample=sample, settings=settings)
    return found, model


def sigmoid(columns: Columns) -> Any:
    return 1 / (1 + np.exp(-(columns["age"] - 50) / 10))


def by_place(columns: Columns) -> Any:
    """Answers that hang on where a row stands in the call."""
    return np.arange(len(columns["age"])) / (1 + len(columns["age"]))


KEPT: dict[str, tuple[Callable[[Columns], Any], dict[str, Any]]] = {
    "finite": (lambda c: np.log(c["income"]), {}),
    "range": (lambda c: c["age"] * 2.0, {"lowest": 0}),
    "monotone": (lambda c: c["income"] + c["age"], {"column": "income"}),
    "row_order": (lambda c: c["income"] + c["age"], {}),
    "duplicates": (lambda c: c["income"] + c["age"], {}),
}
BROKEN: dict[str, tuple[Callable[[Columns], Any], dict[str, Any]]] = {
    "finite": (lambda c: np.log(c["income"] - 300), {}),
    "range": (lambda c: 400_000 - c["income"], {"lowest": 0}),
    "monotone": (lambda c: np.minimum(c["income"], 90 - c["age"]) - c["age"], {"column": "age"}),
    "row_order": (by_place, {}),
    "duplicates": (by_place, {}),
}


@pytest.mark.parametrize("rule", KEPT)
def test_a_property_that_holds_passes(rule: str, people: pa.RecordBatch) -> None:
    answer, settings = KEPT[rule]
    found, model = asked(answer, people, rule, examples=600, **settings)
    assert (found.status, found.value, found.kind, found.n) == ("passed", 0, "exact", 600)
    assert "which leaves fewer than 0.50% of such inputs (95 %)" in found.says
    assert np.mean(model.sizes) >= 256


@pytest.mark.parametrize("rule", BROKEN)
def test_a_property_that_is_broken_fails_with_an_input(rule: str, people: pa.RecordBatch) -> None:
    answer, settings = BROKEN[rule]
    found, model = asked(answer, people, rule, **settings)
    assert found.status == "failed"
    assert found.value
    first = found.evidence[0]
    assert first["type"] == "input"
    assert {"income", "age"} <= first["input"].keys()
    assert "answer" in first
    assert np.mean(model.sizes) >= 256 or rule in {"row_order", "duplicates"}


@pytest.mark.parametrize("rule", ["sums_to_one", "range", "finite"])
def test_probabilities_that_hold_pass(rule: str, people: pa.RecordBatch) -> None:
    assert asked(sigmoid, people, rule, values=False, examples=200)[0].status == "passed"


def test_probabilities_that_do_not_sum_to_one_fail(people: pa.RecordBatch) -> None:
    def odd(columns: Columns) -> Any:
        score = sigmoid(columns)
        return np.stack([1 - score, np.where(columns["age"] > 85, 1.1 * score, score)], axis=1)

    found, _ = asked(odd, people, "sums_to_one", values=False)
    assert found.status == "failed"
    assert found.evidence[0]["input"]["age"] >= 86


def test_an_input_is_made_simple(people: pa.RecordBatch) -> None:
    found, _ = asked(lambda c: np.where(c["age"] > 80, np.nan, c["income"]), people, "finite")
    cells = found.evidence[0]["input"]
    assert cells["age"] in range(81, 90)
    assert cells["income"] == np.sort(people["income"].to_numpy())[99]
    assert found.evidence[0]["answer"] == "nan"


def test_monotone_shows_both_answers(people: pa.RecordBatch) -> None:
    found, _ = asked(
        lambda c: -np.abs(c["age"] - 60.0), people, "monotone", column="age", increasing=True
    )
    entry = found.evidence[0]
    assert set(entry["changed"]) == {"age"}
    up = entry["changed"]["age"] > entry["input"]["age"]
    assert (entry["answer"] < entry["was"]) == up


def test_ties_and_rounding_are_no_fall(people: pa.RecordBatch) -> None:
    def steps(columns: Columns) -> Any:
        return columns["age"] // 20 + np.random.default_rng(0).random(len(columns["age"])) * 1e-8

    assert asked(steps, people, "monotone", column="age", examples=200)[0].status == "passed"


def test_nan_breaks_monotone_and_range(people: pa.RecordBatch) -> None:
    for rule, settings in (("monotone", {"column": "age"}), ("range", {"lowest": 0})):
        found, _ = asked(lambda c: c["income"] * np.nan, people, rule, **settings)
        assert found.status == "failed"


def test_the_same_seed_finds_the_same(people: pa.RecordBatch) -> None:
    answer, settings = BROKEN["range"]
    one, other = (asked(answer, people, "range", **settings)[0] for _ in range(2))
    assert one == other


def test_probabilities_are_no_question_of_a_regression(people: pa.RecordBatch) -> None:
    found, _ = asked(lambda c: c["income"], people, "sums_to_one")
    assert found.status == "undecided"
    assert found.reason == "the model answers no probabilities"


def test_a_column_that_never_differs_leaves_it_undecided() -> None:
    rows = pa.RecordBatch.from_pydict({"age": [40] * 50, "income": [1.0] * 50})
    found, _ = asked(lambda c: c["age"] * 1.0, rows, "monotone", column="age", examples=200)
    assert found.status == "undecided"
    assert found.reason == "only 0 of 200 inputs drawn could break it"


def test_a_single_row_has_no_order_but_among_others(people: pa.RecordBatch) -> None:
    found, model = asked(lambda c: c["income"], people, "row_order", examples=1)
    assert (found.status, found.n) == ("passed", 1)
    assert max(model.sizes) > 1


@pytest.mark.parametrize(
    ("of", "increasing", "status"),
    [
        pytest.param("yes", True, "passed", id="rises"),
        pytest.param("no", False, "passed", id="the-other-falls"),
        pytest.param("no", True, "failed", id="does-not-rise"),
    ],
)
def test_monotone_is_about_the_score_of_a_class(
    of: str, increasing: bool, status: str, people: pa.RecordBatch
) -> None:
    settings = {"column": "age", "of": of, "increasing": increasing, "examples": 200}
    found, _ = asked(sigmoid, people, "monotone", values=False, **settings)
    assert found.status == status


def test_labels_alone_are_a_score_of_none_or_one(people: pa.RecordBatch) -> None:
    class Labels(Function):
        def predict(self, inputs: Any, *, folder: Path | None = None) -> Predictions:
            del folder
            return Predictions(labels=super().predict(inputs).labels)

    model = Labels(lambda c: (c["age"] > 50) * 1.0, people, values=False)
    for increasing, status in ((True, "passed"), (False, "failed")):
        found = run_check(
            "property",
            subject="monotone",
            model=model,
            sample=model.sample(people),
            settings={"column": "age", "increasing": increasing, "examples": 300},
        )
        assert found.status == status


def test_a_model_that_breaks_off_crashes_the_check(people: pa.RecordBatch) -> None:
    def breaks_off(columns: Columns) -> Any:
        if (columns["age"] > 85).any() and len(columns["age"]) != len(people):
            raise ModelCrashedError("MG4001", "the worker died")
        return columns["income"]

    found, _ = asked(breaks_off, people, "finite", examples=200 + 1)
    assert found.status == "crashed"
    assert str(found.reason).startswith("MG4001")


@pytest.mark.parametrize(
    ("rule", "settings", "code", "says"),
    [
        pytest.param("monotone", {}, "MG2150", "needs `column:`", id="no-column"),
        pytest.param("monotone", {"column": "agee"}, "MG2151", "did you mean 'age'", id="typo"),
        pytest.param("monotone", {"column": "country"}, "MG2151", "holds string", id="words"),
        pytest.param("range", {}, "MG2150", "needs `lowest:` or `highest:`", id="no-bound"),
        pytest.param("range", {"lowest": 2, "highest": 1}, "MG2153", "lies above", id="bounds"),
        pytest.param(
            "finite", {"column": "age"}, "MG2150", "has no setting 'column'", id="strange"
        ),
        pytest.param("duplicates", {"tolerance": -1}, "MG2153", "0 or more", id="tolerance"),
        pytest.param("finite", {"examples": 0}, "MG2153", "between 1 and 100,000", id="examples"),
        pytest.param("range", {"of": "yes", "lowest": 0}, "MG2150", "names a class", id="no-class"),
    ],
)
def test_a_mistake_is_refused(
    rule: str, settings: dict[str, Any], code: str, says: str, people: pa.RecordBatch
) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        asked(lambda c: c["income"], people, rule, **settings)
    assert raised.value.code == code


def test_a_class_that_does_not_exist_is_refused(people: pa.RecordBatch) -> None:
    with pytest.raises(UsageError, match="there is no class 'yess'") as raised:
        asked(sigmoid, people, "monotone", values=False, column="age", of="yess")
    assert raised.value.code == "MG2152"


def test_a_model_that_answers_too_little_crashes_the_check(people: pa.RecordBatch) -> None:
    model = Function(lambda c: c["income"][: len(c["income"]) // 2], people)
    whole = Function(lambda c: c["income"], people).sample(people)
    found = run_check("property", subject="finite", model=model, sample=whole)
    assert found.status == "crashed"
    assert "MG4072" in str(found.reason)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_in_another_order_are_the_same_rows(rows: int, people: pa.RecordBatch) -> None:
    seen: list[list[float]] = []

    def noting(columns: Columns) -> Any:
        seen.append(list(columns["income"]))
        return columns["income"]

    answered = reordered(Function(noting, people), people.slice(0, rows))
    assert answered.after is not None
    assert answered.answers.values is not None
    assert np.array_equal(answered.after.values, answered.answers.values)  # type: ignore[arg-type]
    assert (seen[0] != seen[1]) == (rows > 1)
