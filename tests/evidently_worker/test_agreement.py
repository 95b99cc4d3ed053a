"""What Evidently's tests state, what the live Evidently says, and what ours say: one number.

Where a method of ours differs on purpose, the test says where and why.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from modelgate.errors import CheckCrashedError
from modelgate.evidently_worker.process import running
from modelgate.stats.divergences import jensen_shannon, psi
from modelgate.stats.homogeneity import fisher, homogeneity
from modelgate.stats.ks import ks
from modelgate.stats.shift import Integers, counted
from modelgate.stats.wasserstein import wasserstein

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("evidently") is None,
    reason="Evidently is not installed: pip install -e '.[dev,evidently]'",
)
METHODS = {
    "anderson_ksamp_pvalue": "anderson",
    "chisquare_pvalue": "chisquare",
    "cramervonmises_2samp_pvalue": "cramer_von_mises",
    "energy_distance": "ed",
    "epps_singleton_pvalue": "es",
    "fisher_exact_pvalue": "fisher_exact",
    "g_test_pvalue": "g_test",
    "hellinger": "hellinger",
    "mannwhitneyu_pvalue": "mannw",
    "ttest_ind_pvalue": "t_test",
    "tvd_permutation_pvalue": "TVD",
    "z_test_pvalue": "z",
}
"""The goldens' name of a method -> Evidently's."""
CASES = [
    "chi2_same_shape",
    "chi2_double_reference",
    "chi2_identical_with_missing",
    "hellinger_cat",
    "z_test_same",
    "anderson_darling",
    "g_test",
    "cramer_von_mises",
    "fisher_15x",
    "fisher_6",
    "fisher_one_category",
    "fisher_disjoint",
    "fisher_30x",
    "mann_whitney",
    "tvd_a",
    "tvd_b",
    "tvd_c",
    "energy_identical",
    "energy_plus5",
    "epps_singleton",
    "t_test",
]
MISTAKES = ("error_null", "error_three_categories")
Column = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Live:
    """What the live Evidently says of a column."""

    value: float
    fails: bool


def live(
    reference: Column, current: Column, method: str | None, threshold: float | None = None
) -> Live:
    tables = {"reference": pa.table({"x": reference}), "current": pa.table({"x": current})}
    written = {"column": "x", "method": method, "threshold": threshold}
    settings = {key: one for key, one in written.items() if one is not None}
    question: dict[str, Any] = {
        "name": "ValueDrift",
        "settings": settings,
        "tests": [],
        "html": None,
    }
    (test,) = running().ask(question, tables, 120)["tests"]
    return Live(test["value"], test["status"] == "fail")


def sample(case: dict[str, Any], side: str) -> Column:
    given = case[side]
    if "scipy_norm_rvs" in given:
        return [float(one) for one in stats.norm.rvs(**given["scipy_norm_rvs"])]
    values: list[Any] = given.get("values") or [
        one for one, times in given["repeat"] for _ in range(times)
    ]
    return list(map(float, values)) if case["kind"] == "numeric" else values


def counts(one: Column, other: Column) -> tuple[Integers, Integers]:
    kinds = sorted({str(value) for value in (*one, *other)})
    found = [[sum(str(v) == kind for v in side) for kind in kinds] for side in (one, other)]
    return np.array(found[0]), np.array(found[1])


@pytest.fixture(scope="module")
def goldens(shared_data: Path) -> dict[str, dict[str, Any]]:
    path = shared_data / "goldens" / "evidently_stattests.json"
    return {case["id"]: case for case in json.loads(path.read_text("utf-8"))}


@pytest.mark.shared
def test_no_golden_is_left_out(goldens: dict[str, dict[str, Any]]) -> None:
    assert {*CASES, *MISTAKES} == set(goldens)


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_the_live_evidently_says_what_its_own_tests_state(
    goldens: dict[str, dict[str, Any]], name: str
) -> None:
    case = goldens[name]
    one, other = sample(case, "reference"), sample(case, "current")
    found = live(one, other, METHODS[case["method"]], case["threshold"])
    assert found.value == pytest.approx(case["expected"], abs=case["abs_tolerance"])
    assert found.fails is case["drift"]
    if name in OURS:
        assert OURS[name](*counts(one, other)) == pytest.approx(
            found.value, abs=OFF.get(name, 1e-9)
        )


def _fisher(one: Integers, other: Integers) -> float:
    return fisher(one, other) if len(one) == 2 else homogeneity(one, other).p_value


def _known_shares(one: Integers, other: Integers) -> float:
    # Evidently's chi-square takes the reference's shares as known, whatever its rows; ours knows
    # that they are a sample, and is the same where the reference's rows are endless.
    return homogeneity(one * 1_000_000, other).p_value


OURS: dict[str, Callable[[Integers, Integers], float]] = {
    **dict.fromkeys([name for name in CASES if name.startswith("fisher")], _fisher),
    **dict.fromkeys(["chi2_same_shape", "chi2_double_reference"], _known_shares),
    "chi2_identical_with_missing": lambda one, other: homogeneity(one, other).p_value,
}
"""Of methods that are ours as well, on counts; of the others but `TVD` we have none."""
OFF = {"chi2_same_shape": 1e-5, "chi2_double_reference": 1e-5}


@pytest.mark.shared
@pytest.mark.parametrize("name", ["tvd_a", "tvd_b", "tvd_c"])
def test_total_variation_ends_in_the_same_verdict_at_five_in_a_hundred(
    goldens: dict[str, dict[str, Any]], name: str
) -> None:
    # Evidently permutes the rows and asks for the distance; ours gives the distance as the effect
    # and the chi-square's chance, which is another one: 0.14 where permutations say 0.08.
    one, other = sample(goldens[name], "reference"), sample(goldens[name], "current")
    theirs = live(one, other, "TVD").value
    assert (homogeneity(*counts(one, other)).p_value <= 0.05) is (theirs <= 0.05)


@pytest.mark.shared
@pytest.mark.parametrize("name", MISTAKES)
def test_what_evidentlys_tests_refuse_is_an_error_and_no_number(
    goldens: dict[str, dict[str, Any]], name: str
) -> None:
    case = goldens[name]
    with pytest.raises(CheckCrashedError, match="MG4091") as error:
        live(sample(case, "reference"), sample(case, "current"), METHODS[case["method"]])
    assert error.value.exit_code == 4


RNG = np.random.default_rng(5)
NORMAL = RNG.normal(size=600), RNG.normal(0.2, 1.1, size=500)
TIED = RNG.normal(size=600).round(1), RNG.normal(0.1, 1, size=500).round(1)
LETTERS = RNG.choice(list("abcd"), 600, p=[0.4, 0.3, 0.2, 0.1]), RNG.choice(list("abcd"), 500)
RARE = np.append(LETTERS[0], ["e"]), LETTERS[1]
NUMBERS = pytest.mark.parametrize("samples", [NORMAL, TIED], ids=["no-ties", "ties"])


def test_kolmogorov_and_smirnov_is_evidentlys_default_for_numbers() -> None:
    found = live(*NORMAL, method=None)
    assert found == live(*NORMAL, method="ks")
    assert ks(counted(NORMAL[0]), counted(NORMAL[1])).p_value == pytest.approx(found.value)


def test_ties_make_our_p_value_smaller_and_never_larger() -> None:
    # scipy's law is that of numbers without ties; ours is that of the values as they came.
    found = live(*TIED, method="ks")
    assert 0 < ks(counted(TIED[0]), counted(TIED[1])).p_value <= found.value


@NUMBERS
def test_wasserstein_has_the_same_unit(samples: tuple[Any, Any]) -> None:
    found = live(*samples, method="wasserstein")
    ours = wasserstein(counted(samples[0]), counted(samples[1]))
    assert ours.effect == pytest.approx(found.value, rel=1e-9)


def test_categories_by_psi_and_by_jensen_and_shannon() -> None:
    counted_ = counts(*LETTERS)
    assert psi(*counted_).effect == pytest.approx(live(*LETTERS, method="psi").value, rel=1e-9)
    # Ours is in base 2, so that 1 has nothing in common; Evidently's is in base e.
    ours = jensen_shannon(*counted_).effect * sqrt(log(2))
    assert ours == pytest.approx(live(*LETTERS, method="jensenshannon").value, rel=1e-9)
    ours = jensen_shannon(*counts(*RARE)).effect * sqrt(log(2))
    assert ours == pytest.approx(live(*RARE, method="jensenshannon").value, rel=1e-9)


def test_a_category_that_one_side_lacks_weighs_less_in_our_psi() -> None:
    # Evidently counts it as a share of 0.0001, whatever the rows, so that one row in a thousand
    # may make an index; ours as half a row.
    ours, theirs = psi(*counts(*RARE)).effect, live(*RARE, method="psi").value
    known = psi(*counts(*LETTERS)).effect
    assert known < ours < theirs


def test_numbers_by_psi_lie_in_other_bins() -> None:
    # Evidently takes bins of one width over both samples (Sturges), so that one far value puts
    # all others in one bin; ours takes deciles of the reference, which no far value moves.
    far = np.append(NORMAL[0], [1e6]), NORMAL[1]
    theirs = live(*NORMAL, method="psi").value, live(*far, method="psi").value
    assert theirs[0] > 0.05
    assert theirs[1] < 0.02


def test_the_chi_square_of_a_sampled_reference_is_less_sure() -> None:
    one, other = counts(*LETTERS)
    found = live(*LETTERS, method="chisquare")
    assert _known_shares(one, other) == pytest.approx(found.value, rel=1e-2)
    assert not isclose(homogeneity(one, other).p_value, found.value, rel_tol=0.1)
    assert homogeneity(one, other).p_value > found.value


def test_fishers_exact_chance_of_two_categories() -> None:
    pair = LETTERS[0][:200] == "a", LETTERS[1][:200] == "a"
    words = [np.where(side, "yes", "no") for side in pair]
    found = live(words[0], words[1], "fisher_exact")
    assert fisher(*counts(words[0], words[1])) == pytest.approx(found.value, rel=1e-9)
