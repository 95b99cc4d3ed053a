"""Many models on the same rows: the best, what is really different, and what is luck."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from modelgate.cli.compare import command
from modelgate.demo import write
from modelgate.errors import ModelError, UsageError
from modelgate.leaderboard import Leaderboard, compare
from modelgate.leaderboard.files import found
from modelgate.leaderboard.page import sentences
from modelgate.leaderboard.selection import selection
from modelgate.stats.paired import paired_share


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("board") / "demo"
    write(place)
    return place


def run(*words: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(
        command, [*map(str, words)], catch_exceptions=False, standalone_mode=False
    )


def boards(folder: Path, **others: Any) -> Leaderboard:
    given = {"data": folder / "data" / "test.csv", "target": "diagnosis", **others}
    return compare(found([str(folder / "models")]), **given)


def test_the_demo_models_stand_in_their_order(folder: Path) -> None:
    board = boards(folder)
    assert [one.name.removesuffix(".onnx") for one in board.entries] == [
        "better", "champion", "equal", "fewer", "worse", "swapped",
    ]  # fmt: skip
    assert [one.rank for one in board.entries] == [1, 2, 3, 4, 5, 6]
    assert [one.tied for one in board.entries] == [False, True, True, False, False, False]
    assert board.chosen == str(folder / "models" / "better.onnx")
    assert board.rows == 342
    second = board.entries[1]
    assert second.value == pytest.approx(330 / 342)
    # better is right on six rows that the champion misses, and wrong on two that it has
    expected = paired_share(6, 2, 342)
    assert second.behind == pytest.approx(4 / 342)
    assert second.behind_interval == pytest.approx((expected.low, expected.high))


def test_the_suite_names_the_best_that_it_promotes(folder: Path) -> None:
    board = boards(folder, data=None, target=None, suite=folder / "suites" / "demo.yaml")
    assert [one.decision for one in board.entries] == [
        "promote", "promote", "promote", "hold", "block", "block",
    ]  # fmt: skip
    assert board.exit_code == 0
    harsh = folder / "suites" / "harsh.yaml"
    text = (folder / "suites" / "demo.yaml").read_text("utf-8")
    harsh.write_text(text.replace("at_least: 0.90", "at_least: 0.999"), "utf-8")
    none = boards(folder, data=None, target=None, suite=harsh)
    assert none.chosen is None
    assert none.exit_code == 11
    assert sentences(none)[1] == "None is promoted by the suite Tumours, before every release."


@pytest.mark.parametrize(
    ("metric", "first"), [("auroc", "better"), ("log_loss", "better"), ("recall", "swapped")]
)
def test_other_metrics_rank_otherwise(folder: Path, metric: str, first: str) -> None:
    board = boards(folder, metric=metric)
    assert board.entries[0].name == f"{first}.onnx"
    values = [one.value for one in board.entries]
    assert values == sorted(values, reverse=board.better == "higher")  # type: ignore[type-var]


def test_the_page(folder: Path) -> None:
    done = run(folder / "models", "--data", folder / "data" / "test.csv", "--target", "diagnosis")
    text = " ".join(done.output.split())
    assert done.return_value == 0
    assert (
        "better.onnx comes first by accuracy, but 2 of 5 others cannot be told from it on these 342"
        " rows."
    ) in text
    assert "It leads the middle one by 2.5 points." in text
    assert "2 champion.onnx 96.5 % 1.2 points -0.3 to 2.8 tied" in text
    assert "6 swapped.onnx 68.7 % 28.9 points 24.8 to 33.3 shown" in text


def test_json_holds_all_of_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "board.json"
    run(
        *(folder / "models", "--data", folder / "data" / "test.csv", "--target", "diagnosis"),
        *("--report", f"json:{out}"),
    )
    board = json.loads(out.read_text("utf-8"))
    assert board["schema"] == "modelgate.leaderboard/1"
    assert [one["rank"] for one in board["entries"]] == [1, 2, 3, 4, 5, 6]
    assert board["luck"]["lead"] == pytest.approx(8.5 / 342)


def test_a_bad_file_is_a_line_and_not_the_end(folder: Path, tmp_path: Path) -> None:
    for name in ("better", "equal"):
        shutil.copy(folder / "models" / f"{name}.onnx", tmp_path)
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    board = compare(found([str(tmp_path)]), data=folder / "data" / "test.csv", target="diagnosis")
    assert [one.rank for one in board.entries] == [1, 2, None]
    assert board.entries[2].name == "broken.onnx"
    assert board.entries[2].reason.startswith("MG30")


def predictions(models: int, rows: int, right: float, seed: int) -> pd.DataFrame:
    """Models that are right equally often, in columns of their own."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, rows)
    easy = rng.random(rows)
    table = {"truth": truth}
    for place in range(models):
        hit = 0.7 * easy + 0.3 * rng.random(rows) < right
        table[f"m{place}"] = np.where(hit, truth, 1 - truth)
    return pd.DataFrame(table)


