"""Faults do to answers what they say, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.binding import Reading
from modelgate.replay import Replies
from modelgate.selftest.fault import Fault, Untried
from modelgate.selftest.label_faults import label_faults
from modelgate.selftest.labels import Labels
from modelgate.selftest.turning import log_loss, sharpened, turned
from modelgate.selftest.values import Values, value_faults

N = 4000
TWO = Reading(
    task="classification",
    scores="scores",
    labels="labels",
    classes=("no", "yes"),
    own=(0, 1),
    positive=1,
)


def labels(reading: Reading = TWO, *, scores: bool = True) -> Labels:
    """A model that is right in about four of five rows."""
    rng = np.random.default_rng(0)
    classes = len(reading.classes)
    truth = rng.integers(0, classes, N)
    logits = rng.normal(0, 1, (N, classes))
    logits[np.arange(N), truth] += 1.5
    powers = np.exp(logits)
    found = powers / powers.sum(axis=1, keepdims=True)
    answer = found.argmax(axis=1)
    if reading.threshold is not None:
        answer = (found[:, 1] >= reading.threshold).astype(np.int64)
    usable = np.ones(N, dtype=np.bool_)
    usable[:50] = False
    return Labels(Replies(answer, found if scores else None), reading, truth, usable)


def share(replies: Replies, given: Labels) -> float:
    return float((replies.answer == given.truth)[given.usable].mean())


def as_read(replies: Replies, reading: Reading) -> np.ndarray:
    """The answers, as the gate reads them."""
    if reading.labels is not None or replies.scores is None:
        return replies.answer
    if reading.threshold is not None:
        return (replies.scores[:, 1] >= reading.threshold).astype(np.int64)
    return np.asarray(replies.scores.argmax(axis=1))


READINGS = {
    "labels-and-scores": TWO,
    "scores-decide": Reading(
        task="classification", scores="scores", classes=("no", "yes"), positive=1
    ),
    "threshold-decides": Reading(
        task="classification", scores="scores", classes=("no", "yes"), positive=1, threshold=0.3
    ),
    "five-classes": Reading(
        task="classification", scores="scores", labels="labels", classes=("a", "b", "c", "d", "e")
    ),
    "five-classes-scores-decide": Reading(
        task="classification", scores="scores", classes=("a", "b", "c", "d", "e")
    ),
}


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
@pytest.mark.parametrize("drop", [0.01, 0.05])
def test_a_drop_is_as_large_as_it_says(reading: Reading, drop: float) -> None:
    given = labels(reading)
    everywhere = np.ones(N, dtype=np.bool_)
    shares = [
        share(
            Replies(as_read(given.wrong_by(drop, everywhere, np.random.default_rng(i)), reading)),
            given,
        )
        for i in range(30)
    ]
    assert np.mean(shares) == pytest.approx(share(given.replies, given) - drop, abs=0.002)


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_rows_that_are_turned_are_read_as_turned(reading: Reading) -> None:
    given = labels(reading)
    rows = np.flatnonzero(given.right)[:500]
    replies = given.turn(rows, np.random.default_rng(0))
    read = as_read(replies, reading)
    assert (read[rows] != given.truth[rows]).all()
    untouched = np.setdiff1d(np.arange(N), rows)
    assert (read[untouched] == as_read(given.replies, reading)[untouched]).all()
    assert replies.scores is not None
    assert np.allclose(replies.scores.sum(axis=1), 1, atol=1e-9)
    assert replies.scores.min() >= 0


def test_a_tie_is_turned_too() -> None:
    reading = READINGS["scores-decide"]
    tied = Replies(np.zeros(3, dtype=np.int64), np.full((3, 2), 0.5))
    replies = turned(tied, reading, np.array([1]), np.array([1]))
    assert replies.scores is not None
    assert replies.scores.argmax(axis=1).tolist() == [0, 1, 0]


def test_an_equal_model_is_as_good_and_another() -> None:
    given = labels()
    replies = given.equal(np.random.default_rng(0))
    assert share(replies, given) == share(given.replies, given)
    assert (replies.answer != given.replies.answer).mean() == pytest.approx(0.04, abs=0.002)


def test_the_model_itself_is_never_changed() -> None:
    given = labels()
    before = given.replies.answer.copy(), np.array(given.replies.scores)
    for fault in label_faults(given, [], 2, 2):
        if isinstance(fault, Fault):
            fault.make(np.random.default_rng(0))
    assert np.array_equal(given.replies.answer, before[0])
    assert np.array_equal(np.asarray(given.replies.scores), before[1])


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
@pytest.mark.parametrize("scores", [True, False], ids=["scores", "labels-alone"])
def test_rows_that_do_not_count_are_answered_as_before(reading: Reading, scores: bool) -> None:
    if not scores and reading.labels is None:
        pytest.skip("a model answers with something")
    given = labels(reading, scores=scores)
    apart = ~given.usable
    for fault in label_faults(given, [], 2, 2):
        if isinstance(fault, Fault) and not fault.name.startswith("threshold"):
            replies = fault.make(np.random.default_rng(0))
            assert (replies.answer[apart] == given.replies.answer[apart]).all(), fault.name


def test_every_useless_model_is_no_better_than_chance() -> None:
    given = labels()
    faults = {one.name: one for one in label_faults(given, [], 2, 2) if isinstance(one, Fault)}
    for name in ("constant", "shuffled"):
        replies = faults[name].make(np.random.default_rng(0))
        assert share(replies, given) == pytest.approx(0.5, abs=0.03)


@given(
    temperature=st.floats(0.2, 5),
    positive=st.lists(st.floats(0, 1), min_size=1, max_size=50),
    threshold=st.floats(0.05, 0.95),
)
def test_scaled_scores_change_no_answer(
    temperature: float, positive: list[float], threshold: float
) -> None:
    above = np.array(positive)
    scores = np.stack([1 - above, above], axis=1)
    clear = np.abs(above - threshold) > 1e-6
    found = sharpened(scores, temperature, threshold)
    assert np.allclose(found.sum(axis=1), 1)
    assert ((found[:, 1] >= threshold) == (above >= threshold))[clear].all()


def test_scaled_scores_are_no_fault_where_they_help() -> None:
    given = labels()
    assert given.replies.scores is not None
    dull = sharpened(given.replies.scores, 3.0, None)
    made = [
        *label_faults(
            Labels(Replies(given.replies.answer, dull), TWO, given.truth, given.usable), [], 2, 2
        )
    ]
    assert log_loss(dull, given.truth) > log_loss(given.replies.scores, given.truth)
    untried = [one.says for one in made if isinstance(one, Untried)]
    assert untried == ["are twice as sure of every answer (temperature 0.5)"]


@pytest.mark.parametrize("sign", [1, -1], ids=["more", "fewer"])
@pytest.mark.parametrize("name", ["labels-and-scores", "scores-decide", "threshold-decides"])
def test_another_threshold_moves_a_tenth_of_the_rows(name: str, sign: int) -> None:
    reading = READINGS[name]
    given = labels(reading)
    before = as_read(given.replies, reading)[given.usable].mean()
    moved = [
        as_read(given.moved(sign * 0.1, np.random.default_rng(i)), reading)[given.usable].mean()
        for i in range(20)
    ]
    assert np.mean(moved) - before == pytest.approx(sign * 0.1, abs=0.005)


def values() -> Values:
    rng = np.random.default_rng(0)
    truth = rng.gamma(4, 100, N)
    return Values(truth + rng.normal(0, 40, N), truth, np.ones(N, dtype=np.bool_))


@pytest.mark.parametrize("rise", [0.02, 0.1])
def test_noise_makes_the_error_as_large_as_it_says(rise: float) -> None:
    given = values()
    after = [
        given.error(given.noisy(rise, None, np.random.default_rng(i)).answer) for i in range(30)
    ]
    assert np.mean(after) == pytest.approx(given.error() * (1 + rise), rel=0.003)


def test_a_bias_and_noise_in_a_slice_stay_what_they_are() -> None:
    given = values()
    some = np.arange(N) < 500
    replies = given.noisy(0.2, some, np.random.default_rng(0))
    assert (replies.answer[~some] == given.answer[~some]).all()
    assert given.error(replies.answer, some) == pytest.approx(
        1.2 * given.error(among=some), rel=0.05
    )
    off = given.biased(0.1, np.random.default_rng(0)).answer - given.answer
    assert np.ptp(off) == pytest.approx(0, abs=1e-9)
    assert off[0] != 0


def test_an_equal_model_of_numbers_errs_as_much() -> None:
    given = values()
    replies = given.equal(np.random.default_rng(0))
    assert given.error(replies.answer) == pytest.approx(given.error(), rel=1e-9)
    assert (replies.answer != given.answer).mean() == pytest.approx(0.1, abs=0.01)


def test_a_model_without_any_error_cannot_err_more_by_a_share() -> None:
    given = values()
    made = [*value_faults(Values(given.truth, given.truth, given.usable), [], 2, 2)]
    assert [one.name for one in made if isinstance(one, Fault)] == [
        "copy",
        "equal",
        "constant",
        "shuffled",
    ]
    assert [one.why for one in made if isinstance(one, Untried)] == [
        "it makes no error that could grow"
    ]
