"""What the model answered: finite, and as its signature promises; else failed or undecided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.aggregates.answers import Answers
from modelgate.model import Artifact, Signature, Tensor
from modelgate.testing import Toy, run_check


def answers(*rows: list[float], probabilities: bool = False) -> Answers:
    made = Answers()
    matrix = np.array(rows, dtype=np.float64)
    made.seen = {"scores": matrix}
    finite = made.add([matrix], len(matrix))
    if probabilities:
        made.add_probabilities(matrix[finite])
    return made


def strangers(rows: int) -> Answers:
    made = answers([0.1, 0.9], [0.3, 0.7])
    made.unknown_label = rows
    return made


def artifact(*outputs: Tensor, batch: int | None = None, batched: bool = True) -> Artifact:
    signature = Signature((), outputs, batch=batch, batched=("x",) if batched else ())
    return Artifact("toy", "toy", "callable", None, 0, signature)


SCORES = Tensor("scores", "float64", ("N", 2))


@pytest.mark.parametrize(
    ("given", "expected", "value"),
    [
        pytest.param(answers([0.1, 0.9], [0.3, 0.7]), "passed", 0, id="all-finite"),
        pytest.param(answers([0.1, 0.9], [np.nan, 0.7]), "failed", 1, id="one-nan"),
        pytest.param(answers([np.inf, 0.9], [-np.inf, 0.7]), "failed", 2, id="infinities"),
        pytest.param(answers([1e308, 1e308]), "passed", 0, id="large-but-finite"),
        pytest.param(Answers(), "undecided", None, id="no-row-answered"),
    ],
)
def test_finite_outputs(given: Answers, expected: str, value: float | None) -> None:
    result = run_check("finite_outputs", answers=given)
    assert (result.status, result.value) == (expected, value)


def test_finite_outputs_names_the_rows() -> None:
    result = run_check("finite_outputs", answers=answers([1.0], [np.nan], [2.0], [np.inf]))
    assert result.says == "2 of 4 rows are answered with NaN or an infinity (the first: rows 2, 4)."


@pytest.mark.parametrize(
    ("output", "given", "expected", "says"),
    [
        pytest.param(SCORES, answers([0.1, 0.9]), "passed", "", id="as-declared"),
        pytest.param(
            Tensor("scores", "float32", ("N", 2)),
            answers([0.1, 0.9]),
            "failed",
            "declared float32 and answers float64",
            id="another-type",
        ),
        pytest.param(
            Tensor("scores", "float64", ("N", 3)),
            answers([0.1, 0.9]),
            "failed",
            "output 'scores' is declared [N, 3] and answers [N, 2]",
            id="another-width",
        ),
        pytest.param(
            SCORES,
            answers([0.1, 0.8], probabilities=True),
            "failed",
            "of 1 rows do not sum to one (off by up to 0.1)",
            id="probabilities-that-do-not-sum-to-one",
        ),
        pytest.param(
            SCORES,
            answers([-0.1, 1.1], probabilities=True),
            "failed",
            "1 rows have a probability outside [0, 1]",
            id="probabilities-outside",
        ),
        pytest.param(
            Tensor("scores", "float64", (None, 2, 1)),
            answers([0.1, 0.9]),
            "failed",
            "output 'scores' is declared [any, 2, 1] and answers [any, 2]",
            id="another-number-of-axes",
        ),
        pytest.param(
            Tensor("scores", "float64", ("N", "classes")),
            answers([0.1, 0.9]),
            "passed",
            "",
            id="a-free-axis-may-be-any",
        ),
        pytest.param(
            Tensor("scores", "float64", None), answers([0.1, 0.9]), "passed", "", id="no-shape"
        ),
        pytest.param(
            Tensor("scores", "float32", None, "sequence"),
            answers([0.1, 0.9]),
            "passed",
            "",
            id="a-sequence-promises-nothing",
        ),
        pytest.param(
            SCORES, strangers(2), "failed", "2 rows are answered with a label", id="label"
        ),
        pytest.param(SCORES, Answers(), "undecided", "", id="no-row-answered"),
    ],
)
def test_the_signature_is_kept_by_what_is_answered(
    output: Tensor, given: Answers, expected: str, says: str
) -> None:
    toy = Toy(artifact(output), lambda rows, _batch, _call: np.zeros((rows, 2)))
    result = run_check("signature", answers=given, probe=toy)
    assert result.status == expected
    assert says in result.says


def steady(rows: int, _batch: int | None, _call: int) -> NDArray[Any]:
    return np.arange(rows, dtype=np.float32)[:, None] * np.ones(2, dtype=np.float32)


def test_a_row_a_call_is_answered_with_a_whole_output() -> None:
    made = answers([0.1, 0.9])
    made.seen = {"boxes": np.zeros((1, 5, 4))}
    for shape, expected in (((5, 4), "passed"), ((6, 4), "failed"), (("any", 4), "passed")):
        toy = Toy(artifact(Tensor("boxes", "float64", shape), batched=False), steady)
        assert run_check("signature", answers=made, probe=toy).status == expected


def test_what_is_broken_is_evidence_and_no_more_than_asked_for() -> None:
    outputs = [Tensor(f"o{i}", "float32", None) for i in range(7)]
    made = answers([0.1])
    made.seen = {one.name: np.zeros(1) for one in outputs}
    result = run_check(
        "signature",
        answers=made,
        probe=Toy(artifact(*outputs), steady),
        settings={"shown": 2},
    )
    assert result.value == 7
    assert [one["text"] for one in result.evidence] == [
        "output 'o0' is declared float32 and answers float64",
        "output 'o1' is declared float32 and answers float64",
    ]