def test_equal_models_are_seldom_called_different() -> None:
    wrong = 0
    for seed in range(40):
        rows = predictions(6, 400, 0.7, seed)
        names = [f"columns:m{place}" for place in range(6)]
        wrong += len(compare(names, data=rows, target="truth").tied) < 6
    assert wrong <= 5  # 5 % of 40, and what chance adds at 1 in 100


def test_regression_is_ranked_by_rmse() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=800)
    rows = pd.DataFrame(
        {
            "truth": truth,
            "good": truth + 0.5 * rng.normal(size=800),
            "poor": truth + 0.8 * rng.normal(size=800),
        }
    )
    board = compare(["columns:poor", "columns:good"], data=rows, target="truth")
    assert [one.path for one in board.entries] == ["columns:good", "columns:poor"]
    assert board.entries[1].tied is False
    assert board.better == "lower"


def test_of_equal_models_the_whole_lead_is_luck_of_one_that_stands_out_next_to_none() -> None:
    rng = np.random.default_rng(3)
    equal = (rng.random((30, 1000)) < 0.8).astype(float)
    found_ = selection(equal)
    assert found_ is not None
    assert 0.6 < found_.luck / found_.lead < 1.5
    better = np.vstack([equal, (rng.random((1, 1000)) < 0.95).astype(float)])
    apart = selection(better)
    assert apart is not None
    assert apart.lead > 0.12
    assert apart.luck < 0.002


def test_the_luck_is_what_new_rows_take_back() -> None:
    """Twenty equal models, 500 rows: the winner's lead over its own truth, over many test sets."""
    told, real = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = (rng.random((20, 500)) < 0.8).astype(float)
        one = selection(scores)
        assert one is not None
        told.append(one.luck)
        real.append(scores.mean(axis=1).max() - 0.8)
    assert np.mean(told) == pytest.approx(np.mean(real), rel=0.25)


@pytest.mark.parametrize("scores", [np.ones((1, 50)), np.ones((3, 1))])
def test_without_a_choice_there_is_no_luck(scores: Any) -> None:
    assert selection(scores) is None


def test_mistakes(folder: Path, tmp_path: Path) -> None:
    one = str(folder / "models" / "better.onnx")
    data = {"data": folder / "data" / "test.csv", "target": "diagnosis"}
    with pytest.raises(UsageError, match="MG2080"):
        compare([one], **data)
    with pytest.raises(UsageError, match=r"MG2081.*did you mean 'accuracy'"):
        compare([one, one], metric="acuracy", **data)
    with pytest.raises(UsageError, match="MG2081 confusion does not compare"):
        compare([one, one], metric="confusion", **data)
    with pytest.raises(UsageError, match="MG2082"):
        compare([one, one])
    with pytest.raises(UsageError, match="MG2084"):
        found([str(tmp_path)])
    with pytest.raises(UsageError, match="MG2084"):
        found([str(tmp_path / "*.onnx")])
    with pytest.raises(UsageError, match="MG2121"):
        compare([one, one], suite=tmp_path / "none.yaml")
    with pytest.raises(ModelError):
        compare([tmp_path / "a.onnx", tmp_path / "b.onnx"], **data)
