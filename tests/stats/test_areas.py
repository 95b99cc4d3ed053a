"""Areas under ROC curves of plain samples, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from modelgate.stats.areas import area_of, at_scores

SCORES = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=30)


@given(own=SCORES, others=SCORES)
def test_the_area_is_scikit_learns_and_lies_inside_its_interval(
    own: list[float], others: list[float]
) -> None:
    found = area_of(np.array(own), np.array(others))
    labels = [1] * len(own) + [0] * len(others)
    assert found.value == pytest.approx(roc_auc_score(labels, own + others))
    ends = found.at(0.9)
    assert 0 <= ends.low <= found.value <= ends.high <= 1
    assert found.at(0.99).high >= ends.high


def test_scores_come_from_the_highest_down_with_the_rows_of_either_kind() -> None:
    found = at_scores(np.array([2.0, np.inf, 0.5]), np.array([0.5, 0.5, -np.inf]))
    assert [part.tolist() for part in found] == [
        [np.inf, 2.0, 0.5, -np.inf],
        [1, 1, 1, 0],
        [0, 0, 2, 1],
    ]


def test_samples_that_do_not_overlap() -> None:
    high, low = np.arange(20.0) + 100, np.arange(20.0)
    assert area_of(high, low).value == 1
    assert area_of(low, high).value == 0
    assert 0.5 < area_of(high, low).at(0.9).low < 1
