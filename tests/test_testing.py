"""What authors of checks test with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from modelgate import testing
from modelgate.errors import UsageError
from modelgate.predictions import Predictions
from modelgate.testing import run_check

NEGATION = '''
from modelgate import Examples, Model, Outcome, check
from modelgate.stats.shares import wilson


@check(family="behaviour")
def negation(model: Model, examples: Examples, *, shown: int = 5) -> Outcome:
    """A sentence and its negation get different labels.

    Measures: the share of pairs whose label flips.
    Settings: shown, how many unmoved sentences the evidence holds.
    Source: Ribeiro et al. (2020), ACL.
    """
    plain = model.predict(examples["plain"]).labels
    negated = model.predict(examples["negated"]).labels
    flipped = plain != negated
    pairs = zip(examples["negated"], flipped, strict=True)
    return Outcome(
        value=float(flipped.mean()),
        interval=wilson(int(flipped.sum()), len(flipped)),
        better="higher",
        n=len(flipped),
        lowest=0.0,
        highest=1.0,
        evidence=tuple(text for text, moved in pairs if not moved)[:shown],
    )
'''
PAIRS = {"plain": ["good"] * 100, "negated": ["not good"] * 100}


class Reader:
    """Answers 1 unless it sees "not"; `deaf` of its n answers miss the word."""

    def __init__(self, deaf: int = 0) -> None:
        self.deaf = deaf

    def predict(self, inputs: Sequence[str]) -> Predictions:
        labels = np.array(
            [0 if "not" in text and i >= self.deaf else 1 for i, text in enumerate(inputs)]
        )
        return Predictions(np.eye(2)[labels])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "checks" / "behaviour"
    folder.mkdir(parents=True)
    (folder / "negation.py").write_text(NEGATION)
    return tmp_path


@pytest.mark.parametrize(
    ("deaf", "status"),
    [
        pytest.param(0, "passed", id="reads-every-not"),
        pytest.param(40, "failed", id="reads-three-in-five"),
        pytest.param(8, "undecided", id="92-of-100-could-be-either-side-of-90"),
    ],
)
def test_a_check_of_ones_own_with_a_toy_model(project: Path, deaf: int, status: str) -> None:
    result = run_check("negation", root=project, model=Reader(deaf), examples=PAIRS, at_least=0.9)
    assert result.status == status


def test_the_evidence_is_there(project: Path) -> None:
    result = run_check("negation", root=project, model=Reader(deaf=1), examples=PAIRS)
    assert result.evidence == ("not good",)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(
            {"settings": {"shwn": 1}},
            "MG2108 'negation' has no setting 'shwn'; did you mean 'shown'?",
            id="no-such-setting",
        ),
        pytest.param({"settings": {"shown": "five"}}, "MG2109 'shown' takes", id="of-another-type"),
        pytest.param({"at_least": 0.9, "at_most": 0.9}, "MG2112 ", id="two-limits"),
        pytest.param({"at_least": float("nan")}, "MG2109 'at_least' takes", id="a-limit-of-nan"),
        pytest.param({"severity": "grave"}, "MG2111 'severity' can't be", id="no-such-severity"),
        pytest.param({"at_most": 90}, "MG2130 the limit 90 is no share", id="no-share"),
        pytest.param({"at_most": 1}, "MG2131 every model keeps the limit", id="no-limit-at-all"),
    ],
)
def test_a_step_is_refused_as_a_suite_would_refuse_it(
    project: Path, written: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        run_check("negation", root=project, model=Reader(), examples=PAIRS, **written)
    assert message in str(caught.value)
    assert str(caught.value).startswith("run_check")
    assert caught.value.exit_code == 2


def test_a_setting_reaches_the_check(project: Path) -> None:
    found = run_check(
        "negation", root=project, model=Reader(9), examples=PAIRS, settings={"shown": 2}
    )
    assert len(found.evidence) == 2


def test_a_check_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        UsageError, match="MG2104 no check is called 'metrc'; did you mean 'metric'"
    ):
        run_check("metrc")


def test_without_a_model_a_check_of_models_is_skipped(project: Path) -> None:
    found = run_check("negation", root=project, examples=PAIRS, at_least=0.9)
    assert found.status == "skipped"
    assert "no model to ask about other rows" in str(found.reason)


def test_a_model_that_raises_has_crashed_the_check(project: Path) -> None:
    class Broken:
        def predict(self, inputs: Sequence[str]) -> Predictions:
            raise RuntimeError(f"{len(inputs)} are too many")

    found = run_check("negation", root=project, model=Broken(), examples=PAIRS, at_least=0.9)
    assert (found.status, found.reason) == ("crashed", "RuntimeError: 100 are too many")


def test_examples_lie_beside_the_check_unless_they_are_given(project: Path) -> None:
    beside = project / "checks" / "behaviour" / "negation.yaml"
    beside.write_text("plain: [good, fine]\nnegated: [not good, fine]\n")
    found = run_check("negation", root=project, model=Reader(), at_least=0.9)
    assert (found.n, found.value) == (2, 0.5)
    given = run_check("negation", root=project, model=Reader(), examples=PAIRS, at_least=0.9)
    assert (given.n, given.value) == (100, 1.0)


def test_a_severity_and_a_limit_are_as_told() -> None:
    found = run_check(
        "metric", subject="accuracy", truth=[0, 1] * 20, answer=[0, 1] * 20, severity="minor"
    )
    assert (found.status, found.severity, found.limit) == ("info", "minor", {})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(
            {"truth": [0, 1], "answer": [0, 2], "classes": [0, 1]},
            r"2 is none of the classes \[0, 1\]",
            id="a-label-of-no-class",
        ),
        pytest.param({"truth": [0, 1], "answer": [0]}, "not equally long", id="too-few-answers"),
        pytest.param(
            {"truth": [0, 1], "answer": [0, 1], "weight": [1.0]},
            "not equally long",
            id="too-few-weights",
        ),
    ],
)
def test_what_does_not_fit_together_is_a_value_error(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run_check("metric", subject="accuracy", **given)


def test_the_example_in_the_docstring_runs(tmp_path: Path) -> None:
    example = dedent(str(testing.__doc__).partition("\n\n")[2])
    (tmp_path / "test_example.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("right", "status"),
    [
        pytest.param(990, "passed", id="99-percent"),
        pytest.param(800, "failed", id="80-percent"),
        pytest.param(905, "undecided", id="about-the-limit"),
    ],
)
def test_a_metric_by_truth_and_answers(right: int, status: str) -> None:
    truth = ["cat", "dog"] * 500
    answer = [label if i < right else "cow" for i, label in enumerate(truth)]
    result = run_check("metric", subject="accuracy", truth=truth, answer=answer, at_least=0.9)
    assert (result.status, result.n) == (status, 1000)


def test_a_metric_by_scores_and_one_of_numbers() -> None:
    scores = np.array([[0.8, 0.2], [0.4, 0.6]] * 50)
    assert run_check("metric", subject="auroc", truth=[0, 1] * 50, scores=scores).value == 1.0
    found = run_check(
        "metric", subject="mae", task="regression", truth=[1.0] * 40, answer=[1.5] * 40
    )
    assert found.value == 0.5
