"""The bootstrap of a confusion matrix, and its metrics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn import metrics as sk

from modelgate.stats.cell_metrics import accuracy, f1s, matthews, precisions, recalls
from modelgate.stats.cells import (
    CellMetric,
    Floats,
    Margins,
    bootstrap,
    margins,
    paired_bootstrap,
    quantile_of_sorted,
)
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shares import clopper_pearson

Counts = NDArray[np.int64]
counts = st.integers(2, 10).flatmap(lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 9)))


def mean_recall(stack: Margins) -> Floats:
    return np.asarray(recalls(stack).mean(axis=-1))


def of(metric: CellMetric, cells: list[list[float]]) -> Interval:
    return bootstrap(metric, np.array(cells, float), np.array(cells, float))(LEVEL)


@pytest.mark.filterwarnings("ignore:A single label was found:UserWarning")
@given(cells=counts)
def test_the_metrics_are_scikit_learns(cells: Counts) -> None:
    if not cells.any():
        cells = cells + 1
    truth, answer = (np.repeat(index.ravel(), cells.ravel()) for index in np.indices(cells.shape))
    labels = np.arange(len(cells))
    found = margins(cells.astype(float))
    for ours, theirs in (
        (precisions, sk.precision_score),
        (recalls, sk.recall_score),
        (f1s, sk.f1_score),
    ):
        expected = theirs(truth, answer, labels=labels, average=None, zero_division=0.0)
        assert ours(found) == pytest.approx(expected, abs=1e-12)
    assert float(accuracy(found)) == pytest.approx(sk.accuracy_score(truth, answer), abs=1e-12)
    assert float(matthews(found)) == pytest.approx(sk.matthews_corrcoef(truth, answer), abs=1e-9)


@pytest.mark.parametrize(
    ("cells", "hits"),
    [
        pytest.param([[50, 0], [0, 50]], 100, id="no-error"),
        pytest.param([[48, 1], [2, 49]], 97, id="three-errors"),
        pytest.param([[0, 7], [3, 0]], 0, id="no-hit"),
        pytest.param([[1, 0], [0, 0]], 1, id="one-row"),
    ],
)
def test_of_accuracy_it_is_the_exact_interval(cells: list[list[float]], hits: int) -> None:
    found, exact = of(accuracy, cells), clopper_pearson(hits, sum(map(sum, cells)))
    assert found.low == pytest.approx(exact.low, abs=0.006)
    assert found.high == pytest.approx(exact.high, abs=0.006)


@settings(max_examples=30, deadline=None)
@given(cells=counts)
def test_it_holds_the_value_and_is_never_sure(cells: Counts) -> None:
    if not cells.any():
        cells = cells + 1
    found = bootstrap(mean_recall, cells.astype(float), cells.astype(float))(LEVEL)
    assert found.low <= float(mean_recall(margins(cells.astype(float)))) <= found.high <= 1
    assert found.low < found.high


def test_the_same_cells_give_the_same_interval() -> None:
    assert of(matthews, [[40, 3], [5, 52]]) == of(matthews, [[40, 3], [5, 52]])


def test_weights_that_are_all_alike_change_nothing() -> None:
    cells = np.array([[40.0, 3], [5, 52]])
    plain = bootstrap(matthews, cells, cells)(LEVEL)
    weighted = bootstrap(matthews, 3 * cells, 9 * cells)(LEVEL)
    assert weighted.low == pytest.approx(plain.low, abs=1e-9)
    assert weighted.high == pytest.approx(plain.high, abs=1e-9)


def test_a_rare_class_without_an_error_is_not_sure() -> None:
    found = of(mean_recall, [[10_000, 0], [0, 3]])
    # The rare class alone allows a recall of 0.05^(1/3) = 0.37, so a mean of 0.68.
    assert found.low == pytest.approx((1 + 0.05 ** (1 / 3)) / 2, abs=0.01)


@given(
    counts=st.lists(st.integers(0, 60), min_size=27, max_size=27).filter(lambda some: sum(some) > 0)
)
def test_a_difference_lies_in_its_interval_and_is_never_sure(counts: list[int]) -> None:
    joint = np.array(counts, float).reshape(3, 3, 3)
    truth, first, second = np.nonzero(joint)
    weight = joint[truth, first, second]
    drawn = paired_bootstrap(
        f1_of_the_mean, truth, (first, second), weight=weight, square=weight, classes=3
    )
    back = paired_bootstrap(
        f1_of_the_mean, truth, (second, first), weight=weight, square=weight, classes=3
    )
    assert drawn.value == -back.value
    found = drawn(LEVEL)
    assert found.low <= drawn.value <= found.high
    assert found.low < found.high
    assert drawn(0.999).low <= drawn(0.99).low <= found.low
    assert found.high <= drawn(0.99).high <= drawn(0.999).high


def f1_of_the_mean(stack: Margins) -> Floats:
    return np.asarray(f1s(stack).mean(axis=-1))


def test_a_model_against_itself_differs_by_nothing_but_not_surely() -> None:
    truth = np.array([0, 0, 1, 1])
    answer = np.array([0, 1, 0, 1])
    weight = np.array([450.0, 50.0, 40.0, 460.0])
    drawn = paired_bootstrap(
        f1_of_the_mean, truth, (answer, answer), weight=weight, square=weight, classes=2
    )
    assert drawn.value == 0
    assert -0.01 < drawn(LEVEL).low < 0 < drawn(LEVEL).high < 0.01


def test_a_difference_misses_as_rarely_as_it_says() -> None:
    """Macro F1 of two equal models, 400 rows, a rare class of one in eight."""
    rng = np.random.default_rng(11)
    runs, missed = 400, np.zeros(2)
    for _ in range(runs):
        truth = (rng.random(400) < 0.125).astype(int)
        answers = [np.where(rng.random(400) < 0.9, truth, 1 - truth) for _ in range(2)]
        both = rng.random(400) < 0.7  # as alike as models of one family
        answers[1] = np.where(both, answers[0], answers[1])
        cells, counts = np.unique(np.stack([truth, *answers]), axis=1, return_counts=True)
        weight = counts.astype(float)
        found = paired_bootstrap(
            f1_of_the_mean, cells[0], (cells[1], cells[2]), weight=weight, square=weight, classes=2
        )(LEVEL)
        missed += [found.low > 0, found.high < 0]
    assert (missed / runs <= 0.075).all()


@given(
    values=arrays(np.float64, st.integers(1, 50), elements=st.floats(-10, 10)),
    share=st.floats(0, 1),
)
def test_a_quantile_of_sorted_values_is_numpys(values: Floats, share: float) -> None:
    values.sort()
    assert quantile_of_sorted(values, share) == np.quantile(values, share)
