from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Facts
from modelgate.errors import UsageError
from modelgate.predictions import Predictions
from modelgate.provided import Sample
from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(0)
ROWS = pa.RecordBatch.from_pydict({"x": RNG.normal(size=300).tolist()})


class Toy:
    """Sure of itself inside; `elsewhere` is how sure it is more than five off the middle."""

    columns = ("x",)
    schema = ROWS.schema
    facts = Facts("classification", ("no", "yes"), 1)

    def __init__(self, elsewhere: float) -> None:
        self.elsewhere = elsewhere

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        del sized
        return rows

    def predict(self, rows: pa.RecordBatch) -> Predictions:
        x = np.array(rows.column("x").to_pylist(), dtype=float)
        best = np.where(np.abs(x) > 5, self.elsewhere, 0.97)
        return Predictions(scores=np.stack([1 - best, best], axis=1))


class Number(Toy):
    facts = Facts("regression")

    def predict(self, rows: pa.RecordBatch) -> Predictions:
        x = np.array(rows.column("x").to_pylist(), dtype=float)
        return Predictions(values=np.where(np.abs(x) > 5, self.elsewhere, x))


def asked(model: Toy, measure: str, **others: Any) -> Result:
    limits = {key: others.pop(key) for key in ("at_least", "at_most") if key in others}
    truth = np.ones(300, dtype=np.int64)
    if model.facts.task == "regression":
        truth = np.array(ROWS.column("x").to_pylist())
    sample = Sample(
        rows=ROWS,
        answers=model.predict(ROWS),
        champion=None,
        truth=truth,
        positions=np.arange(300),
        seed=0,
    )
    engine = {key: others.pop(key) for key in ("tables", "answered") if key in others}
    return run_check(
        "ood_behaviour",
        subject=measure,
        model=model,
        sample=sample,
        settings=others,
        task=model.facts.task,
        **engine,
        **limits,
    )


def test_a_model_that_is_sure_of_noise_fails_with_inputs_shown_and_its_twin_passes() -> None:
    result = asked(Toy(0.99), "confident", made="far_noise", at_most=0.05)
    assert (result.status, result.severity) == ("failed", "major")
    assert result.says == (
        "300 of 300 inputs from elsewhere are answered with a probability of 0.9 or more."
    )
    assert len(result.evidence) == 3
    assert result.evidence[0]["answer"] == "yes"
    assert abs(result.evidence[0]["input"]) > 5
    assert asked(Toy(0.6), "confident", made="far_noise", at_most=0.05).status == "passed"


def test_few_inputs_do_not_tell() -> None:
    tables = {"test": {"x": [0.0]}, "far": {"x": [9.0] * 40}}
    answered = {"far": Toy(0.6).predict(pa.RecordBatch.from_pydict({"x": [9.0] * 40}))}
    result = asked(Toy(0.6), "confident", ood="far", tables=tables, answered=answered, at_most=0.05)
    assert (result.status, result.n) == ("undecided", 40)


def test_rows_of_a_data_set_from_elsewhere_are_judged_by_the_answers_to_them() -> None:
    far = pa.RecordBatch.from_pydict({"x": [9.0] * 200})
    for sure, status in ((0.99, "failed"), (0.6, "passed")):
        result = asked(
            Toy(sure),
            "confident",
            ood="far",
            tables={"test": {"x": [0.0]}, "far": {"x": [9.0] * 200}},
            answered={"far": Toy(sure).predict(far)},
            at_most=0.05,
        )
        assert (result.status, result.n) == (status, 200)


def test_confidence_has_to_drop() -> None:
    result = asked(Toy(0.6), "confidence_drop", made="far_noise", at_least=0.2)
    assert (result.status, result.better) == ("passed", "higher")
    assert result.value == pytest.approx(0.37)
    assert asked(Toy(0.97), "confidence_drop", made="far_noise", at_least=0.2).status == "failed"


def test_abstaining_is_a_low_probability_or_a_class() -> None:
    assert asked(Toy(0.6), "abstention", made="far_noise", at_least=0.9).status == "passed"
    assert asked(Toy(0.99), "abstention", made="far_noise", at_least=0.9).status == "failed"
    result = asked(Toy(0.99), "abstention", made="far_noise", abstain="yes", at_least=0.9)
    assert result.status == "passed"
    with pytest.raises(UsageError) as error:
        asked(Toy(0.99), "abstention", made="far_noise", abstain="dunno", at_least=0.9)
    assert error.value.code == "MG2276"


