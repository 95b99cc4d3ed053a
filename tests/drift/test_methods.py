"""Columns compared by methods of all kinds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from scipy.spatial import distance

from modelgate.drift.columns import METHODS, compared
from modelgate.drift.told import drift_of
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile
from modelgate.surveys import Layout, Rows

RNG = np.random.default_rng(5)
WAS, NOW = RNG.normal(size=2_000), RNG.normal(0.5, size=1_500)
KINDS, THEIRS = RNG.choice(list("abc"), 2_000), RNG.choice(list("abd"), 1_500)


def profile(**columns: Any) -> Profile:
    block = pa.RecordBatch.from_pydict(columns)
    found = Profile(Layout(schema=block.schema))
    found.add(Rows(block, 0))
    return found


def columns(**held: Any) -> dict[str, ColumnProfile]:
    return dict(profile(**held).columns_profiled)


def test_numbers_are_compared_in_deciles_of_the_reference() -> None:
    edges = np.quantile(WAS, np.arange(1, 10) / 10, method="inverted_cdf")
    one, two = (np.bincount(np.searchsorted(edges, x), minlength=10) for x in (WAS, NOW))
    p, q = one / one.sum(), two / two.sum()
    was, now = columns(x=WAS), columns(x=NOW)
    (found,) = compared(was, now, method="psi").shifts
    assert found.shift.effect == pytest.approx(float((p - q) @ np.log(p / q)))
    (found,) = compared(was, now, method="jensen_shannon").shifts
    assert found.shift.effect == pytest.approx(distance.jensenshannon(p, q, base=2))
    (found,) = compared(was, now, method="wasserstein").shifts
    assert found.shift.effect == pytest.approx(stats.wasserstein_distance(WAS, NOW) / WAS.std())
    assert found.shift.p_value < 1e-3


def test_few_rows_have_fewer_bins() -> None:
    was, now = columns(x=np.arange(400.0)), columns(x=np.arange(30.0))
    (found,) = compared(was, now, method="psi").shifts
    assert found.shift.effect > 1
    assert compared(columns(x=WAS), columns(x=[0.0]), method="psi").shifts[0].shift.p_value > 0.05


@pytest.mark.parametrize("method", ["psi", "jensen_shannon"])
def test_categories_and_missing_values_are_compared_in_the_same_unit(method: str) -> None:
    gaps = [*KINDS[:1_900].tolist(), *[None] * 100]
    found = compared(columns(x=gaps), columns(x=THEIRS), method=method).shifts
    assert [one.aspect for one in found] == ["values", "missing"]
    name = found[0].shift.method.split(",")[0]
    assert all(one.shift.method.startswith(name) for one in found)
    assert all(one.shift.p_value < 1e-3 for one in found)


def test_categories_have_no_wasserstein_distance() -> None:
    found = compared(columns(x=KINDS), columns(x=THEIRS), method="wasserstein")
    assert found.shifts == ()
    assert found.untold == {"x": "holds categories, which method wasserstein does not compare"}


@pytest.mark.parametrize("method", METHODS)
def test_a_method_says_how_far_its_effect_can_go(method: str) -> None:
    held = {"x": WAS.tolist(), "k": KINDS.tolist()}
    far = {"x": (NOW + 9).tolist(), "k": THEIRS.tolist()}
    outcome = drift_of(profile(**held), profile(**far), method=method)
    assert outcome.highest == METHODS[method].highest
    assert outcome.value is not None
    assert outcome.interval is not None
    assert outcome.interval.low <= outcome.value <= outcome.interval.high
    assert outcome.highest is None or outcome.interval.high <= outcome.highest
    assert outcome.p_same is not None
    assert outcome.p_same < 1e-3
    again = drift_of(profile(**held), profile(**held), method=method)
    assert again.value == pytest.approx(0, abs=1e-7)
    assert again.p_same == 1.0
