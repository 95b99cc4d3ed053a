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
from modelgate.leaderboard.wording import sentences
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
    assert board.chosen is None  # no suite was asked
    assert board.rows == 342
    assert [one.group for one in board.entries] == [1, 1, 1, 2, 3, 4]
    assert board.exit_code == 0
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
    assert [one.pick for one in board.entries] == [True, True, False, False, False, False]
    assert board.chosen == "better.onnx"
    assert board.exit_code == 0
    harsh = folder / "suites" / "harsh.yaml"
    text = (folder / "suites" / "demo.yaml").read_text("utf-8")
    harsh.write_text(text.replace("at_least: 0.90", "at_least: 0.999"), "utf-8")
    none = boards(folder, data=None, target=None, suite=harsh)
    assert none.chosen is None
    assert none.exit_code == 11
    assert sentences(none)[2] == "None is promoted by the suite Tumours, before every release."


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
    assert "Cannot be told apart: 1 to 3." in text
    assert "It leads the middle one of the others by 3.5 points here" in text
    assert "1 better.onnx 97.7 % 95.8 to 98.8 2 champion.onnx" in text
    assert "2 champion.onnx 96.5 % 94.4 to 98.0 1.2 points -0.3 to 2.8 tied" in text
    assert "6 swapped.onnx 68.7 % 64.5 to 72.7 28.9 points 24.8 to 33.3 worse" in text
    assert "the chance that any of all 15 comparisons says so wrongly is 5 % at most" in text


def test_json_holds_all_of_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "board.json"
    run(
        *(folder / "models", "--data", folder / "data" / "test.csv", "--target", "diagnosis"),
        *("--report", f"json:{out}"),
    )
    board = json.loads(out.read_text("utf-8"))
    assert board["schema"] == "modelgate.leaderboard/1"
    assert [one["rank"] for one in board["entries"]] == [1, 2, 3, 4, 5, 6]
    assert board["luck"]["lead"] == pytest.approx(12 / 342)
    assert board["entries"][0]["digest"].startswith("sha256:")
    assert board["data"]["target"] == "diagnosis"
    assert board["data"]["digest"].startswith("sha256:")


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


def test_mistakes(folder: Path, tmp_path: Path) -> None:
    one = str(folder / "models" / "better.onnx")
    data: dict[str, Any] = {"data": folder / "data" / "test.csv", "target": "diagnosis"}
    with pytest.raises(UsageError, match="MG2080"):
        compare([one], **data)
    with pytest.raises(UsageError, match=r"MG2081.*did you mean 'accuracy'"):
        compare([one, one], metric="acuracy", **data)
    with pytest.raises(UsageError, match="MG2081 confusion does not rank models"):
        compare([one, one], metric="confusion", **data)
    with pytest.raises(UsageError, match="MG2082"):
        compare([one, one])
    with pytest.raises(UsageError, match="MG2084"):
        found([str(tmp_path)])
    with pytest.raises(UsageError, match="MG2084"):
        found([str(tmp_path / "*.onnx")])
    with pytest.raises(UsageError, match="MG2121"):
        compare([one, one], suite=tmp_path / "none.yaml")
    with pytest.raises(
        ModelError, match=r"MG3156 none of the 2 models could be judged; a\.onnx: MG30"
    ):
        compare([tmp_path / "a.onnx", tmp_path / "b.onnx"], **data)
