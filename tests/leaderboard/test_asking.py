"""Every model is judged as `modelgate check` judges it, and one that fails takes no other along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import DataError, ModelError, UsageError
from modelgate.leaderboard import Leaderboard, compare
from modelgate.leaderboard.duels import MOST_PAIRED
from modelgate.leaderboard.together import AT_ONCE
from modelgate.options import Options

ROWS = 20_000  # several blocks
Asked = Callable[[pd.DataFrame], Any]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=ROWS)
    y = np.where(x + rng.normal(size=ROWS) > 0, "yes", "no")
    users = rng.integers(0, 400, ROWS)
    return pd.DataFrame({"x": x, "weight": rng.random(ROWS), "user": users, "y": y})


def by_threshold(at: float) -> Asked:
    def model(frame: pd.DataFrame) -> Any:
        x = frame["x"].to_numpy()
        score = 1 / (1 + np.exp(-2 * (x - at + at * np.sin(40 * x))))
        return np.stack([1 - score, score], axis=1)

    return model


MODELS = {"low": by_threshold(-0.3), "right": by_threshold(0.0), "high": by_threshold(0.5)}
MODEL = "model: {classes: ['no', 'yes'], positive: 'yes'}"


def suite(folder: Path, data: str, step: str = "metric: accuracy, margin: 0.05") -> Path:
    path = folder / "suite.yaml"
    path.write_text(
        f"{MODEL}\ndata: {{test: {{target: y{data}}}}}\nchecks: [{{{step}}}]\n", "utf-8"
    )
    return path


@pytest.mark.parametrize("metric", ["accuracy", "auroc", "log_loss", "f1"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="plain"),
        pytest.param(", weight: weight", id="weighted"),
        pytest.param(", group: user", id="grouped"),
    ],
)
def test_values_and_differences_are_those_of_a_check(
    rows: pd.DataFrame, tmp_path: Path, metric: str, data: str
) -> None:
    path = suite(tmp_path, data, f"metric: {metric}, margin: 0.05")
    some = rows[:3000]
    board = compare(MODELS, data=some, suite=path, metric=metric)
    best = board.ranked[0].name
    for entry in board.ranked:
        report = modelgate.evaluate(
            MODELS[best], data=some, suite=path, champion=MODELS[entry.name]
        )
        own, versus = report.results[:2]
        alone = modelgate.evaluate(MODELS[entry.name], data=some, suite=path).results[0]
        assert entry.value == alone.value
        assert entry.interval == alone.interval
        if entry.rank != 1:
            sign = 1 if own.better == "higher" else -1
            assert versus.difference is not None
            assert entry.behind == sign * versus.difference
            assert versus.difference_interval is not None
            assert entry.behind_interval == tuple(
                sorted(sign * end for end in versus.difference_interval)
            )


def plain(models: Any, rows: pd.DataFrame, **others: Any) -> Leaderboard:
    words = {"no": 0, "yes": 1}
    return compare(models, data=rows.assign(y=rows["y"].map(words)), target="y", **others)


def test_side_by_side_and_one_by_one_agree(rows: pd.DataFrame, tmp_path: Path) -> None:
    beside = plain(MODELS, rows, metric="auroc")
    after = compare(MODELS, data=rows, suite=suite(tmp_path, ""), metric="auroc")
    for one, other in zip(beside.entries, after.entries, strict=True):
        assert (one.name, one.value, one.p_value) == (other.name, other.value, other.p_value)
        assert one.decision is None
        assert other.decision is not None
    assert beside.luck == after.luck


def test_every_row_is_answered_once_however_many_models(rows: pd.DataFrame) -> None:
    asked: Counter[int] = Counter()

    def counting(place: int) -> Asked:
        inner = by_threshold(place / 10)

        def model(frame: pd.DataFrame) -> Any:
            asked[place] += len(frame)
            return inner(frame)

        return model

    count = 2 * AT_ONCE + 8
    board = plain({str(place): counting(place) for place in range(count)}, rows)
    assert len(board.ranked) == count > MOST_PAIRED
    assert [one.name for one in board.ranked[:2]] == ["0", "1"]
    assert all(ROWS <= asked[place] <= ROWS + 200 for place in range(count))
    beyond = board.ranked[MOST_PAIRED:]
    assert {one.group for one in beyond} == {None}
    assert not any(one.tied for one in beyond)
    assert all(one.p_value is not None and one.p_value < 0.05 for one in beyond)


def breaking(after: int, how: Callable[[pd.DataFrame], Any]) -> Asked:
    """A model that goes wrong after so many rows."""
    seen = Counter[str]()
    inner = by_threshold(0.0)

    def model(frame: pd.DataFrame) -> Any:
        seen["rows"] += len(frame)
        return how(frame) if seen["rows"] > after else inner(frame)

    return model


def raising(_: pd.DataFrame) -> Any:
    raise RuntimeError("out of luck")


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize("after", [0, 10_000], ids=["at-once", "half-way"])
@pytest.mark.parametrize("judged", [False, True], ids=["side-by-side", "by-a-suite"])
def test_a_model_that_breaks_takes_no_other_along(
    rows: pd.DataFrame, tmp_path: Path, place: int, after: int, *, judged: bool
) -> None:
    models = list({"low": MODELS["low"], "right": MODELS["right"]}.items())
    models.insert(place, ("broken", breaking(after, raising)))
    if judged:
        board = compare(dict(models), data=rows, suite=suite(tmp_path, ""))
    else:
        board = plain(dict(models), rows)
    whole = plain({"low": MODELS["low"], "right": MODELS["right"]}, rows)
    assert [one.name for one in board.entries] == ["right", "low", "broken"]
    assert board.entries[2].rank is None
    assert board.entries[2].reason.startswith("MG4020 ")
    assert board.rows == ROWS
    assert board.entries[1].behind == whole.entries[1].behind


def nan_in(share: float) -> Asked:
    inner = by_threshold(0.0)

    def model(frame: pd.DataFrame) -> Any:
        answers = inner(frame)
        answers[frame["x"].to_numpy() < np.quantile(ALL_X, share)] = np.nan
        return answers

    return model


ALL_X = np.random.default_rng(0).normal(size=ROWS)


def test_rows_that_a_model_does_not_answer_are_left_out_for_all(rows: pd.DataFrame) -> None:
    board = plain({**MODELS, "some": nan_in(0.005)}, rows)
    assert len(board.ranked) == 4
    assert board.left_out == 100
    assert board.rows == ROWS - 100
    right, some = (next(o for o in board.ranked if o.name == name) for name in ("right", "some"))
    assert right.value == some.value
    assert "100 labelled rows are left out" in str(board)


def test_a_model_that_does_not_answer_many_rows_is_not_ranked(rows: pd.DataFrame) -> None:
    board = plain({**MODELS, "many": nan_in(0.1)}, rows)
    assert len(board.ranked) == 3
    assert board.rows == ROWS
    assert board.entries[-1].reason == (
        "MG3155 it answers 2,000 of 20,000 rows with nothing to judge"
    )


def test_models_of_another_question_are_not_ranked(rows: pd.DataFrame) -> None:
    def three(frame: pd.DataFrame) -> Any:
        return np.full((len(frame), 3), 1 / 3)

    board = plain({**MODELS, "three": three}, rows[:500])
    assert [one.name for one in board.entries][-1] == "three"
    assert "MG3153 it answers with 0, 1, 2, the first model with 0, 1" in board.entries[-1].reason


def test_one_that_is_left_over_is_compared_with_nothing(rows: pd.DataFrame) -> None:
    board = plain({"right": MODELS["right"], "broken": raising}, rows[:500])
    assert board.exit_code == 3
    assert str(board).startswith("COMPARE  Only right could be judged.")
    assert board.luck is None


def test_none_left_is_an_error(rows: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="MG3156 none of the 2 models could be judged; a: MG4020"):
        plain({"a": raising, "b": raising}, rows[:500])


@pytest.mark.parametrize("judged", [False, True], ids=["side-by-side", "by-a-suite"])
def test_data_that_cannot_be_read_ends_it_at_once(
    rows: pd.DataFrame, tmp_path: Path, *, judged: bool
) -> None:
    asked = []

    def model(frame: pd.DataFrame) -> Any:
        asked.append(len(frame))
        return MODELS["right"](frame)

    path = suite(tmp_path, "") if judged else None
    with pytest.raises(DataError, match="MG3501"):
        compare({"a": model, "b": model}, data=tmp_path / "none.csv", target="y", suite=path)
    assert asked == []
    with pytest.raises(UsageError, match="MG2081 rmse does not rank models of classification"):
        plain({"a": model, "b": model}, rows[:500], metric="rmse")


def test_the_pick_of_many_pays_for_the_choice(tmp_path: Path) -> None:
    """Twelve equal models that pass alone, just so; the luckiest of them is no proof."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 400)
    table = {"y": truth}
    for place in range(12):
        wrong = rng.permutation(400)[: 19 + place % 3]
        table[f"m{place}"] = np.where(np.isin(np.arange(400), wrong), 1 - truth, truth)
    path = tmp_path / "suite.yaml"
    path.write_text("checks: [{metric: accuracy, at_least: 0.925}]", "utf-8")
    names = [f"columns:m{place}" for place in range(12)]
    board = compare(names, data=pd.DataFrame(table), target="y", suite=path)
    assert "promote" in {one.decision for one in board.ranked}
    assert not any(one.pick for one in board.ranked)
    assert board.chosen is None
    assert board.exit_code == 11
    assert "but not as the pick of 12" in " ".join(str(board).split())
    few = compare(names[:2], data=pd.DataFrame(table), target="y", suite=path)
    assert few.ranked[0].pick is (few.chosen is not None)


def test_a_model_without_scores_has_no_log_loss(rows: pd.DataFrame) -> None:
    def labels(frame: pd.DataFrame) -> Any:
        return (frame["x"].to_numpy() > 0).astype(np.int64)

    board = plain({**MODELS, "labels": labels}, rows[:500], metric="log_loss")
    assert [one.name for one in board.ranked] == ["right", "low", "high"]
    assert board.entries[-1].reason.startswith("MG3159 log_loss is not known: needs probabilities")
    both = plain({**MODELS, "labels": labels}, rows[:500])
    assert len(both.ranked) == 4


def test_rows_of_one_class_rank_nobody_by_auroc(rows: pd.DataFrame) -> None:
    some = rows[rows["y"] == "yes"][:200]
    with pytest.raises(ModelError, match=r"MG3156 none of the 3 .* MG3159 auroc is not known"):
        plain(MODELS, some, metric="auroc")


def test_no_model_is_written_over(tmp_path: Path, rows: pd.DataFrame) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.onnx").write_bytes(b"x")
    options = Options(writes=[str(tmp_path / "b.onnx")])
    with pytest.raises(UsageError, match="MG2035"):
        compare([tmp_path / "a.onnx", tmp_path / "b.onnx"], data=rows, target="y", options=options)
