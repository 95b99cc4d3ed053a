"""Groups that are treated alike, and groups that are not."""

from typing import Any

import numpy as np
import pytest
from fairlearn import metrics as fairlearn
from numpy.typing import NDArray

from modelgate import evaluate
from modelgate.errors import UsageError
from modelgate.report import Result
from modelgate.testing import run_check

CRITERIA = ["demographic_parity", "equal_opportunity", "equalized_odds"]


def people(
    seed: int, count: int, rates: dict[str, float]
) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Truth, answers, groups: of each group such a share of both classes is answered 1."""
    rng = np.random.default_rng(seed)
    group = rng.choice(list(rates), count)
    truth = rng.integers(0, 2, count)
    chance = np.array([rates[one] for one in group])
    return truth, (rng.random(count) < chance).astype(int), group.tolist()


def ask(
    criterion: str,
    rows: tuple[NDArray[Any], NDArray[Any], list[str]],
    /,
    settings: Any = None,
    **limit: Any,
) -> Result:
    truth, answer, group = rows
    return run_check(
        "fairness",
        subject=criterion,
        truth=truth.tolist(),
        answer=answer.tolist(),
        columns={"sex": group},
        settings={"of": "sex", **(settings or {})},
        **limit,
    )


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(
    ("rates", "count", "status"),
    [
        pytest.param({"F": 0.5, "M": 0.5}, 6_000, "passed", id="alike"),
        pytest.param({"F": 0.3, "M": 0.6}, 6_000, "failed", id="half-as-often"),
        pytest.param({"F": 0.45, "M": 0.55}, 400, "undecided", id="too-few-to-tell"),
    ],
)
def test_difference(criterion: str, rates: dict[str, float], count: int, status: str) -> None:
    assert ask(criterion, people(1, count, rates), at_most=0.1).status == status


@pytest.mark.parametrize(
    ("rates", "count", "status"),
    [
        pytest.param({"F": 0.5, "M": 0.5}, 6_000, "passed", id="alike"),
        pytest.param({"F": 0.3, "M": 0.6}, 6_000, "failed", id="half-as-often"),
        pytest.param({"F": 0.45, "M": 0.55}, 400, "undecided", id="four-fifths-or-so"),
    ],
)
def test_ratio(rates: dict[str, float], count: int, status: str) -> None:
    rows = people(1, count, rates)
    settings = {"compare": "ratio"}
    assert ask("demographic_parity", rows, settings, at_least=0.8).status == status


@pytest.mark.parametrize("compare", ["difference", "ratio"])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_values_are_fairlearns(criterion: str, compare: str) -> None:
    truth, answer, group = people(2, 900, {"a": 0.3, "b": 0.5, "c": 0.45})
    theirs = getattr(fairlearn, f"{criterion}_{compare}")(truth, answer, sensitive_features=group)
    ours = ask(criterion, (truth, answer, group), {"compare": compare})
    assert ours.value == pytest.approx(theirs, rel=1e-12)


def test_the_groups_stand_in_a_table() -> None:
    truth, answer, group = people(3, 600, {"a": 0.2, "b": 0.6})
    found = ask("demographic_parity", (truth, answer, group))
    frame = fairlearn.MetricFrame(
        metrics={"share": fairlearn.selection_rate, "rows": fairlearn.count},
        y_true=truth,
        y_pred=answer,
        sensitive_features=group,
    ).by_group
    for row, name in zip(found.details["groups"], ("a", "b"), strict=True):
        assert row["group"] == f"sex = {name}"
        assert row["selected"]["value"] == pytest.approx(frame["share"][name])
        assert row["rows"] == frame["rows"][name]
        assert row["selected"]["judged"] is True
    assert found.evidence[0].startswith("sex = a: ")


def test_small_groups_are_listed_and_not_judged() -> None:
    truth, answer, group = people(4, 600, {"a": 0.5, "b": 0.5})
    few = (np.append(truth, [1] * 20), np.append(answer, [0] * 20), group + ["c"] * 20)
    found = ask("demographic_parity", few)
    rows = {row["group"]: row["selected"]["judged"] for row in found.details["groups"]}
    assert rows == {"sex = a": True, "sex = b": True, "sex = c": False}
    assert found.value == ask("demographic_parity", (truth, answer, group)).value
    smaller = ask("demographic_parity", few, {"smallest": 10})
    assert smaller.value is not None
    assert smaller.value > 0.4


def test_one_group_alone_is_not_compared() -> None:
    found = ask("demographic_parity", people(5, 300, {"a": 0.5}), at_most=0.1)
    assert (found.status, found.value) == ("undecided", None)
    assert "fewer than two groups" in (found.reason or "")


def test_rows_without_a_value_are_a_group_of_their_own() -> None:
    truth, answer, group = people(6, 300, {"a": 0.5, "b": 0.5})
    lost: list[Any] = [None if place < 100 else one for place, one in enumerate(group)]
    found = ask("demographic_parity", (truth, answer, lost))
    assert "sex = (missing)" in [row["group"] for row in found.details["groups"]]


def test_two_columns_are_crossed() -> None:
    truth, answer, group = people(7, 1_000, {"a": 0.5, "b": 0.5})
    found = run_check(
        "fairness",
        subject="demographic_parity",
        truth=truth.tolist(),
        answer=answer.tolist(),
        columns={"sex": group, "region": ["north", "south"] * 500},
        settings={"of": ["sex", "region"]},
    )
    names = [row["group"] for row in found.details["groups"]]
    assert names[0] == "sex = a, region = north"
    assert len(names) == 4


def test_nobody_favoured_is_no_ratio() -> None:
    truth, answer, group = people(8, 400, {"a": 0.0, "b": 0.0})
    found = run_check(
        "fairness",
        subject="demographic_parity",
        truth=truth.tolist(),
        answer=answer.tolist(),
        columns={"sex": group},
        settings={"of": "sex", "compare": "ratio"},
        at_least=0.8,
    )
    assert (found.status, found.value) == ("undecided", None)
    assert "0 / 0" in (found.reason or "")


def test_no_observed_difference_is_not_surely_none() -> None:
    truth, answer, group = people(9, 200, {"a": 1.0, "b": 1.0})
    found = ask("demographic_parity", (truth, answer, group), at_most=0.01)
    assert (found.value, found.status) == (0.0, "undecided")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"of": []}, "of names one column, or two different ones to be crossed"),
        ({"of": ["a", "a"]}, "of names one column, or two different ones to be crossed"),
        ({"of": ["a", "b", "c"]}, "of names one column, or two different ones to be crossed"),
        ({"smallest": 0}, "smallest is 0; write a number of rows, 1 or more"),
    ],
)
def test_strange_settings_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask("demographic_parity", people(1, 60, {"a": 0.5, "b": 0.5}), settings)
    assert (caught.value.code, caught.value.exit_code) == ("MG2160", 2)
    assert caught.value.message == says
    assert caught.value.where is not None


def test_an_answer_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no class is called 'hired'") as caught:
        ask("equalized_odds", people(1, 60, {"a": 0.5, "b": 0.5}), {"favourable": "hired"})
    assert caught.value.code == "MG2193"


def test_of_three_classes_the_favourable_one_is_named() -> None:
    settings: dict[str, Any] = {"of": "sex"}
    rows: dict[str, Any] = {"truth": ["x", "y", "z"] * 100, "answer": ["x", "y", "z"] * 100}
    columns = {"sex": ["a", "b"] * 150}
    with pytest.raises(UsageError, match="none of 3 classes is the positive one") as caught:
        run_check("fairness", subject="equalized_odds", columns=columns, settings=settings, **rows)
    assert caught.value.code == "MG2160"
    settings["favourable"] = "z"
    found = run_check(
        "fairness", subject="equalized_odds", columns=columns, settings=settings, **rows
    )
    assert found.value == 0.0


def suite(tmp_path: Any, column: str) -> Any:
    path = tmp_path / "suite.yaml"
    path.write_text(
        "checks:\n  - metric: accuracy\n    at_least: 0.1\n"
        f"  - fairness: demographic_parity\n    of: {column}\n    at_most: 0.15\n",
        "utf-8",
    )
    return path


def frame(rates: dict[str, float]) -> Any:
    import pandas as pd

    truth, answer, group = people(10, 4_000, rates)
    return pd.DataFrame({"x": answer, "sex": group, "y": truth})


@pytest.mark.parametrize(
    ("rates", "status"), [({"F": 0.5, "M": 0.5}, "passed"), ({"F": 0.3, "M": 0.7}, "failed")]
)
def test_a_suite_asks_it_of_a_column_that_the_model_does_not_read(
    tmp_path: Any, rates: dict[str, float], status: str
) -> None:
    report = evaluate(
        lambda rows: rows["x"].to_numpy(),
        data=frame(rates),
        target="y",
        suite=suite(tmp_path, "sex"),
    )
    found = next(one for one in report.results if one.check == "fairness")
    assert found.id == "fairness[demographic_parity, of=sex]"
    assert (found.status, found.severity) == (status, "major")


def test_a_column_that_the_data_lacks_keeps_the_gate_shut(tmp_path: Any) -> None:
    report = evaluate(
        lambda rows: rows["x"].to_numpy(),
        data=frame({"F": 0.5, "M": 0.5}),
        target="y",
        suite=suite(tmp_path, "sexe"),
    )
    found = next(one for one in report.results if one.check == "fairness")
    assert found.status == "skipped"
    assert found.reason == "the data has no column 'sexe'; did you mean 'sex'?"
    assert report.verdict.decision == "hold"
