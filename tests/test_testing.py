"""What authors of checks test with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

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
    ("settings", "message"),
    [
        pytest.param({"shwn": 1}, "MG2105 check 'negation' has no setting 'shwn'", id="a-typo"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused(
    project: Path, settings: dict[str, int], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        run_check("negation", root=project, model=Reader(), examples=PAIRS, settings=settings)


def test_a_check_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        UsageError, match="MG2104 no check is called 'metrc'; did you mean 'metric'"
    ):
        run_check("metrc")


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
