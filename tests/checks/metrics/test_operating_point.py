"""A model at the threshold it would be used with."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from modelgate.errors import UsageError
from modelgate.report import Result
from modelgate.stats.operating import LeastCost
from modelgate.testing import run_check

TRUE = {"precision_at_recall": 0.7579, "recall_at_fpr": 0.5868, "cost": 0.2266}
"""Of normal scores 1.5 apart, half of the rows positive: recall 0.8, one false positive in ten."""


def rows(seed: int, count: int, apart: float = 1.5) -> tuple[NDArray[Any], NDArray[Any]]:
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < 0.5
    return truth.astype(int), 1 / (1 + np.exp(-(rng.normal(size=count) + apart * (truth - 0.5))))


def ask(point: str, truth: Any, said: Any, /, settings: Any = None, **limit: Any) -> Result:
    scores = np.column_stack([1 - np.asarray(said), said])
    settings = {"fpr": 0.1} | (settings or {})
    return run_check(
        "operating_point", subject=point, truth=truth, scores=scores, settings=settings, **limit
    )


@pytest.mark.parametrize(
    ("point", "limit", "status"),
    [
        pytest.param("precision_at_recall", {"at_least": 0.7}, "passed", id="precise-enough"),
        pytest.param("precision_at_recall", {"at_least": 0.85}, "failed", id="not-precise"),
        pytest.param("precision_at_recall", {"at_least": 0.76}, "undecided", id="near-the-limit"),
        pytest.param("recall_at_fpr", {"at_least": 0.5}, "passed", id="finds-enough"),
        pytest.param("recall_at_fpr", {"at_least": 0.75}, "failed", id="finds-too-few"),
        pytest.param("recall_at_fpr", {"at_least": 0.6}, "undecided", id="perhaps-enough"),
        pytest.param("cost", {"at_most": 0.3}, "passed", id="cheap-enough"),
        pytest.param("cost", {"at_most": 0.15}, "failed", id="too-dear"),
        pytest.param("cost", {"at_most": 0.23}, "undecided", id="perhaps-cheap-enough"),
    ],
)
def test_operating_point(point: str, limit: dict[str, float], status: str) -> None:
    assert ask(point, *rows(1, 2_000), **limit).status == status


def test_the_points_lie_on_scikit_learns_curves() -> None:
    truth, said = rows(2, 500)
    precision, recall, _ = precision_recall_curve(truth, said)
    found = ask("precision_at_recall", truth, said)
    assert found.value == pytest.approx(precision[recall >= 0.8][-1], rel=1e-12)
    assert found.details["recall"] >= 0.8
    fpr, tpr, _ = roc_curve(truth, said, drop_intermediate=False)
    assert ask("recall_at_fpr", truth, said).value == pytest.approx(tpr[fpr <= 0.1][-1], rel=1e-12)


def test_the_threshold_does_what_the_details_say() -> None:
    truth, said = rows(3, 400)
    details = ask("recall_at_fpr", truth, said).details
    above = said >= details["threshold"]
    assert details["fpr"] == pytest.approx(above[truth == 0].mean())
    assert details["precision"] == pytest.approx(truth[above].mean())
    assert len(details["curve"]) == 50


def test_a_dearer_miss_lowers_the_threshold() -> None:
    truth, said = rows(4, 2_000)
    even = ask("cost", truth, said).details["threshold"]
    dear = ask("cost", truth, said, {"false_negative": 20}).details["threshold"]
    assert dear < even


def test_scores_that_tell_nothing_are_not_made_cheap_by_choosing() -> None:
    rng = np.random.default_rng(5)
    truth, said = rng.integers(0, 2, 60), rng.random(60)
    least = min(
        ((said >= at) & (truth == 0)).mean() + ((said < at) & (truth == 1)).mean()
        for at in [*said, 2.0]
    )
    found = ask("cost", truth, said)
    assert found.value is not None
    assert found.interval is not None
    assert found.value > least + 0.02
    assert found.interval[1] > 0.5


def test_one_class_of_three_is_looked_for_by_its_name() -> None:
    rng = np.random.default_rng(6)
    scores = rng.dirichlet(np.ones(3), 900)
    truth = np.array([["a", "b", "c"][rng.choice(3, p=row)] for row in scores])
    found = run_check(
        "operating_point",
        subject="precision_at_recall",
        truth=truth.tolist(),
        scores=scores,
        settings={"of": "c", "recall": 0.5},
        at_least=0.3,
    )
    assert (found.status, found.details["class"]) == ("passed", "c")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"recall": 1.0}, "recall is 1; write a share between 0 and 1"),
        ({"fpr": 0.0}, "fpr is 0; write a share between 0 and 1"),
        ({"false_negative": -1}, "false_negative costs -1; write a positive cost"),
    ],
)
def test_strange_settings_are_refused(settings: dict[str, float], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask("cost", *rows(1, 50), settings)
    assert (caught.value.code, caught.value.exit_code) == ("MG2160", 2)
    assert caught.value.message == says
    assert caught.value.where is not None


def test_without_a_positive_class_the_suite_has_to_name_one() -> None:
    with pytest.raises(UsageError, match="none of 3 classes is the positive one") as caught:
        run_check("operating_point", subject="cost", truth=[0, 1, 2], scores=np.eye(3))
    assert (caught.value.code, caught.value.hint) == (
        "MG2160",
        "say which class is looked for: `of: CLASS`",
    )


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no class is called 'z'") as caught:
        ask("cost", *rows(1, 50), {"of": "z"})
    assert caught.value.code == "MG2193"


def test_rows_of_one_class_have_no_point() -> None:
    found = run_check(
        "operating_point",
        subject="cost",
        truth=[1] * 100,
        scores=np.full((100, 2), 0.5),
        classes=[0, 1],
        at_most=0.5,
    )
    assert (found.status, found.value) == ("undecided", None)


def test_labels_only_have_no_point() -> None:
    found = run_check(
        "operating_point", subject="cost", truth=[0, 1] * 50, answer=[0, 1] * 50, at_most=0.5
    )
    assert found.status == "undecided"
    assert found.reason == "needs probabilities; the model answers labels only"


@pytest.mark.parametrize("point", list(TRUE))
@pytest.mark.parametrize("tied", [False, True], ids=["all-apart", "ties"])
def test_either_end_of_the_interval_misses_at_most_five_in_a_hundred(
    point: str, tied: bool
) -> None:
    decimals = 1 if tied else 15
    many, said = rows(7, 1_000_000)
    true = ask(point, many, said.round(decimals)).value if tied else TRUE[point]
    assert true is not None
    missed = np.zeros(2)
    for seed in range(100):
        truth, scores = rows(seed, 300)
        found = ask(point, truth, scores.round(decimals))
        assert found.interval is not None
        missed += true < found.interval[0], true > found.interval[1]
    assert (missed / 100 <= 0.115).all(), missed / 100  # 5 %, and three deviations


def test_weights_divide_the_rows_as_wholes() -> None:
    own, others = np.array([0.5, 2.5, 0.1]), np.array([0.3, 0.2, 4.5])
    found = LeastCost(own, others, 1.0, 1.0)
    assert 0 < found.value < 1
    assert found.place == 1
