"""From raw answers to aggregates: every row is judged once, or counted with its reason."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.aggregates import Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.worst import Worst
from modelgate.binding import Reading
from modelgate.errors import DataError, ModelCrashedError
from modelgate.findings import findings
from modelgate.judging import Judge
from modelgate.slices import MISSING

READING = Reading(task="classification", scores="p", classes=("no", "yes"), positive=1)
CONFUSION = Need(Confusion)
WORST = Need(Worst)


def block(**columns: Any) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def scores(*positive: float) -> dict[str, Any]:
    found = np.array(positive)
    return {"p": np.stack([1 - found, found], axis=1)}


def judge(**others: Any) -> Judge:
    return Judge(READING, [CONFUSION, WORST], target="y", **others)


def counts(judged: Judge) -> list[list[int]]:
    confusion = judged.gathered.whole[CONFUSION]
    assert isinstance(confusion, Confusion)
    return [list(map(int, row)) for row in confusion.counts]


def test_rows_are_counted_by_truth_and_answer() -> None:
    one = judge()
    one.add(block(y=["no", "no", "yes", "yes"]), scores(0.1, 0.9, 0.8, 0.2))
    assert counts(one) == [[1, 1], [1, 1]]


def test_a_row_that_cannot_be_judged_is_dropped_with_its_reason() -> None:
    one = judge(weight="w")
    one.add(
        block(y=["no", None, "maybe", "yes", "yes", "no"], w=[1.0, 1.0, 1.0, 1.0, None, 1.0]),
        scores(0.1, 0.1, 0.1, np.nan, 0.9, 0.2),
    )
    account = one.gathered.answers
    assert (account.rows, account.judged) == (6, 2)
    assert account.dropped == {
        "label missing or of no class": 2,
        "answer is not finite": 1,
        "weight missing": 1,
    }
    assert account.first_not_finite == [3]


def test_an_answer_of_no_class_is_dropped_and_counted() -> None:
    reading = Reading(task="classification", labels="l", classes=("no", "yes"), positive=1)
    one = Judge(reading, [CONFUSION], target="y")
    one.add(block(y=["no", "yes"]), {"l": np.array(["no", "??"], dtype=object)})
    assert one.gathered.answers.unknown_label == 1
    assert one.gathered.answers.dropped == {"answered with a label of no class": 1}


@pytest.mark.parametrize(
    ("threshold", "answer"),
    [pytest.param(None, 0, id="the-better-score"), pytest.param(0.3, 1, id="the-threshold")],
)
def test_scores_become_answers(threshold: float | None, answer: int) -> None:
    reading = Reading(
        task="classification", scores="p", classes=("no", "yes"), positive=1, threshold=threshold
    )
    one = Judge(reading, [CONFUSION], target="y")
    one.add(block(y=["yes"]), scores(0.4))
    assert counts(one)[1][answer] == 1


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        pytest.param("positive", [[0.25]], [0.75, 0.25], id="one-score"),
        pytest.param("logits", [[0.0, np.log(3)]], [0.25, 0.75], id="logits"),
        pytest.param("probabilities", [[-1e-7, 1.0]], [0.0, 1.0], id="rounded-past-zero"),
        pytest.param("positive", [-1e-7], [1.0, 0.0], id="one-rounded-past-zero"),
        pytest.param("probabilities", [[-1e-3, 1.001]], [-1e-3, 1.001], id="past-zero-indeed"),
        pytest.param("logits", [np.log(3)], [0.25, 0.75], id="one-logit"),
        pytest.param("logits", [[-1e4, 1e4]], [0.0, 1.0], id="logits-far-apart"),
    ],
)
def test_scores_become_probabilities(kind: Any, raw: list[Any], expected: list[float]) -> None:
    reading = Reading(
        task="classification", scores="p", scores_are=kind, classes=(0, 1), positive=1
    )
    one = Judge(reading, [WORST], target="y")
    wrong = 0 if expected[1] > expected[0] else 1
    one.add(block(y=[wrong]), {"p": np.array(raw)})
    worst = one.gathered.whole[WORST]
    assert isinstance(worst, Worst)
    assert worst.rows[0][0] == pytest.approx(max(expected))


def test_numbers_are_judged_and_what_is_none_is_dropped() -> None:
    reading = Reading(task="regression", values="v")
    one = Judge(reading, [WORST], target="y")
    truth = pa.array([1.0, None, np.nan, 4.0, 5.0, np.inf], from_pandas=False)
    raw = {"v": np.array([[1.5], [2.0], [3.0], [np.nan], [-np.inf], [6.0]], dtype=np.float32)}
    one.add(pa.RecordBatch.from_arrays([truth], ["y"]), raw)
    account = one.gathered.answers
    assert (account.rows, account.judged) == (6, 1)
    assert account.dropped == {"target missing or no number": 3, "answer is not finite": 2}
    worst = one.gathered.whole[WORST]
    assert isinstance(worst, Worst)
    assert worst.rows == [(0.5, 0, 1.0, 1.5)]


def test_rows_keep_their_numbers_from_block_to_block() -> None:
    one = judge()
    one.add(block(y=["no", None]), scores(0.1, 0.1))
    one.add(block(y=["no", "yes"]), scores(0.9, 0.9))
    worst = one.gathered.whole[WORST]
    assert isinstance(worst, Worst)
    assert [row for _, row, _, _ in worst.rows] == [2]


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(DataError, match="MG3145"):
        judge(weight="w").add(block(y=["no"], w=[-1.0]), scores(0.1))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(scores(0.1), "MG4023", id="an-answer-too-few"),
        pytest.param({"p": np.zeros((2, 2, 2))}, "MG4022", id="another-shape"),
    ],
)
def test_an_answer_that_breaks_its_shape_is_a_crash(raw: dict[str, Any], code: str) -> None:
    with pytest.raises(ModelCrashedError, match=code):
        judge().add(block(y=["no", "yes"]), raw)


def test_slices_are_counted_apart_and_missing_values_are_a_slice() -> None:
    one = judge(slicings={("c",): [CONFUSION], ("c", "d"): [CONFUSION]})
    one.add(
        block(y=["no", "no", "yes", None], c=["a", None, "a", "b"], d=[1, 1, 2, 2]),
        scores(0.1, 0.9, 0.8, 0.2),
    )
    one.add(block(y=["yes"], c=["a"], d=[1]), scores(0.1))
    found = {
        slicing: {value: int(needs[CONFUSION].counts.sum()) for value, needs in groups.items()}  # type: ignore[attr-defined]
        for slicing, groups in one.gathered.slices.items()
    }
    assert found[("c",)] == {("a",): 3, (MISSING,): 1}
    assert found[("c", "d")] == {("a", 1): 2, (MISSING, 1): 1, ("a", 2): 1}


def test_a_column_of_too_many_values_is_no_slicing() -> None:
    one = judge(slicings={("c",): [CONFUSION]})
    one.add(block(y=["no"] * 1001, c=list(range(1001))), scores(*[0.1] * 1001))
    assert "more than 1,000 values" in one.gathered.slices.unusable[("c",)]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["no", "yes", None]),
        st.floats(0, 1) | st.just(float("nan")),
        st.sampled_from(["a", "b", None]),
    ),
    min_size=1,
    max_size=40,
)


@given(rows=ROWS, cuts=st.sets(st.integers(1, 39)), seed=st.integers(0, 99))
def test_neither_blocks_nor_order_change_what_is_counted(
    rows: list[Any], cuts: set[int], seed: int
) -> None:
    def counted(rows: list[Any], cuts: list[int]) -> Any:
        one = judge(slicings={("c",): [CONFUSION]})
        edges = [0, *(cut for cut in cuts if cut < len(rows)), len(rows)]
        for start, end in pairwise(edges):
            part = rows[start:end]
            table = pa.RecordBatch.from_arrays(
                [
                    pa.array([row[0] for row in part], pa.string()),
                    pa.array([row[2] for row in part], pa.string()),
                ],
                ["y", "c"],
            )
            one.add(table, scores(*(row[1] for row in part)))
        sliced = {
            value: needs[CONFUSION].counts.tolist()  # type: ignore[attr-defined]
            for value, needs in one.gathered.slices[("c",)].items()
        }
        return counts(one), one.gathered.answers.dropped, sliced

    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    assert counted(rows, sorted(cuts)) == counted(shuffled, [])


@pytest.mark.parametrize(
    ("label", "says"),
    [
        pytest.param(1, None, id="labels-that-follow-the-scores"),
        pytest.param(0, "in only 0.0 % of the rows", id="labels-that-contradict-them"),
    ],
)
def test_labels_that_contradict_the_scores_stand_out(label: int, says: str | None) -> None:
    reading = Reading(
        task="classification", scores="p", labels="l", classes=("no", "yes"), positive=1
    )
    one = Judge(reading, [WORST], target="y")
    raw = {**scores(*[0.9] * 50), "l": np.full(50, label)}
    one.add(block(y=[("no", "yes")[label]] * 50), {**raw, "l": np.array(["no", "yes"])[raw["l"]]})
    said = [found.says for found in findings({"test": one.gathered}, [])]
    assert any(says in each for each in said) if says else not any("contradict" in s for s in said)
