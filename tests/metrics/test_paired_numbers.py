"""Losses and errors of two models on the same rows: honest sides, and what has no value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts
from modelgate.metrics.measure import Compared
from modelgate.metrics.table import METRICS, options_for
from modelgate.stats.inversion import p_at_least

BINARY = Facts("classification", ("no", "yes"), 1)
NUMBERS = Facts("regression")
RUNS, ALLOWED = 400, 34  # 5 % are meant; of 400 runs at 6 %, more than 34 are seldom missed


def compared(name: str, batch: Batch, **settings: Any) -> Compared:
    metric = METRICS[name]
    assert metric.pair is not None
    assert metric.compare is not None
    facts = BINARY if metric.task == "classification" else NUMBERS
    found = metric.pair.make(facts)
    found.add(batch)
    return metric.compare(found, options_for(metric, facts, **settings))


def errors(rng: Generator, rows: int, *, wider: float = 1.0, leaning: float = 0.0) -> Batch:
    """Normal errors that hang together; the candidate's `wider` and off by `leaning`."""
    truth, common = rng.normal(10, 2, rows), rng.normal(size=rows)
    one, two = common + 0.3 * rng.normal(size=(2, rows))
    return Batch(truth, truth + wider * one + leaning, champion_answer=truth + two)


def probabilities(rng: Generator, rows: int) -> Batch:
    """Two models that are as good as each other."""
    logit = rng.normal(0, 1.5, rows)
    truth = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    one, two = 1 / (1 + np.exp(-(logit + 0.4 * rng.normal(size=(2, rows)))))
    return Batch(
        truth,
        (one > 0.5).astype(int),
        np.column_stack([1 - one, one]),
        champion_answer=(two > 0.5).astype(int),
        champion_scores=np.column_stack([1 - two, two]),
    )


SPREAD = np.sqrt(1.09)
WIDER = {
    "mae": 0.1 * SPREAD * np.sqrt(2 / np.pi),
    "rmse": 0.1 * SPREAD,
    "r2": -0.21 * 1.09 / 4,
    "median_absolute_error": 0.1 * SPREAD * 0.6744897501960817,
    "quantile_error": 0.1 * SPREAD * 1.6448536269514722,
}


@pytest.mark.parametrize("rows", [100, 500])
@pytest.mark.parametrize(("name", "truth"), list(WIDER.items()))
def test_of_wider_errors_each_side_misses_no_more_than_it_says(
    name: str, truth: float, rows: int
) -> None:
    rng = np.random.default_rng(rows)
    above = below = 0
    for _ in range(RUNS):
        interval = compared(name, errors(rng, rows, wider=1.1)).interval
        assert interval is not None
        above += interval.low > truth
        below += interval.high < truth
    assert max(above, below) <= ALLOWED


@pytest.mark.parametrize("name", ["log_loss", "brier"])
@pytest.mark.parametrize("rows", [30, 300])
def test_of_equal_models_each_side_misses_no_more_than_it_says(name: str, rows: int) -> None:
    rng = np.random.default_rng(rows)
    above = below = 0
    for _ in range(RUNS):
        interval = compared(name, probabilities(rng, rows)).interval
        assert interval is not None
        above += interval.low > 0
        below += interval.high < 0
    assert max(above, below) <= ALLOWED


@pytest.mark.parametrize("leaning", [0.0, 0.1, -0.5])
def test_bias_is_compared_by_its_size(leaning: float) -> None:
    rng = np.random.default_rng(5)
    below = 0
    for _ in range(RUNS):
        found = compared("bias", errors(rng, 300, leaning=leaning))
        assert found.difference is not None
        assert found.value is not None
        assert found.champion is not None
        assert found.difference == pytest.approx(abs(found.value) - abs(found.champion))
        assert found.interval is not None
        below += found.interval.high < abs(leaning)
    assert below <= ALLOWED


@pytest.mark.parametrize("name", ["mae", "rmse", "median_absolute_error"])
def test_a_drop_that_the_rows_show_has_a_small_p_value(name: str) -> None:
    found = compared(name, errors(np.random.default_rng(0), 3_000, wider=1.2))
    assert found.at is not None
    assert p_at_least(found.at, 0.0) < 1e-4
    assert found.at(0.9998).low > 0


def test_of_many_rows_the_root_is_off_as_the_delta_method_says() -> None:
    batch = errors(np.random.default_rng(1), 200_000)
    found = compared("rmse", batch)
    assert batch.champion_answer is not None
    one, two = batch.answer - batch.truth, batch.champion_answer - batch.truth
    apart = (one**2 / np.sqrt((one**2).mean()) - two**2 / np.sqrt((two**2).mean())) / 2
    assert found.interval is not None
    width = found.interval.high - found.interval.low
    assert width == pytest.approx(2 * 1.6448536 * apart.std() / np.sqrt(len(apart)), rel=1e-2)


def test_a_difference_that_is_tiny_beside_its_terms_keeps_its_digits() -> None:
    truth = np.linspace(0, 1, 200) + 1e6
    error = np.linspace(1, 2, 200)
    batch = Batch(truth, truth + error, champion_answer=truth + error + 2.0**-30)
    found = compared("mae", batch)
    assert found.difference == pytest.approx(-(2.0**-30), rel=1e-6)


NOTHING = {
    "mape: a target of 0": (
        "mape",
        Batch(np.array([0.0, 1.0] * 20), np.ones(40), champion_answer=np.ones(40)),
        "undefined: the target is 0 in 20 of 40 rows",
    ),
    "r2: one target": (
        "r2",
        Batch(np.ones(40), np.arange(40.0), champion_answer=np.arange(40.0) / 2),
        "undefined: all targets are equal",
    ),
    "rmse: all 0": (
        "rmse",
        Batch(np.zeros(40), np.zeros(40), champion_answer=np.zeros(40)),
        "the targets do not vary: there is no scale to judge an error by",
    ),
    "mae: too large": (
        "mae",
        Batch(np.zeros(40), np.full(40, 1e300), champion_answer=np.arange(40.0)),
        "some values are too large to be summed",
    ),
    "rmse: one row": (
        "rmse",
        Batch(np.ones(1), np.zeros(1), champion_answer=np.ones(1)),
        "one row says nothing of the spread",
    ),
    "quantile_error: few rows": (
        "quantile_error",
        Batch(np.ones(9), np.zeros(9), champion_answer=np.ones(9)),
        "29 rows are needed to bound this quantile",
    ),
}


@pytest.mark.parametrize(("name", "batch", "reason"), list(NOTHING.values()), ids=list(NOTHING))
def test_what_has_no_value_says_why(name: str, batch: Batch, reason: str) -> None:
    found = compared(name, batch)
    assert (found.value, found.interval, found.reason) == (None, None, reason)


def test_a_perfect_champion_leaves_a_width() -> None:
    truth = np.arange(50.0)
    for name in ("mae", "rmse", "r2", "bias"):
        found = compared(name, Batch(truth, truth, champion_answer=truth))
        assert found.interval is not None
        assert found.interval.low < found.interval.high
