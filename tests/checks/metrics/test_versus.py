"""Metrics of labels against a champion: the two are compared row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from modelgate.aggregates import Batch, Facts
from modelgate.aggregates.paired_confusion import PairedConfusion
from modelgate.metrics.measure import Options
from modelgate.metrics.paired_cells import compare_accuracy
from modelgate.report import Result
from modelgate.stats.paired import paired_share
from modelgate.testing import run_check

CLASSES = ["ant", "bee", "cat"]
LABEL_METRICS = [
    ("accuracy", {}),
    ("balanced_accuracy", {}),
    ("precision", {"average": "macro"}),
    ("recall", {"average": "macro"}),
    ("f1", {"average": "weighted"}),
    ("f1", {"of": "bee"}),
    ("precision", {"of": "bee"}),
    ("recall", {"of": "bee"}),
    ("f1", {"average": "micro"}),
    ("mcc", {}),
]
names = pytest.mark.parametrize(
    ("metric", "settings"), LABEL_METRICS, ids=lambda one: str(one).strip("{}")
)


def answers(rows: int, right: float, seed: int, alike: float = 0.9) -> tuple[Any, Any, Any]:
    """Truth, and two models that are right equally often and mostly on the same rows."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, rows, p=[0.5, 0.3, 0.2])

    def model() -> Any:
        other = (truth + rng.integers(1, 3, rows)) % 3
        return np.where(rng.random(rows) < right, truth, other)

    first, second = model(), model()
    return truth, first, np.where(rng.random(rows) < alike, first, second)


def versus(truth: Any, answer: Any, champion: Any, metric: str, **others: Any) -> Result:
    words = np.array(CLASSES)
    return run_check(
        "metric",
        subject=metric,
        truth=words[truth],
        answer=words[answer],
        champion_answer=words[champion],
        classes=CLASSES,
        **others,
    )


def worsened(truth: Any, answer: Any, share: float, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(truth)) < share, (truth + 1) % 3, answer)


@names
def test_a_model_as_good_passes_one_much_worse_fails_and_few_rows_tell_nothing(
    metric: str, settings: dict[str, Any]
) -> None:
    truth, candidate, champion = answers(6000, 0.9, seed=1)
    tolerant = {"settings": settings, "margin": 0.05}
    assert versus(truth, candidate, champion, metric, **tolerant).status == "passed"
    worse = worsened(truth, champion, 0.15)
    assert versus(truth, worse, champion, metric, **tolerant).status == "failed"
    few = slice(0, 60)
    result = versus(truth[few], candidate[few], champion[few], metric, **tolerant)
    assert result.status == "undecided"
    assert result.versus == "champion"
    assert result.id.endswith(" v champion")


@names
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_both_values_are_those_of_either_model_alone(
    metric: str, settings: dict[str, Any], seed: int
) -> None:
    truth, candidate, champion = answers(200, 0.7, seed)
    words = np.array(CLASSES)
    alone = [
        run_check(
            "metric", subject=metric, truth=words[truth], answer=words[one], classes=CLASSES,
            settings=settings,
        ).value
        for one in (candidate, champion)
    ]  # fmt: skip
    result = versus(truth, candidate, champion, metric, settings=settings)
    assert result.value == pytest.approx(alone[0], abs=1e-12)
    assert result.champion == pytest.approx(alone[1], abs=1e-12)
    assert alone[0] is not None
    assert alone[1] is not None
    assert result.difference == pytest.approx(alone[0] - alone[1], abs=1e-12)
    assert result.difference is not None
    assert result.difference_interval is not None
    assert result.difference_interval[0] <= result.difference <= result.difference_interval[1]


@names
def test_a_model_against_itself_differs_by_nothing_and_not_surely(
    metric: str, settings: dict[str, Any]
) -> None:
    truth, candidate, _ = answers(500, 0.9, seed=3)
    result = versus(truth, candidate, candidate, metric, settings=settings)
    assert result.difference == 0
    assert result.difference_interval is not None
    low, high = result.difference_interval
    assert low < 0 < high
    assert result.status == "passed"


def test_accuracy_is_what_the_discordant_rows_say() -> None:
    truth, candidate, champion = answers(1000, 0.9, seed=5)
    gains = int(((candidate == truth) & (champion != truth)).sum())
    losses = int(((candidate != truth) & (champion == truth)).sum())
    result = versus(truth, candidate, champion, "accuracy")
    expected = paired_share(gains, losses, 1000)
    assert result.difference_interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert result.discordant == gains + losses
    assert result.value == sk.accuracy_score(truth, candidate)


