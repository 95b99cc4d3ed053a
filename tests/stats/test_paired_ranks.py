"""What a row adds to an area: against DeLong's sums over all pairs, and against derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from modelgate.stats.paired_ranks import Floats, auroc_influence, precision_influence


def sample(rows: int = 60) -> tuple[Floats, Floats]:
    """Scores with ties, and which rows are of the class."""
    rng = np.random.default_rng(3)
    own = (rng.random(rows) < 0.4).astype(float)
    return (rng.normal(size=rows) + own).round(1), own


def counted(scores: Floats, own: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Distinct scores from the highest down, with the weight of both kinds at each."""
    steps = np.unique(scores)[::-1]
    at = scores == steps[:, None]
    return steps, at @ (weights * own), at @ (weights * (1 - own))


def test_placements_are_those_of_all_pairs() -> None:
    scores, own = sample()
    steps, positives, negatives = counted(scores, own, np.ones(len(own)))
    found = auroc_influence(positives, negatives)
    wins = np.sign(scores[own == 1][:, None] - scores[own == 0]) / 2 + 0.5
    places = {step: place for place, step in enumerate(steps)}
    assert [found.own[places[one]] for one in scores[own == 1]] == pytest.approx(wins.mean(axis=1))
    assert [found.others[places[one]] for one in scores[own == 0]] == pytest.approx(
        wins.mean(axis=0)
    )
    assert found.area == pytest.approx(roc_auc_score(own, scores))


def test_an_influence_is_the_derivative_by_a_rows_weight() -> None:
    scores, own = sample()
    weights = np.ones(len(own))
    steps, positives, negatives = counted(scores, own, weights)
    found = precision_influence(positives, negatives)
    assert found.area == pytest.approx(average_precision_score(own, scores))
    for row in range(len(own)):
        place = int(np.flatnonzero(steps == scores[row])[0])
        more = weights.copy()
        more[row] += 1e-6
        raised = average_precision_score(own, scores, sample_weight=more)
        value, mean = found.of_kind(mine=own[row] == 1)
        of_kind = float((own == own[row]).sum())
        slope = (raised - average_precision_score(own, scores)) / 1e-6
        assert (value[place] - mean) / of_kind == pytest.approx(slope, abs=1e-5)


def test_the_influences_of_all_rows_sum_to_nothing() -> None:
    scores, own = sample()
    _, positives, negatives = counted(scores, own, np.ones(len(own)))
    for found in (auroc_influence(positives, negatives), precision_influence(positives, negatives)):
        of_own = float((positives * (found.own - found.own_mean)).sum()) / own.sum()
        of_others = float((negatives * (found.others - found.others_mean)).sum()) / (1 - own).sum()
        assert of_own + of_others == pytest.approx(0, abs=1e-12)


def test_from_the_lowest_score_up_it_is_the_same_turned_round() -> None:
    found = auroc_influence(np.array([2.0, 1.0]), np.array([1.0, 3.0]))
    assert found.reversed().own.tolist() == found.own[::-1].tolist()
    assert found.reversed().area == found.area
