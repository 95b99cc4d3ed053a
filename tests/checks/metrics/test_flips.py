"""Negative flips and churn: what a new model breaks, whatever its accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.report import Result
from modelgate.stats.shares import share
from modelgate.testing import run_check


def flips(negative: int, positive: int, rows: int, **others: Any) -> Result:
    """A result of `rows` rows, of which so many flip either way; the rest both have right."""
    truth = np.zeros(rows, int)
    answer, champion = truth.copy(), truth.copy()
    answer[:negative] = 1
    champion[negative : negative + positive] = 1
    return run_check(
        "flips",
        truth=truth,
        answer=answer,
        champion_answer=champion,
        classes=[0, 1],
        **{"subject": "negative", **others},
    )


@pytest.mark.parametrize(
    ("negative", "rows", "status"),
    [
        pytest.param(2, 1000, "passed", id="two-of-a-thousand"),
        pytest.param(50, 1000, "failed", id="fifty-of-a-thousand"),
        pytest.param(1, 100, "undecided", id="one-of-a-hundred"),
        pytest.param(0, 20, "undecided", id="too-few-rows"),
    ],
)
def test_negative_flips_are_held_to_their_limit(negative: int, rows: int, status: str) -> None:
    assert flips(negative, 0, rows, at_most=0.01).status == status


def test_no_flip_in_500_rows_is_at_most_so_many() -> None:
    result = flips(0, 0, 500)
    assert result.status == "info"
    assert result.interval == pytest.approx((0, 0.00597), abs=1e-5)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(60, 200))
def test_the_net_change_of_accuracy_is_positive_less_negative(
    negative: int, positive: int, rows: int
) -> None:
    result = flips(negative, positive, rows)
    assert result.details["net"] == pytest.approx((positive - negative) / rows, abs=1e-12)
    assert result.value == pytest.approx(negative / rows, abs=1e-12)
    assert result.interval == (share(negative, rows).low, share(negative, rows).high)
    churn = flips(negative, positive, rows, subject="churn")
    assert churn.value == pytest.approx((negative + positive) / rows, abs=1e-12)


def test_the_flipped_rows_are_shown_the_surest_mistake_first() -> None:
    truth = np.array([0, 0, 0, 1] * 20)
    scores = np.tile([0.9, 0.1], (80, 1))
    scores[truth == 1] = [0.2, 0.8]
    scores[4], scores[8] = [0.4, 0.6], [0.1, 0.9]
    champion = np.eye(2)[truth]
    result = run_check(
        "flips",
        subject="negative",
        truth=truth,
        scores=scores,
        champion_scores=champion,
        classes=[0, 1],
    )
    assert [one["row"] for one in result.evidence] == [8, 4]
    assert result.evidence[0] == {"type": "row", "row": 8, "truth": 0, "answer": 1, "score": 0.9}


def test_without_a_champion_it_is_not_asked() -> None:
    result = run_check(
        "flips", subject="negative", truth=[0, 1] * 20, answer=[0, 1] * 20, at_most=0.01
    )
    assert result.status == "skipped"
    assert result.reason is not None
    assert "no champion is named" in result.reason
