"""What is drafted can be read, promotes the model it was drafted from, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from modelgate.cli import main
from modelgate.demo import write
from modelgate.drafting import draft
from modelgate.drafting.rows import CHECKS, STEPS
from modelgate.errors import StorageError, UsageError


@pytest.fixture(scope="module")
def tumours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tumours")
    write(folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, two below the models' neighbour."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def parsed(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("name", ["champion", "worse", "better"])
def test_the_demos_models_are_promoted_by_their_own_drafts(
    name: str, tumours: Path, here: Path
) -> None:
    model = str(tumours / "models" / f"{name}.onnx")
    drafted = draft(model, data=str(tumours / "data" / "test.csv"))
    assert drafted.report is not None
    assert drafted.report.verdict.decision == "promote"
    assert files(here) == ["modelgate.yaml", "suites", f"suites/{name}.yaml"]
    assert main(["check", model]) == 0  # by the project's suite, champion and data


def test_every_number_says_where_it_comes_from(tumours: Path, here: Path) -> None:
    draft(str(tumours / "models" / "champion.onnx"), data=str(tumours / "data" / "test.csv"))
    text = (here / "suites" / "champion.yaml").read_text("utf-8")
    suite = parsed(here / "suites" / "champion.yaml")
    assert suite["task"] == "classification"
    assert suite["model"] == {"positive": "malignant"}
    assert suite["data"]["test"]["target"] == "diagnosis"
    for path in (suite["champion"], suite["data"]["test"]["path"]):
        assert not Path(path).is_absolute()
        assert (here / "suites" / path).exists()
    steps = {step["metric"]: step for step in suite["checks"] if "metric" in step}
    assert set(steps) == {"accuracy", "auroc", "log_loss", "recall", "precision"}
    for line in text.splitlines():
        if line.strip().startswith(("at_least", "at_most")):
            assert "# champion: " in line
    assert text.count("EDIT") >= 2
    assert parsed(here / "modelgate.yaml") == {
        "title": here.name,
        "suite": "suites/champion.yaml",
    }


@pytest.mark.usefixtures("here")
def test_limits_lie_below_what_the_champion_surely_is(tumours: Path) -> None:
    model = str(tumours / "models" / "champion.onnx")
    drafted = draft(model, data=str(tumours / "data" / "test.csv"))
    assert drafted.report is not None
    held = [one for one in drafted.report.results if "at_least" in one.limit]
    assert {one.subject for one in held} >= {"accuracy", "auroc", "recall", "precision"}
    for one in held:
        assert one.interval is not None
        low, bound = one.interval[0], one.limit["at_least"]
        if one.check == "metric":
            reach = (one.value or 0) - low  # of another model as good, some lie as far below
            assert low - 2 * reach <= bound < low


def test_columns_of_few_values_are_asked_one_by_one(here: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 1500)
    table = pd.DataFrame(
        {
            "customer": [f"c{row}" for row in range(1500)],
            "on": rng.choice(["yes", "no"], 1500),
            "home land": rng.choice(["BR", "DE", "IN"], 1500),
            "rare": np.where(np.arange(1500) < 20, "a", "b"),
            "score": np.clip(0.5 + (truth - 0.5) * 0.6 + rng.normal(0, 0.25, 1500), 0, 1),
            "y": truth,
        }
    )
    table.to_csv(here / "test.csv", index=False)
    drafted = draft("columns:score", data="test.csv", target="y")
    suite = parsed(here / drafted.suite)
    assert drafted.suite == "suites/model.yaml"
    assert next(step["by"] for step in suite["checks"] if "by" in step) == ["on", "home land"]
    assert (suite["champion"], suite["data"]["test"]["path"]) == ("columns:score", "../test.csv")
    assert "determinism" not in str(suite)  # nobody is there to be asked again
    assert main(["check", "columns:score"]) == 0


def test_what_few_rows_cannot_tell_weighs_less(here: Path) -> None:
    rng = np.random.default_rng(0)
    price = rng.normal(100, 30, 60)
    rows = pd.DataFrame({"guess": price + rng.normal(0, 5, 60), "price": price})
    rows.to_csv(here / "test.csv", index=False)
    drafted = draft("columns:guess", data="test.csv", target="price")
    assert drafted.report is not None
    assert drafted.report.verdict.decision == "promote"
    rmse = next(s for s in parsed(here / drafted.suite)["checks"] if s.get("metric") == "rmse")
    assert 4 < rmse["at_most"] < 8
    assert main(["check", "columns:guess"]) == 0


def test_a_model_without_data_gets_a_skeleton_that_names_it(tumours: Path, here: Path) -> None:
    model = tumours / "models" / "champion.onnx"
    drafted = draft(str(model))
    assert drafted.report is not None
    text = (here / "suites" / "champion.yaml").read_text()
    assert "# champion: " in text
    assert "champion.onnx" in text
    assert main(["check", str(model)]) == 0


def test_rows_are_held_to_those_it_was_trained_on(tumours: Path, here: Path) -> None:
    rows = pd.read_csv(tumours / "data" / "test.csv")
    rows[::2].to_csv(here / "test.csv", index=False)
    rows[1::2].to_csv(here / "train.csv", index=False)
    drafted = draft(
        str(tumours / "models" / "champion.onnx"), data="test.csv", reference="train.csv"
    )
    assert drafted.report is not None
    assert {one.check for one in drafted.report.results} >= {*CHECKS}
    suite = parsed(here / "suites" / "champion.yaml")
    assert suite["data"]["reference"] == {"path": "../train.csv"}
    assert suite["checks"][-3:] == yaml.safe_load(STEPS)


def test_without_those_rows_the_questions_stand_there_to_be_turned_on(
    tumours: Path, here: Path
) -> None:
    rows = str(tumours / "data" / "test.csv")
    draft(str(tumours / "models" / "champion.onnx"), data=rows)
    path = here / "suites" / "champion.yaml"
    asked = {key for step in parsed(path)["checks"] for key in step}
    assert not asked & {*CHECKS}
    turned_on = path.read_text("utf-8").replace("  # - ", "  - ")
    path.write_text(turned_on.replace("  # reference: {path: ../data/train.csv}", ""))
    assert parsed(path)["checks"][-3:] == yaml.safe_load(STEPS)
    assert main(["check", str(tumours / "models" / "champion.onnx"), "--reference", rows]) == 0


def test_without_a_model_there_is_a_skeleton(tumours: Path, here: Path) -> None:
    drafted = draft()
    assert files(here) == ["modelgate.yaml", "suites", "suites/model.yaml"]
    assert drafted.report is None
    checks = parsed(here / "suites" / "model.yaml")["checks"]
    assert checks == [{"finite_outputs": "all"}, {"signature": "all"}]
    assert main(["check", str(tumours / "models" / "champion.onnx")]) == 0


@pytest.mark.parametrize(
    ("there", "named"),
    [
        pytest.param(["modelgate.yaml"], "modelgate.yaml is there", id="the-project"),
        pytest.param(["suites/champion.yaml"], "suites/champion.yaml is there", id="the-suite"),
        pytest.param(
            ["modelgate.yaml", "suites/champion.yaml"],
            "modelgate.yaml and suites/champion.yaml are there",
            id="both",
        ),
        pytest.param(["suites"], "suites is there", id="suites-is-a-file"),
    ],
)
def test_nothing_is_overwritten(
    there: list[str], named: str, tumours: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in there:
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("mine")
    before = files(here)
    model, rows = tumours / "models" / "champion.onnx", tumours / "data" / "test.csv"
    assert main(["init", str(model), "--data", str(rows)]) == 2
    said = capsys.readouterr()
    assert f"modelgate: MG2060 {named} already; nothing was written" in said.err
    assert said.out == ""
    assert files(here) == before
    assert all((here / name).read_text() == "mine" for name in there)


def test_a_link_that_leads_nowhere_is_not_overwritten(here: Path) -> None:
    (here / "modelgate.yaml").symlink_to("elsewhere.yaml")
    with pytest.raises(UsageError, match="MG2060"):
        draft()
    assert not (here / "elsewhere.yaml").exists()


@pytest.mark.parametrize(
    ("words", "line", "code"),
    [
        pytest.param(["--data", "test.csv"], "modelgate: MG2061 data is named", 2, id="no-model"),
        pytest.param(["none.onnx", "--data", "test.csv"], "MG3001", 3, id="a-model-that-is-none"),
        pytest.param(["none.onnx"], "MG3001", 3, id="the-same-without-data"),
        pytest.param(
            ["columns:guess", "--data", "none.csv", "--target", "y"], "MG35", 3, id="no-data"
        ),
        pytest.param(
            ["columns:guess", "--data", "test.csv", "--target", "z"], "MG3147", 3, id="no-target"
        ),
        pytest.param(["columns:guess", "--target", "y"], "modelgate: MG20", 2, id="target-alone"),
        pytest.param(["none.onnx", "--reference", "x"], "MG2061 the ref", 2, id="reference-alone"),
    ],
)
def test_mistakes_write_nothing(
    words: list[str], line: str, code: int, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "test.csv").write_text("guess,y\n" + "1.5,2.5\n" * 50)
    assert main(["init", *words]) == code
    said = capsys.readouterr()
    assert line in said.err
    assert "Traceback" not in said.err
    assert files(here) == ["test.csv"]


def test_a_disk_that_cannot_be_written_keeps_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelgate import drafting

    def full(path: Path, content: bytes) -> None:
        if path.name == "model.yaml":
            raise StorageError("MG6050", "cannot write: no space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(drafting, "write_file", full)
    with pytest.raises(StorageError) as caught:
        draft()
    assert (caught.value.code, caught.value.exit_code) == ("MG6050", 6)
    assert files(here) == []


def test_names_that_yaml_would_misread_are_quoted(here: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.choice(["no", "yes"], 400)
    score = np.where(truth == "yes", 0.8, 0.2) + rng.normal(0, 0.05, 400)
    rows = pd.DataFrame({"p: of #1": score.clip(0, 1), "null": truth})
    rows.to_csv(here / "a test, of sorts.csv", index=False)
    drafted = draft("columns:p: of #1", data="a test, of sorts.csv", target="null")
    suite = parsed(here / drafted.suite)
    assert suite["data"]["test"] == {"path": "../a test, of sorts.csv", "target": "null"}
    assert suite["champion"] == "columns:p: of #1"
    assert suite["model"] == {"positive": "yes"}
    assert main(["check", "columns:p: of #1"]) == 0
