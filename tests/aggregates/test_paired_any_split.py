"""Comparing aggregates are functions of the multiset of rows, too; and a model is its own equal."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates import ranking as ranking_module
from modelgate.aggregates import values as values_module
from modelgate.metrics.measure import Compared, Metric
from modelgate.metrics.table import METRICS, options_for

LABELS = {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc", "top_k_accuracy"}
NAMES = [name for name, one in METRICS.items() if one.pair is not None and name not in LABELS]


def asked(name: str, batch: Batch, facts: Facts) -> Compared:
    """What the metric finds in these rows."""
    return compared(METRICS[name], filled(METRICS[name], facts, [batch]))


def filled(metric: Metric, facts: Facts, batches: list[Batch]) -> Aggregate:
    assert metric.pair is not None
    found = metric.pair.make(facts)
    for batch in batches:
        found.add(batch)
    return found


def compared(metric: Metric, found: Any) -> Compared:
    assert metric.compare is not None
    return metric.compare(found, options_for(metric, found.facts))


def rows_of(
    name: str, *, seed: int, rows: int, classes: int, weighted: bool, same: bool = False
) -> tuple[Facts, Batch]:
    """Rows that two models answered; `same`: that one model answered twice."""
    rng = np.random.default_rng(seed)
    weight = rng.choice([0.1, 0.7, 1.0, 3.3], rows) if weighted else None
    if METRICS[name].task == "regression":
        target = rng.normal(size=rows) * 10.0 ** rng.integers(-3, 4) + rng.integers(0, 2)
        one = target + rng.normal(size=rows)
        two = one if same else one + rng.normal(size=rows) / 10
        return Facts("regression"), Batch(target, one, None, weight, champion_answer=two)
    scores = rng.dirichlet(np.ones(classes), rows).round(int(rng.integers(1, 9)))
    other = scores if same else rng.dirichlet(np.ones(classes), rows).round(3)
    truth = rng.integers(0, classes, rows)
    facts = Facts("classification", tuple(range(classes)), 1 if classes == 2 else None)
    batch = Batch(
        truth,
        scores.argmax(axis=1),
        scores,
        weight,
        champion_answer=other.argmax(axis=1),
        champion_scores=other,
    )
    return facts, batch


def split(metric: Metric, facts: Facts, batch: Batch, rng: np.random.Generator) -> Aggregate:
    """The same rows, shuffled and in pieces, added to parts that are merged in any order."""
    pieces: list[list[Batch]] = [[], [], []]
    cuts = np.sort(rng.integers(0, len(batch) + 1, 4))
    for places in np.split(rng.permutation(len(batch)), cuts):
        pieces[int(rng.integers(3))].append(batch.take(places))
    first, second, third = (filled(metric, facts, each) for each in pieces)
    first.merge(second)
    first.merge(third)
    return first


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("limit", [10**6, 40], ids=["kept", "in-bins"])
@settings(max_examples=10, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 120),
    classes=st.sampled_from([2, 3, 9]),
    weighted=st.booleans(),
)
def test_any_split_gives_the_same_bytes(
    *,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    limit: int,
    seed: int,
    rows: int,
    classes: int,
    weighted: bool,
) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", limit)
    monkeypatch.setattr(values_module, "EXACT_ROWS", limit)
    metric = METRICS[name]
    facts, batch = rows_of(name, seed=seed, rows=rows, classes=classes, weighted=weighted)
    whole = compared(metric, filled(metric, facts, [batch]))
    parts = compared(metric, split(metric, facts, batch, np.random.default_rng(seed)))
    assert repr(parts) == repr(whole)
    if whole.at is not None and parts.at is not None:
        assert parts.at(0.999) == whole.at(0.999)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("limit", [10**6, 40], ids=["kept", "in-bins"])
def test_a_model_is_neither_better_nor_worse_than_itself_and_yet_not_surely_equal(
    monkeypatch: pytest.MonkeyPatch, name: str, *, weighted: bool, limit: int
) -> None:
    if limit == 40 and weighted and name in {"median_absolute_error", "quantile_error"}:
        pytest.skip("weighted quantiles stop where values are binned")
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", limit)
    monkeypatch.setattr(values_module, "EXACT_ROWS", limit)
    facts, batch = rows_of(name, seed=1, rows=200, classes=2, weighted=weighted, same=True)
    found = asked(name, batch, facts)
    assert found.value == found.champion
    assert (found.difference or 0.0) == 0.0
    assert found.interval is not None
    assert found.interval.low < 0 < found.interval.high
    assert found.usual_error is not None
    assert found.usual_error > 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("classes", [2, 3])
def test_each_value_is_the_one_that_the_metric_finds_alone(name: str, classes: int) -> None:
    facts, batch = rows_of(name, seed=2, rows=150, classes=classes, weighted=False)
    found, metric = asked(name, batch, facts), METRICS[name]
    alone = metric.need.make(facts)
    alone.add(batch)
    assert found.value == pytest.approx(metric.measure(alone, options_for(metric, facts)).value)
    assert found.n == 150


@pytest.mark.parametrize("name", [name for name in NAMES if name != "bias"])  # by its size
def test_seen_the_other_way_round_the_difference_turns_its_sign(name: str) -> None:
    facts, batch = rows_of(name, seed=3, rows=300, classes=2, weighted=False)
    assert batch.champion_answer is not None
    turned = Batch(
        batch.truth,
        batch.champion_answer,
        batch.champion_scores,
        champion_answer=batch.answer,
        champion_scores=batch.scores,
    )
    one, two = asked(name, batch, facts), asked(name, turned, facts)
    assert (one.value, one.champion) == (two.champion, two.value)
    assert one.interval is not None
    assert two.interval is not None
    width = one.interval.high - one.interval.low
    assert two.interval.high - two.interval.low == pytest.approx(width, rel=0.2)
    assert -two.interval.high == pytest.approx(one.interval.low, abs=0.2 * width)


@pytest.mark.parametrize("name", NAMES)
def test_what_an_automatic_margin_is_made_of_hangs_on_the_champion_alone(name: str) -> None:
    facts, batch = rows_of(name, seed=4, rows=300, classes=2, weighted=False)
    rng = np.random.default_rng(0)
    noise = rng.permutation(300)
    other = Batch(
        batch.truth,
        batch.answer[noise],
        None if batch.scores is None else batch.scores[noise],
        champion_answer=batch.champion_answer,
        champion_scores=batch.champion_scores,
    )
    one, two = asked(name, batch, facts).usual_error, asked(name, other, facts).usual_error
    assert one == two
    assert one is not None


@pytest.mark.parametrize("name", NAMES)
def test_what_has_seen_no_row_has_no_value(name: str) -> None:
    facts, batch = rows_of(name, seed=0, rows=1, classes=2, weighted=False)
    metric = METRICS[name]
    for batches in ([], [batch.take(slice(0, 0))]):
        found = compared(metric, filled(metric, facts, batches))
        assert (found.value, found.interval, found.reason) == (None, None, "no row could be judged")


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_weigh_nothing_have_no_value(name: str) -> None:
    facts, batch = rows_of(name, seed=0, rows=20, classes=2, weighted=True)
    assert batch.weight is not None
    batch.weight[:] = 0.0
    found = asked(name, batch, facts)
    assert (found.value, found.reason) == (None, "the weights of all rows are 0")


@pytest.mark.parametrize("name", [name for name in NAMES if METRICS[name].task == "classification"])
@pytest.mark.parametrize("silent", ["candidate", "champion"])
def test_without_scores_of_either_model_there_is_nothing_to_compare(name: str, silent: str) -> None:
    facts, batch = rows_of(name, seed=0, rows=60, classes=2, weighted=False)
    batch = Batch(
        batch.truth,
        batch.answer,
        None if silent == "candidate" else batch.scores,
        champion_answer=batch.champion_answer,
        champion_scores=None if silent == "champion" else batch.champion_scores,
    )
    found = asked(name, batch, facts)
    assert found.value is None
    assert found.reason == "needs probabilities of both models; one of them answers labels only"
