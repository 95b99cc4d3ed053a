import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from modelgate.out_of_domain.detection import detected, threshold_for

RNG = np.random.default_rng(0)
INSIDE, OUTSIDE = RNG.normal(0, 1, 700).round(2), RNG.normal(1.2, 1.5, 400).round(2)
TRUTH = np.r_[np.zeros(700), np.ones(400)]
SCORES = np.r_[INSIDE, OUTSIDE]


def test_areas_are_those_of_scikit_learn() -> None:
    assert detected(INSIDE, OUTSIDE, "auroc").value == pytest.approx(
        roc_auc_score(TRUTH, SCORES), abs=1e-9
    )
    assert detected(INSIDE, OUTSIDE, "aupr_out").value == pytest.approx(
        average_precision_score(TRUTH, SCORES), abs=1e-9
    )
    assert detected(INSIDE, OUTSIDE, "aupr_in").value == pytest.approx(
        average_precision_score(1 - TRUTH, -SCORES), abs=1e-9
    )


def test_the_share_that_passes_is_that_at_95_percent_of_the_domain() -> None:
    # Of the domain as positives: the least false positive rate where 95 % of them pass.
    false, true, _ = roc_curve(1 - TRUTH, -SCORES, drop_intermediate=False)
    passed = false[np.searchsorted(true, 0.95)]
    assert detected(INSIDE, OUTSIDE, "fpr_at_95").value == pytest.approx(passed, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, np.inf]), min_size=1, max_size=30),
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, np.inf]), min_size=1, max_size=30),
    st.sampled_from(["auroc", "fpr_at_95", "aupr_in", "aupr_out"]),
)
def test_values_and_intervals_are_shares_and_hold_the_value(
    inside: list[float], outside: list[float], measure: str
) -> None:
    found = detected(np.array(inside), np.array(outside), measure)  # type: ignore[arg-type]
    narrow, wide = found.at(0.5), found.at(0.99)
    assert 0 <= wide.low <= narrow.low <= found.value + 1e-9
    assert found.value - 1e-9 <= narrow.high <= wide.high <= 1


@pytest.mark.parametrize("measure", ["auroc", "fpr_at_95", "aupr_out"])
def test_intervals_miss_no_more_often_than_they_say(measure: str) -> None:
    rng, misses = np.random.default_rng(1), np.zeros(2)
    inside, outside = rng.normal(0, 1, 400_000), rng.normal(1, 1, 400_000)
    true = detected(inside, outside[: 400_000 * 2 // 3], measure).value  # type: ignore[arg-type]
    runs = 400
    for _ in range(runs):
        found = detected(
            rng.normal(0, 1, 150),
            rng.normal(1, 1, 100),
            measure,  # type: ignore[arg-type]
        ).at(0.9)
        misses += [found.low > true, found.high < true]
    assert (misses <= 0.085 * runs).all()  # 5 % a side, and three standard errors


def test_an_exported_threshold_rejects_as_many_of_the_domain_as_its_interval_says() -> None:
    rng, held, over = np.random.default_rng(2), 0, 0
    for seed in range(200):
        found = threshold_for(rng.normal(size=600), "entropy", 0.05, seed)
        assert found is not None
        true = float(1 - _normal_below(found.above))
        held += found.low <= true <= found.high
        over += true > 0.05
    assert held >= 190
    assert over < 200  # on average, not in each run, at most 5 % are rejected


def test_a_threshold_says_what_it_was_fitted_on() -> None:
    found = threshold_for(INSIDE, "entropy", 0.05, 0)
    assert found is not None
    assert found.exported["digest"].startswith("sha256:")
    assert (found.fitted, found.verified, found.level) == (350, 350, 0.95)
    assert found.low <= found.rejects <= found.high
    again = threshold_for(INSIDE, "entropy", 0.05, 0)
    assert again == found


@pytest.mark.parametrize(
    "inside",
    [np.zeros(1), np.arange(20.0), np.full(100, np.inf)],
    ids=["one-row", "too-few-rows", "nothing-finite"],
)
def test_too_few_rows_make_no_threshold(inside: np.ndarray) -> None:
    assert threshold_for(inside, "entropy", 0.05, 0) is None


def _normal_below(at: float) -> float:
    from scipy.stats import norm

    return float(norm.cdf(at))
