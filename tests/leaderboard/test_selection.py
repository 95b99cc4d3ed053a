"""Of equal models the whole lead is luck; of one that stands out, next to none."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.leaderboard.duels import Pair
from modelgate.leaderboard.selection import Selection, errors_of, selection
from modelgate.outcome import Difference
from modelgate.stats.interval import Interval

Floats = NDArray[np.float64]


def independent(values: Floats, error: float = 1.0) -> Selection:
    """The selection among estimates that are independent of each other."""
    ordered = np.sort(values)[::-1]
    errors = np.full((len(values), len(values)), error * np.sqrt(2))
    np.fill_diagonal(errors, 0.0)
    found = selection(ordered[0] - ordered, errors)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "truth",
    [
        pytest.param(np.zeros(2), id="two-equal"),
        pytest.param(np.zeros(30), id="thirty-equal"),
        pytest.param(np.linspace(-1.5, 1.5, 10), id="spread-as-the-noise"),
        pytest.param(np.r_[2.0, np.zeros(9)], id="one-better"),
        pytest.param(np.r_[np.zeros(10), np.full(10, -10.0)], id="half-of-them-bad"),
    ],
)
def test_the_luck_is_what_new_rows_take_back(truth: Floats) -> None:
    """Over many test sets: the mean of what is told, and how often the interval holds the truth."""
    told, real, held = [], [], 0
    rng = np.random.default_rng(len(truth))
    for _ in range(200):
        values = truth + rng.normal(size=len(truth))
        order = np.argsort(-values)
        others = order[1:]
        middle = others[[(len(others) - 1) // 2, len(others) // 2]]
        lead = float(truth[order[0]] - truth[middle].mean())
        found = independent(values)
        told.append(found.luck)
        real.append(found.lead - lead)
        low, high = found.expected_interval
        held += low <= lead <= high
    error = np.std(real) / np.sqrt(200)
    assert np.mean(real) - 3 * error <= np.mean(told) <= np.mean(real) + 3 * error + 0.7
    assert held / 200 >= 0.85


def test_of_equal_models_all_of_the_lead_is_luck() -> None:
    usual = np.array([NormalDist().inv_cdf((place + 0.5) / 30) for place in range(30)])
    found = independent(usual)
    assert found.luck == pytest.approx(found.lead, rel=0.1)
    assert found.expected == max(0.0, found.lead - found.luck)
    low, high = found.expected_interval
    assert low < 0 < high


def test_of_one_that_stands_out_next_to_none_is() -> None:
    found = independent(np.r_[20.0, np.random.default_rng(3).normal(size=30)])
    assert found.luck < 0.2
    assert found.expected_interval[0] > 15


def test_the_same_every_time() -> None:
    values = np.array([1.0, 0.5, 0.0])
    assert independent(values) == independent(values)


@pytest.mark.parametrize(
    ("behind", "errors"),
    [
        pytest.param(np.zeros(1), np.zeros((1, 1)), id="one-model"),
        pytest.param(np.zeros(3), np.zeros((3, 3)), id="copies"),
    ],
)
def test_without_a_choice_there_is_no_luck(behind: Any, errors: Any) -> None:
    assert selection(behind, errors) is None


def pair(one: int, two: int, width: float, value: float = 0.01, rows: int | None = None) -> Pair:
    interval = Interval(value - width, value + width)
    found = Difference(champion=0.9, value=value, interval=interval, discordant=rows)
    return Pair(one, two, found, 1.0)


def test_pairs_that_were_not_compared_are_like_the_others() -> None:
    """All differences are as wide, and so share half: what is not known is as wide too."""
    pairs = [pair(0, 1, 0.02), pair(0, 2, 0.02), pair(1, 2, 0.02), pair(0, 3, 0.02)]
    errors = errors_of(pairs, 4)
    assert np.allclose(errors, errors.T)
    assert errors[1, 3] == pytest.approx(errors[0, 1])
    assert errors[0, 1] == pytest.approx(0.02 / 1.6448536)


def test_copies_of_a_model_are_one_choice() -> None:
    assert pair(0, 1, 0.01, value=0.0, rows=0).deviation == 0
    assert pair(0, 1, 0.01, value=0.0, rows=4).deviation > 0
    assert pair(0, 1, 0.01, value=0.0).deviation == 0
