"""Figures that Evidently's own tests state, where its method is ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from modelgate.stats.homogeneity import fisher, homogeneity
from modelgate.stats.ks import ks
from modelgate.stats.shift import Integers, counted

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def goldens(shared_data: Path) -> dict[str, dict[str, Any]]:
    path = shared_data / "goldens" / "evidently_stattests.json"
    return {case["id"]: case for case in json.loads(path.read_text("utf-8"))}


def sample(given: dict[str, Any]) -> list[Any]:
    if "values" in given:
        return list(given["values"])
    return [value for value, times in given["repeat"] for _ in range(times)]


def tables(case: dict[str, Any]) -> tuple[Integers, Integers]:
    one, other = sample(case["reference"]), sample(case["current"])
    kinds = sorted({str(value) for value in (*one, *other)})
    counts = [[sum(str(v) == kind for v in side) for kind in kinds] for side in (one, other)]
    return np.array(counts[0]), np.array(counts[1])


@pytest.mark.parametrize(
    "name", ["fisher_15x", "fisher_6", "fisher_disjoint", "fisher_30x", "fisher_one_category"]
)
def test_fishers_exact_chance(goldens: dict[str, dict[str, Any]], name: str) -> None:
    case = goldens[name]
    one, other = tables(case)
    found = fisher(one, other) if len(one) == 2 else homogeneity(one, other).p_value
    assert found == pytest.approx(case["expected"], abs=case["abs_tolerance"])
    if name in {"fisher_6", "fisher_one_category"}:
        assert homogeneity(one, other).p_value == pytest.approx(found)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("tvd_a", False), ("tvd_b", False), ("tvd_c", True), ("chi2_identical_with_missing", False)],
)
def test_total_variation_gives_the_same_verdict(
    goldens: dict[str, dict[str, Any]], name: str, verdict: bool
) -> None:
    one, other = tables(goldens[name])
    assert (homogeneity(one, other).p_value <= 0.05) is verdict


def test_a_missing_value_is_a_category(goldens: dict[str, dict[str, Any]]) -> None:
    case = goldens["chi2_identical_with_missing"]
    one, other = tables(case)
    assert len(one) == 3
    assert homogeneity(one, other).p_value == pytest.approx(case["expected"])


# Evidently's chi-square takes the reference's shares as known; ours knows that they are a sample.
# With a reference of endless rows the two are one.
@pytest.mark.parametrize("name", ["chi2_same_shape", "chi2_double_reference"])
def test_pearsons_test_against_known_shares(goldens: dict[str, dict[str, Any]], name: str) -> None:
    case = goldens[name]
    reference, current = tables(case)
    found = homogeneity(reference * 1_000_000, current)
    assert found.p_value == pytest.approx(case["expected"], abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other"),
    [pytest.param((0, 100), (1, 100), id="seeds-0-and-1")],
)
def test_evidentlys_default_for_numbers_is_ours(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    samples = [stats.norm.rvs(size=rows, random_state=seed) for seed, rows in (one, other)]
    found = ks(counted(samples[0]), counted(samples[1]))
    assert found.p_value == pytest.approx(stats.ks_2samp(*samples).pvalue, rel=1e-9)
