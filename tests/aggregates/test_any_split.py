"""Every aggregate is a function of the multiset of rows: any split, any order, the same results."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates import ranking as ranking_module
from modelgate.aggregates import values as values_module
from modelgate.metrics.measure import Measured, Metric
from modelgate.metrics.naive_table import GAINS
from modelgate.metrics.table import METRICS, options_for


def measure_of(metric: Metric) -> Callable[[Any], Measured]:
    return lambda found: metric.measure(found, options_for(metric, found.facts, k=1))


MEASURES: dict[str, tuple[type[Aggregate], Callable[[Any], Measured]]] = {
    name: (metric.need.kind, measure_of(metric)) for name, metric in METRICS.items()
} | {f"gain in {name}": gain for name, gain in GAINS.items()}
CLASSIFICATION = [name for name, entry in METRICS.items() if entry.task == "classification"]
OF_CLASSES = {*CLASSIFICATION} | {f"gain in {name}" for name in GAINS if name in CLASSIFICATION}


def rows_of(seed: int, rows: int, classes: int, *, weighted: bool) -> tuple[Facts, Batch]:
    rng = np.random.default_rng(seed)
    weight = rng.choice([0.1, 0.7, 1.0, 3.3], rows) if weighted else None
    if classes == 0:
        target = rng.normal(size=rows) * 10.0 ** rng.integers(-3, 4)
        return Facts("regression"), Batch(target, target + rng.normal(size=rows), None, weight)
    scores = rng.dirichlet(np.ones(classes), rows).round(int(rng.integers(1, 9)))
    if rng.random() < 0.5:
        scores = scores.astype(np.float32)
    truth = rng.integers(0, classes, rows)
    facts = Facts("classification", tuple(range(classes)), 1 if classes == 2 else None)
    return facts, Batch(truth, scores.argmax(axis=1), scores, weight)


def split(kind: type[Aggregate], facts: Facts, batch: Batch, rng: np.random.Generator) -> Aggregate:
    """The same rows, shuffled and in pieces, added to parts that are merged in any order."""
    order = rng.permutation(len(batch))
    cuts = np.sort(rng.integers(0, len(batch) + 1, 4))
    parts = [kind(facts) for _ in range(3)]
    for places in np.split(order, cuts):
        parts[int(rng.integers(3))].add(batch.take(places))
    first, second, third = (parts[int(place)] for place in rng.permutation(3))
    first.merge(second)
    first.merge(third)
    return first


@pytest.mark.parametrize("name", list(MEASURES))
@pytest.mark.parametrize("limit", [10**6, 40], ids=["kept", "in-bins"])
@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck])
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
    kind, measure = MEASURES[name]
    facts, batch = rows_of(seed, rows, classes if name in OF_CLASSES else 0, weighted=weighted)
    whole = kind(facts)
    whole.add(batch)
    parts = split(kind, facts, batch, np.random.default_rng(seed))
    assert repr(measure(parts)) == repr(measure(whole))


@pytest.mark.parametrize("name", list(MEASURES))
def test_what_has_seen_no_row_has_no_value(name: str) -> None:
    kind, measure = MEASURES[name]
    facts, _ = rows_of(0, 1, 2 if name in OF_CLASSES else 0, weighted=False)
    found = measure(kind(facts))
    assert (found.value, found.interval, found.reason) == (None, None, "no row could be judged")