def test_the_margin_hangs_on_the_rows_and_not_on_the_candidate() -> None:
    margins: list[float] = []
    for rows in (100, 1500, 2500, 5500, 25_000):
        truth, candidate, champion = answers(rows, 0.9, seed=7)
        found = {
            versus(truth, one, champion, "accuracy").limit["margin"]
            for one in (candidate, worsened(truth, candidate, 0.2), truth)
        }
        assert len(found) == 1
        margins += found
    assert margins == [0.03, 0.02, 0.02, 0.01, 0.005]


def test_weights_count_as_rows_do() -> None:
    truth, candidate, champion = answers(1200, 0.9, seed=9)
    plain = versus(truth, candidate, champion, "accuracy")
    weighted = versus(truth, candidate, champion, "accuracy", weight=[2.5] * 1200)
    assert weighted.difference == pytest.approx(plain.difference)
    assert weighted.difference_interval == pytest.approx(plain.difference_interval)


def test_top_k_is_compared_by_ranks() -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 8, 3000)

    def scores(sharp: float) -> Any:
        raw = rng.random((3000, 8)) + sharp * np.eye(8)[truth]
        return raw / raw.sum(axis=1, keepdims=True)

    champion, equal, worse = scores(0.8), scores(0.8), scores(0.4)
    found = [
        run_check(
            "metric", subject="top_k_accuracy", truth=truth, scores=one, champion_scores=champion,
            classes=list(range(8)), settings={"k": 3}, margin=0.03,
        )
        for one in (champion, equal, worse)
    ]  # fmt: skip
    assert [one.status for one in found] == ["passed", "passed", "failed"]
    expected = sk.top_k_accuracy_score(truth, worse, k=3)
    assert found[2].value == pytest.approx(expected)
    assert found[2].champion == pytest.approx(sk.top_k_accuracy_score(truth, champion, k=3))


FACTS = Facts("classification", ("no", "yes"), 1)


def counted(labelled: int, alike: int, apart: int, gains: int, losses: int) -> PairedConfusion:
    """Rows with a label, of which some are discordant; and rows without one."""
    rows = labelled + alike + apart
    truth = np.zeros(rows, int)
    answer, champion = truth.copy(), truth.copy()
    champion[:gains] = 1
    answer[gains : gains + losses] = 1
    answer[rows - apart :] = 1
    truth[labelled:] = -1
    found = PairedConfusion(FACTS)
    found.add(Batch(truth=truth, answer=answer, champion_answer=champion, labelled=truth >= 0))
    return found


def test_rows_that_both_answer_alike_need_no_label() -> None:
    few = compare_accuracy(
        counted(labelled=60, alike=1940, apart=0, gains=20, losses=25), Options()
    )
    full = compare_accuracy(
        counted(labelled=2000, alike=0, apart=0, gains=20, losses=25), Options()
    )
    assert few.interval == full.interval
    assert few.n == full.n == 2000
    assert few.difference == full.difference
    assert few.value is None


def test_a_row_without_a_label_may_speak_for_either_model_where_they_differ() -> None:
    known = compare_accuracy(
        counted(labelled=60, alike=1940, apart=0, gains=20, losses=25), Options()
    )
    open_ = compare_accuracy(
        counted(labelled=60, alike=1930, apart=10, gains=20, losses=25), Options()
    )
    assert known.interval is not None
    assert open_.interval is not None
    assert open_.interval.low == paired_share(20, 35, 2000).low
    assert open_.interval.high == paired_share(30, 25, 2000).high
    assert open_.reason == "10 rows without a label could speak for either model"


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(1, 399), max_size=5),
    st.sampled_from([2, 3, 20]),
)
def test_any_split_of_the_rows_counts_alike(seed: int, cuts: list[int], classes: int) -> None:
    rng = np.random.default_rng(seed)
    truth, answer, champion = rng.integers(0, classes, (3, 400))
    labelled = rng.random(400) < 0.8
    batch = Batch(truth=truth, answer=answer, champion_answer=champion, labelled=labelled)
    facts = Facts("classification", tuple(range(classes)))
    whole, parts = PairedConfusion(facts), PairedConfusion(facts)
    whole.add(batch)
    for part in np.split(rng.permutation(400), sorted(cuts)):
        other = PairedConfusion(facts)
        other.add(batch.take(part))
        parts.merge(other)
    for one, two in zip(whole.cells, parts.cells, strict=True):
        assert np.array_equal(one, two)
    assert (whole.alike, whole.apart, whole.rows) == (parts.alike, parts.apart, parts.rows)
