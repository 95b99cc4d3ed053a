"""Whatever is read of curves is a function of the multiset of rows, kept or in bins."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates import ranking as ranking_module
from modelgate.aggregates.confidence import Confidence
from modelgate.aggregates.ranking import Ranking
from modelgate.aggregates.score_sketch import ScoreSketch
from modelgate.metrics.calibration import measure_bend, measure_brier, measure_error
from modelgate.metrics.measure import Measured
from modelgate.metrics.operating import measure_point
from modelgate.metrics.selective import measure_risk

MEASURES: dict[str, tuple[type[Aggregate], Callable[[Any], Measured]]] = {
    "calibration error of answers": (Confidence, lambda found: measure_error(found, 5)),
    "calibration error of scores": (Ranking, lambda found: measure_error(found, 5)),
    "brier": (Ranking, lambda found: measure_brier(found, 5)),
    "slope": (Ranking, lambda found: measure_bend(found, 5, "slope")),
    "risk": (Confidence, lambda found: measure_risk(found, "risk", 0.8)),
    "risk area": (Confidence, lambda found: measure_risk(found, "aurc", 0.8)),
    "cost": (Ranking, lambda found: measure_point(found, "cost", 0, at=0.5, costs=(1.0, 2.0))),
    "recall": (
        Ranking,
        lambda found: measure_point(found, "recall_at_fpr", 1, at=0.1, costs=(1.0, 1.0)),
    ),
}


def rows_of(seed: int, rows: int, *, weighted: bool) -> tuple[Facts, Batch]:
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet(np.ones(2), rows).round(int(rng.integers(1, 9)))
    weight = rng.choice([0.1, 0.7, 1.0, 3.3], rows) if weighted else None
    truth = rng.integers(0, 2, rows)
    facts = Facts("classification", ("no", "yes"), 1)
    return facts, Batch(truth, scores.argmax(axis=1), scores, weight)


def told(measured: Measured) -> str:
    """All that was found, but for the function that says it at other levels."""
    wider = None if measured.at is None else measured.at(0.99)
    return repr((measured.value, measured.interval, wider, measured.reason, measured.details))


@pytest.mark.parametrize("name", list(MEASURES))
@pytest.mark.parametrize("limit", [10**6, 40], ids=["kept", "in-bins"])
@settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck])
@given(seed=st.integers(0, 10**6), rows=st.integers(1, 120), weighted=st.booleans())
def test_any_split_gives_the_same_bytes(
    *,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    limit: int,
    seed: int,
    rows: int,
    weighted: bool,
) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", limit)
    kind, measure = MEASURES[name]
    facts, batch = rows_of(seed, rows, weighted=weighted)
    whole, *parts = (kind(facts) for _ in range(4))
    whole.add(batch)
    rng = np.random.default_rng(seed)
    for places in np.array_split(rng.permutation(rows), 7):
        parts[int(rng.integers(3))].add(batch.take(places))
    parts[2].merge(parts[0])
    parts[2].merge(parts[1])
    assert told(measure(parts[2])) == told(measure(whole))


@pytest.mark.parametrize("name", list(MEASURES))
def test_what_has_seen_no_row_has_no_value(name: str) -> None:
    kind, measure = MEASURES[name]
    facts, _ = rows_of(0, 1, weighted=False)
    found = measure(kind(facts))
    assert (found.value, found.interval, found.reason) == (None, None, "no row could be judged")


def test_the_confidence_is_that_of_the_answer_and_not_of_the_best_score() -> None:
    facts = Facts("classification", ("no", "yes"), 1)
    found = Confidence(facts)
    found.add(Batch(np.array([1, 1]), np.array([0, 1]), np.array([[0.3, 0.7], [0.4, 0.6]])))
    assert found.curve.scores.tolist() == [0.6, 0.3]
    assert found.curve.positives.tolist() == [1.0, 0.0]


def test_scores_of_bins_lie_within_them() -> None:
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.random(5_000), 10.0 ** -rng.uniform(1, 12, 5_000)])
    scores = np.concatenate([scores, 1 - scores])
    found = Ranking(Facts("classification", (0, 1), 1))
    found._sketch = ScoreSketch(1, weighted=False)
    both = np.column_stack([1 - scores, scores])
    found.add(Batch(np.ones(20_000, dtype=int), np.ones(20_000, dtype=int), both))
    curve = found.curve(1)
    assert (np.diff(curve.scores) < 0).all()
    # Each score lies by its bin, to a part in 8192 of its distance to 0 or 1 (256 far out).
    ordered = np.sort(scores)[::-1]
    told_of = np.repeat(curve.scores, curve.positives.astype(int))
    near = np.minimum(ordered, 1 - ordered)
    coarse = np.where(near < 2.0**-32, 1 / 256, 1 / 8192)
    assert (np.abs(told_of - ordered) <= near * coarse + 1e-15).all()