def test_abstaining_everywhere_is_no_merit() -> None:
    class Shy(Toy):
        def predict(self, rows: pa.RecordBatch) -> Predictions:
            x = np.array(rows.column("x").to_pylist(), dtype=float)
            return Predictions(scores=np.stack([x * 0 + 0.4, x * 0 + 0.6], axis=1))

    assert asked(Shy(0.6), "abstention", made="far_noise", at_least=0.9).status == "passed"
    result = asked(Shy(0.6), "abstention_inside", at_most=0.05)
    assert (result.status, result.better, len(result.evidence)) == ("failed", "lower", 3)
    assert result.says == "The model abstains from 300 of 300 rows of the domain."
    assert asked(Toy(0.6), "abstention_inside", at_most=0.05).status == "passed"


def test_a_model_without_probabilities_abstains_by_a_class() -> None:
    class Plain(Toy):
        def predict(self, rows: pa.RecordBatch) -> Predictions:
            x = np.array(rows.column("x").to_pylist(), dtype=float)
            return Predictions(labels=(np.abs(x) > 5).astype(np.int64))

    result = asked(Plain(0.6), "abstention", made="far_noise", abstain="yes", at_least=0.9)
    assert result.status == "passed"
    assert asked(Plain(0.6), "abstention_inside", abstain="yes", at_most=0.05).status == "passed"
    assert asked(Plain(0.6), "abstention_inside", at_most=0.05).status == "skipped"


def test_numbers_stay_in_the_range_of_what_was_seen() -> None:
    assert asked(Number(0.0), "out_of_range", made="far_noise", at_most=0.05).status == "passed"
    assert asked(Number(1e6), "out_of_range", made="far_noise", at_most=0.05).status == "failed"
    assert asked(Number(np.nan), "out_of_range", made="far_noise", at_most=0.05).status == "failed"


@pytest.mark.parametrize("model", [Toy(np.nan), Number(np.inf)])
def test_answers_that_are_no_numbers_are_counted_and_sure_of_themselves(model: Toy) -> None:
    result = asked(model, "not_finite", made="far_noise", at_most=0)
    assert (result.status, result.kind, result.value) == ("failed", "exact", 300)
    assert asked(Toy(0.6), "not_finite", made="far_noise", at_most=0).status == "passed"
    if model.facts.task == "classification":
        assert asked(model, "confident", made="far_noise", at_most=0.05).status == "failed"


def test_a_blank_input_is_one_and_a_fact() -> None:
    result = asked(Toy(0.6), "confident", made="blank", at_most=0.05)
    assert (result.n, result.kind, result.status) == (1, "exact", "failed")  # 0 is in the domain


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "MG2271"),
        ({"made": "blank", "ood": "test"}, "MG2271"),
        ({"made": "blank", "measure": "abstention_inside"}, "MG2271"),
        ({"made": "blank", "sure": 0}, "MG2272"),
        ({"made": "blank", "slack": -1}, "MG2272"),
    ],
)
def test_mistakes_in_a_step_are_told(settings: dict[str, Any], code: str) -> None:
    settings = {"measure": "confident", "tables": {"test": {"x": [0.0]}}, **settings}
    with pytest.raises(UsageError) as error:
        asked(Toy(0.6), at_most=0.05, **settings)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("model", "measure", "made"),
    [
        (Toy(0.6), "confident", "other_language"),
        (Toy(0.6), "out_of_range", "blank"),
        (Number(0.0), "confident", "blank"),
    ],
)
def test_what_cannot_be_asked_is_skipped(model: Toy, measure: str, made: str) -> None:
    result = asked(model, measure, made=made, at_most=0.05)
    assert result.status == "skipped"
    assert result.reason


def test_answers_that_are_no_numbers_are_no_abstention() -> None:
    found = asked(Toy(np.nan), "abstention", made="far_noise", abstain="no", at_least=0.5)
    assert (found.status, found.value) == ("failed", 0.0)
