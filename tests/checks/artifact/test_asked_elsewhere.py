"""The same rows, answered by another program, by the model before, and with a column exchanged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.artifact.parity import Tolerance, of_outputs, of_predictions
from modelgate.errors import MistakesError, ModelError, UsageError
from modelgate.model import Artifact, Signature, Tensor
from modelgate.predictions import Predictions
from modelgate.provided import Sample
from modelgate.report import Result
from modelgate.testing import Toy, run_check
from modelgate.worker.explain import Refusal
from modelgate.worker.openers import warm_up
from tests.checks.artifact.toys import ToyBench

ROWS = 1_000
CLASSES = Facts("classification", ("cat", "dog"), 1)
NUMBERS = Facts("regression")


class Thinking:
    """A model of two columns that heeds the first alone, or both."""

    def __init__(self, facts: Facts = CLASSES, *, heeds: tuple[str, ...] = ("x",)) -> None:
        self.facts = facts
        self.columns = ("x", "y")
        self._heeds = heeds

    def predict(self, inputs: Any) -> Predictions:
        total = sum(inputs.column(name).to_numpy() for name in self._heeds)
        values = np.asarray(total, np.float64)
        if self.facts.task == "regression":
            return Predictions(values=values)
        high = 1 / (1 + np.exp(-values))
        return Predictions(scores=np.stack([1 - high, high], axis=1))


def sample_of(model: Thinking, rows: int = ROWS, **columns: Any) -> Sample:
    dice = np.random.default_rng(1)
    made = {"x": dice.normal(size=rows), "y": dice.normal(size=rows), **columns}
    table = pa.RecordBatch.from_pydict(made)
    answers = model.predict(table)
    truth = answers.labels if answers.values is None else answers.values
    assert truth is not None
    return Sample(
        rows=table,
        answers=answers,
        champion=None,
        truth=truth,
        positions=np.arange(rows) * 3,
        seed=5,
    )


def turned(answers: Predictions, rows: int) -> Predictions:
    """The same, but for some rows whose label is another."""
    if answers.values is not None:
        values = answers.values.copy()
        values[:rows] += 1
        return Predictions(values=values)
    assert answers.scores is not None
    scores = answers.scores.copy()
    scores[:rows] = scores[:rows, ::-1]
    return Predictions(scores=scores)


def elsewhere(by: str, rows: int, *, facts: Facts = CLASSES, **more: Any) -> Result:
    """Parity with a program that answers so many rows otherwise."""
    model = Thinking(facts)
    sample = sample_of(model)
    bench = ToyBench(predictions=turned(sample.answers, rows))
    return run_check(
        "parity", subject=by, model=model, sample=sample, probe=_toy(), bench=bench, **more
    )


def _toy() -> Toy:
    signature = Signature((), (Tensor("answer", "float64", None),), batch=None, batched=())
    toy = Artifact("toy", "toy", "onnx", None, 0, signature)
    return Toy(toy, lambda rows, *_: np.arange(float(rows))[:, None])


@pytest.mark.parametrize("facts", [CLASSES, NUMBERS], ids=lambda facts: facts.task)
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(0, "passed", id="all-alike"),
        pytest.param(50, "failed", id="one-in-twenty-differs"),
        pytest.param(8, "undecided", id="8-of-1000-could-be-either-side-of-1-percent"),
    ],
)
def test_parity_on_a_sample(facts: Facts, rows: int, expected: str) -> None:
    result = elsewhere("optimisation", rows, facts=facts)
    assert (result.status, result.value, result.n) == (expected, rows / ROWS, ROWS)
    assert result.method == "Clopper-Pearson"
    low, high = result.interval or (0, 0)
    assert low <= rows / ROWS < high


def test_parity_shows_the_rows_that_flipped() -> None:
    result = elsewhere("openvino", 40, settings={"evidence": 1})
    (shown,) = result.evidence
    assert (shown["type"], shown["by"]) == ("input", "OpenVINO")
    was, answer = sorted([shown["was"], shown["answer"]])
    assert re.fullmatch(r"cat \((0\.\d+)\)", was)
    assert re.fullmatch(r"dog \(cat: (0\.\d+)\)", answer)
    assert shown["row"] % 3 == 0  # of the data, not of the sample
    assert sorted(shown["input"]) == ["x", "y"]
    assert result.details["flipped"] == result.details["beyond_tolerance"] == 40


def test_parity_asks_about_fewer_rows_where_told_or_where_the_program_is_slow() -> None:
    model = Thinking()
    sample = sample_of(model)
    bench = ToyBench(predictions=turned(sample.answers, 0))
    for by, settings in (("optimisation", {"rows": 100}), ("reference", {})):
        few = np.sort(
            np.random.default_rng(5).choice(ROWS, 100 if settings else 300, replace=False)
        )
        assert sample.answers.scores is not None
        bench = ToyBench(predictions=Predictions(scores=sample.answers.scores[few]))
        result = run_check(
            "parity",
            subject=by,
            model=model,
            sample=sample,
            probe=_toy(),
            bench=bench,
            settings=settings,
        )
        assert (result.value, result.n) == (0, len(few))
        assert [count for _, count in bench.asked] == [len(few)]


@pytest.mark.parametrize(
    ("moved", "expected"),
    [pytest.param(0, "passed", id="alike"), pytest.param(2, "failed", id="two-rows-differ")],
)
def test_without_labels_raw_outputs_are_compared(moved: int, expected: str) -> None:
    other = np.arange(64.0)[:, None]
    other[:moved] += 1
    bench = ToyBench(outputs={"answer": other})
    result = run_check("parity", subject="reference", probe=_toy(), bench=bench)
    assert (result.status, result.kind, result.value) == (expected, "exact", moved / 64)
    assert [one["row"] for one in result.evidence] == list(range(moved))
    assert bench.asked == [("reference", 64)]


def test_without_labels_fewer_rows_are_compared_with_a_call_of_as_many() -> None:
    bench = ToyBench(outputs={"answer": np.arange(64.0)[:, None]})
    result = run_check(
        "parity", subject="reference", probe=_toy(), bench=bench, settings={"rows": 4}
    )
    assert (result.status, result.n, bench.asked) == ("passed", 4, [("reference", 4)])


def test_without_labels_or_rows_nothing_is_told() -> None:
    toy = Toy(_toy().artifact, lambda rows, *_: np.zeros((rows, 1)), rows=0)
    bench = ToyBench(outputs={"answer": np.zeros((0, 1))})
    result = run_check("parity", subject="reference", probe=toy, bench=bench)
    assert (result.status, result.reason) == ("undecided", "there is no row to ask about")


def test_a_program_that_cannot_run_the_model_keeps_the_gate_shut_and_says_why() -> None:
    error = ModelError("MG3190", "toy: cannot be run by OpenVINO: it has no operator Unique")
    result = run_check("parity", subject="openvino", probe=_toy(), bench=ToyBench(outputs=error))
    assert result.status == "crashed"
    assert result.reason == f"MG3190 {error.message}"


@pytest.mark.parametrize("backend", ["unoptimised", "reference", "openvino"])
def test_a_file_that_is_no_onnx_is_run_by_no_other_program(backend: str) -> None:
    with pytest.raises(Refusal, match="is no ONNX file") as caught:
        warm_up({"format": "xgboost", "backend": backend})
    assert caught.value.code == "MG3190"


@pytest.mark.parametrize(
    ("by", "bench", "code"),
    [
        pytest.param("optimisation", None, "MG3192", id="no-file-of-the-model"),
        pytest.param("source", ToyBench(), "MG3192", id="no-labelled-rows"),
    ],
)
def test_nothing_to_compare_with(
    by: str, bench: ToyBench | None, code: str, tmp_path: Path
) -> None:
    (tmp_path / "answers.csv").write_text("answer\ncat\n")
    settings = {"predictions": str(tmp_path / "answers.csv")} if by == "source" else {}
    result = run_check("parity", subject=by, probe=_toy(), bench=bench, settings=settings)
    assert result.status == "crashed"
    assert str(result.reason).startswith(code)


def test_a_file_of_predictions_belongs_to_source_alone(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("answer\ncat\n")
    named = {"predictions": str(tmp_path / "answers.csv")}
    for by, settings in (("source", {}), ("reference", named)):
        with pytest.raises(UsageError) as caught:
            elsewhere(by, 0, settings=settings)
        assert caught.value.code == "MG2196"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("rows", 0), ("rows", 2_001), ("atol", -1), ("rtol", 2), ("evidence", -1)],
)
def test_settings_out_of_their_range_are_told_by_line(setting: str, value: float) -> None:
    with pytest.raises(MistakesError, match=f"'{setting}' takes"):
        elsewhere("optimisation", 0, settings={setting: value})


def scores(*rows: float) -> Predictions:
    high = np.array(rows)
    return Predictions(scores=np.stack([1 - high, high], axis=1))


@pytest.mark.parametrize(
    ("one", "other", "flipped", "beyond"),
    [
        pytest.param(scores(0.9), scores(0.90005), 0, 0, id="rounding"),
        pytest.param(scores(0.9), scores(0.95), 0, 1, id="another-score"),
        pytest.param(scores(0.49999), scores(0.50001), 1, 0, id="a-flip-within-the-tolerance"),
        pytest.param(scores(0.9), scores(np.nan), 1, 1, id="no-number"),
        pytest.param(scores(np.nan), scores(np.nan), 0, 0, id="no-number-in-both"),
        pytest.param(scores(np.inf), scores(0.9), 0, 1, id="infinite-in-one"),
        pytest.param(
            Predictions(values=np.array([2e6])),
            Predictions(values=np.array([2.001e6])),
            0,
            0,
            id="of-its-size",
        ),
        pytest.param(
            Predictions(labels=np.array([1])),
            Predictions(labels=np.array([-1])),
            1,
            0,
            id="a-label-of-no-class",
        ),
    ],
)
def test_what_differs(one: Predictions, other: Predictions, flipped: int, beyond: int) -> None:
    apart = of_predictions(one, other, Tolerance())
    assert (apart.flipped.sum(), apart.beyond.sum()) == (flipped, beyond)
    assert apart.worst(9) == ([0] if flipped or beyond else [])


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        pytest.param(
            np.array([[1, 2]], np.float32), np.array([[1, 2]], np.float32), False, id="alike"
        ),
        pytest.param(
            np.array([[1, 2]], np.float32), np.array([[1, 2.1]], np.float32), True, id="farther"
        ),
        pytest.param(
            np.array([[1, 2]], np.float32), np.array([1], np.float32), True, id="another-shape"
        ),
        pytest.param(np.array([3]), np.array([4]), True, id="another-class"),
        pytest.param(np.array(["a"], object), np.array(["a"], object), False, id="texts"),
        pytest.param(
            np.array([3]), np.array([3.0], np.float32), False, id="another-type-of-one-value"
        ),
        pytest.param(
            np.array([np.nan], np.float32), np.array([0], np.float32), True, id="no-number"
        ),
    ],
)
def test_which_raw_outputs_differ(one: NDArray[Any], other: NDArray[Any], differs: bool) -> None:
    assert of_outputs({"y": one}, {"y": other}, Tolerance()).rows.tolist() == [differs]


def test_an_output_that_the_other_one_lacks_differs() -> None:
    assert of_outputs({"y": np.zeros(2)}, {}, Tolerance()).rows.tolist() == [True, True]


def ignored(model: Thinking, **columns: Any) -> Result:
    sample = sample_of(model, **columns)
    return run_check("unused_inputs", model=model, sample=sample, at_most=0, severity="blocker")


def test_a_column_that_the_model_ignores_is_named() -> None:
    result = ignored(Thinking(heeds=("x",)))
    assert (result.status, result.value) == ("failed", 1)
    assert result.says == "The model ignores 'y': no other value moved an answer."
    (shown,) = result.evidence
    assert (shown["column"], shown["rows"]) == ("y", result.details["ignored"]["y"])
    assert shown["input"]["y"] != shown["changed"]["y"]
    assert shown["was"] == shown["answer"]
    assert 500 <= result.details["ignored"]["y"] <= ROWS


def test_no_column_is_ignored() -> None:
    assert ignored(Thinking(heeds=("x", "y"))).status == "passed"


@pytest.mark.parametrize(
    ("rows", "columns", "reason"),
    [
        pytest.param(9, {"x": [1.0] * 9, "y": [2.0] * 9}, "one value alone", id="all-rows-alike"),
        pytest.param(3, {}, "more columns than rows", id="three-rows"),
    ],
)
def test_whether_a_column_is_ignored_cannot_be_told(rows: int, columns: Any, reason: str) -> None:
    result = ignored(Thinking(), rows=rows, **columns)
    assert (result.status, result.value) == ("undecided", None)
    assert reason in str(result.reason)


@pytest.mark.parametrize(
    ("loss", "rows", "expected"),
    [
        pytest.param("flips", 10, "passed", id="few-flips"),
        pytest.param("flips", 200, "failed", id="many-flips"),
        pytest.param("flips", 50, "undecided", id="flips-about-the-limit"),
        pytest.param("accuracy", 10, "passed", id="nearly-as-accurate"),
        pytest.param("accuracy", 200, "failed", id="less-accurate"),
        pytest.param("accuracy", 50, "undecided", id="about-the-limit"),
        pytest.param("log_loss", 200, "failed", id="a-metric-where-less-is-better"),
        pytest.param("auroc", 0, "passed", id="the-same-ranking"),
    ],
)
def test_what_the_smaller_model_lost(loss: str, rows: int, expected: str, tmp_path: Path) -> None:
    result = quantised(loss, CLASSES, rows, tmp_path)
    assert result.status == expected
    if loss in {"flips", "accuracy"}:
        assert result.value == pytest.approx(rows / ROWS)
        (first, *_) = result.evidence
        assert (first["type"], first["by"]) == ("input", "its smaller form")
        assert first["was"] != first["answer"]


def quantised(loss: str, facts: Facts, rows: int, folder: Path, **more: Any) -> Result:
    """A model that answers so many rows otherwise than the original, which is always right."""
    model = Thinking(facts)
    sample = sample_of(model)
    smaller = Sample(
        rows=sample.rows,
        answers=turned(sample.answers, rows),
        champion=None,
        truth=sample.truth,
        positions=sample.positions,
        seed=5,
    )
    original = folder / "original.onnx"
    original.write_bytes(b"")
    given = {"bench": ToyBench(predictions=sample.answers), **more}
    return run_check(
        "quantization_loss",
        subject=loss,
        model=model,
        sample=smaller,
        settings={"original": str(original)},
        at_most=0.05,
        severity="blocker",
        **given,
    )


@pytest.mark.parametrize(
    ("loss", "rows", "expected"),
    [
        pytest.param("mae", 10, "passed", id="nearly-as-near"),
        pytest.param("mae", 300, "failed", id="farther"),
        pytest.param("rmse", 300, "failed", id="farther-by-its-square"),
    ],
)
def test_what_a_smaller_regression_lost(
    loss: str, rows: int, expected: str, tmp_path: Path
) -> None:
    result = quantised(loss, NUMBERS, rows, tmp_path)
    assert result.status == expected
    assert result.unit == "target"


@pytest.mark.parametrize(("loss", "facts"), [("flips", NUMBERS), ("mae", CLASSES)])
def test_a_loss_of_the_other_task_is_no_question(loss: str, facts: Facts, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        quantised(loss, facts, 0, tmp_path)
    assert caught.value.where is not None


@pytest.mark.parametrize("loss", ["flips", "accuracy"])
def test_an_original_without_answers_measures_nothing(loss: str, tmp_path: Path) -> None:
    broken = Predictions(scores=np.full((ROWS, 2), np.nan))
    result = quantised(loss, CLASSES, 0, tmp_path, bench=ToyBench(predictions=broken))
    assert result.status == "crashed"
    assert str(result.reason).startswith(f"MG3193 the original answers {ROWS} rows with no class")


def test_an_original_needs_a_file_of_the_model(tmp_path: Path) -> None:
    result = quantised("flips", CLASSES, 0, tmp_path, bench=None)
    assert result.status == "crashed"
    assert str(result.reason).startswith("MG3192")
