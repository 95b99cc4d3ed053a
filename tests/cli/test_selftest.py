"""`modelgate selftest`: a page for strangers, JSON for programs, one line for mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from modelgate.cli import main
from modelgate.cli.selftest import command
from modelgate.demo import write

WORDS = ("--suite", "suite.yaml", "--draws", "2")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write(folder)
    rows = pd.read_csv(folder / "data" / "test.csv")
    rows.drop(columns="diagnosis").to_csv(folder / "unlabelled.csv", index=False)
    checks = "checks: [{metric: accuracy}, {finite_outputs: all}]"
    test = "data: {test: {path: data/test.csv, target: diagnosis}}"
    (folder / "suite.yaml").write_text(f"title: Tumours\n{test}\n{checks}")
    (folder / "smoke.yaml").write_text("data: {test: unlabelled.csv}\nchecks: [{signature: all}]")
    return folder


@pytest.fixture
def folder(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(demo)
    monkeypatch.setenv("COLUMNS", "100")
    return demo


def test_a_page_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del folder
    assert main(["selftest", "models/champion.onnx", *WORDS]) == 11
    page = capsys.readouterr().out
    text = " ".join(page.split())
    assert page.startswith("Tumours: would it catch a worse model?\n")
    assert "faulty models were made of the answers of champion.onnx to 342 rows" in text
    assert "✓ A model that is the very same: promoted" in text
    assert "✓ A model that answers every row alike: blocked" in text
    assert "answer 5 points fewer of the rows rightly 0 of 2" in text
    assert "Your suite would let through 2 of 2 models that are half as sure" in text
    assert "- metric: log_loss\n" in page
    assert page.endswith("are let through, exit code 11\n")
    assert "\x1b" not in page


def test_json_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["selftest", "models/champion.onnx", *WORDS, "--seed", "3"]
    assert main([*words, "--report", "json:out.json", "--report", "terminal:page.txt"]) == 11
    assert capsys.readouterr().out == ""
    found = json.loads((folder / "out.json").read_text())
    assert (found["schema"], found["decision"]) == ("modelgate.selftest/1", "unsound")
    assert found["exit_code"] == 11
    assert found["subject"]["seed"] == 3
    assert found["subject"]["data"]["rows"] == 342
    assert {one["fault"] for one in found["controls"]} == {"copy", "equal", "constant", "shuffled"}
    drop = next(one for one in found["faults"] if one["kind"] == "drop-5")
    assert drop["caught"] is True
    (tried,) = drop["tried"]
    assert tried["promoted"] + tried["held"] + tried["blocked"] == tried["models"] == 2
    assert tried["interval"][0] <= tried["let_through"] <= tried["interval"][1]
    assert "would it catch a worse model?" in (folder / "page.txt").read_text()
    assert main([*words, "--report", "json"]) == 11
    again = json.loads(capsys.readouterr().out)
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


def test_a_sound_suite_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = "".join(
        f"  - metric: {name}\n    severity: {severity}\n    margin: 5%\n"
        for name, severity in (
            ("accuracy", "blocker"),
            ("recall", "blocker"),
            ("precision", "blocker"),
            ("log_loss", "major"),
        )
    )
    test = "data: {test: {path: data/test.csv, target: diagnosis}}\nmodel: {positive: malignant}\n"
    (folder / "sound.yaml").write_text(f"{test}checks:\n{steps}")
    words = ["selftest", "models/champion.onnx", "--suite", "sound.yaml", "--draws", "2"]
    assert main(words) == 0
    assert "SOUND: of each kind of fault at least 90 % are caught" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line", "code"),
    [
        pytest.param(
            ["models/champion.onnx", "--report", "html:x.html"],
            "modelgate: MG2050 no report format is called 'html'; ",
            2,
            id="another-format",
        ),
        pytest.param(
            ["models/champion.onnx", "--report", "json:"],
            "modelgate: MG2051 --report json: names no file; write json:FILE",
            2,
            id="a-colon-without-a-file",
        ),
        pytest.param(
            ["models/champion.onnx", "--suite", "smoke.yaml"],
            "modelgate: MG2070 there are no labelled rows, so no answer can be made worse",
            2,
            id="no-labels",
        ),
        pytest.param(
            ["models/champion.onnx", "--suite", "nowhere.yaml"],
            "MG2121 cannot read the suite 'nowhere.yaml'",
            2,
            id="no-suite",
        ),
        pytest.param(
            ["models/none.onnx", "--data", "data/test.csv", "--target", "diagnosis"],
            "modelgate: MG3001 'models/none.onnx' does not exist",
            3,
            id="no-model",
        ),
        pytest.param(
            ["models/champion.onnx", "--draws", "0"],
            "modelgate: MG2003 ",
            2,
            id="no-models-to-draw",
        ),
        pytest.param(
            ["models/champion.onnx", *WORDS, "--report", "json:data/test.csv"],
            "MG2035 'data/test.csv' would be written over",
            2,
            id="over-the-data",
        ),
    ],
)
def test_mistakes_are_one_line(
    words: list[str],
    line: str,
    code: int,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = (folder / "data" / "test.csv").read_bytes()
    assert main(["selftest", *words]) == code
    said = capsys.readouterr()
    assert line in said.err
    assert said.out == ""
    assert (folder / "data" / "test.csv").read_bytes() == before


def test_help_has_an_example_and_the_exit_codes() -> None:
    done = CliRunner().invoke(command, ["--help"])
    assert done.exit_code == 0
    assert "Example: modelgate selftest" in done.output
    assert "11 it does not" in " ".join(done.output.split())
