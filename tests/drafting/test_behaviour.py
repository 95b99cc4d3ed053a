"""What changes rows is drafted where the champion takes it well, with room for other models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from modelgate.cases import CaseFile
from modelgate.cases.reading import read_cases
from modelgate.cli import main
from modelgate.demo import write
from modelgate.drafting import draft


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write(folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps(path: Path) -> dict[str, Any]:
    """The first key and value of each step that changes rows -> the step."""
    suite = yaml.safe_load(path.read_text("utf-8"))
    told = [(*next(iter(step.items())), step) for step in suite["checks"]]
    kinds = {"invariance", "robustness", "unused_inputs", "must_get_right"}
    return {f"{check} {subject}": step for check, subject, step in told if check in kinds}


def test_texts_are_mistyped_and_spaced(demo: Path, here: Path) -> None:
    model = str(demo / "topics" / "champion.onnx")
    drafted = draft(model, data=str(demo / "data" / "topics.csv"))
    assert drafted.report is not None
    found = steps(here / drafted.suite)
    assert {"invariance whitespace", "invariance typos", "robustness typos"} <= set(found)
    assert "unused_inputs all" not in found  # of one column there is nothing to ask
    assert "invariance gender_swap" not in found  # hardly a sentence has a word for it
    assert all(step["severity"] == "major" for name, step in found.items() if "must" not in name)
    told = {one.check: one for one in drafted.report.results}
    assert told["robustness"].value is not None
    value, interval = told["robustness"].value, told["robustness"].interval
    assert interval is not None
    surely, width = interval[0], value - interval[0]
    # Half as good a model while texts get worse is far below it.
    limit = float(found["robustness typos"]["at_least"].rstrip("%")) / 100
    assert 0.5 * value < 0.9 * surely - width <= limit < value
    assert main(["check", model]) == 0


def test_cases_to_be_replaced_by_hand_are_right_as_they_stand(demo: Path, here: Path) -> None:
    model = str(demo / "topics" / "champion.onnx")
    drafted = draft(model, data=str(demo / "data" / "topics.csv"))
    step = steps(here / drafted.suite)["must_get_right what everybody would say"]
    assert step["examples"] == "champion-cases.yaml"
    assert list(drafted.files)[-1] == "suites/champion-cases.yaml"
    cases = read_cases(CaseFile(here / "suites" / "champion-cases.yaml"))
    topics = ["animals", "fashion", "food", "sass", "travel"]
    assert [case.expect for case in cases.cases] == [(topic,) for topic in topics]
    rows = pd.read_csv(demo / "data" / "topics.csv")
    known = dict(zip(rows["sentence"], rows["topic"], strict=True))
    assert all(known[str(case.input)] == case.expect[0] for case in cases.cases)


def test_numbers_are_moved_a_little(demo: Path, here: Path) -> None:
    model = str(demo / "models" / "champion.onnx")
    drafted = draft(model, data=str(demo / "data" / "test.csv"))
    found = steps(here / drafted.suite)
    assert set(found) == {"invariance noise", "robustness noise", "unused_inputs all"}
    assert found["unused_inputs all"]["severity"] == "minor"
    assert len(drafted.files) == 2  # thirty columns nobody writes by hand


def test_a_file_of_cases_that_is_there_is_not_overwritten(
    demo: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "suites").mkdir()
    (here / "suites" / "champion-cases.yaml").write_text("mine\n")
    model = str(demo / "topics" / "champion.onnx")
    assert main(["init", model, "--data", str(demo / "data" / "topics.csv")]) == 2
    assert "MG2060 suites/champion-cases.yaml is there already" in capsys.readouterr().err
    assert [path.name for path in here.rglob("*") if path.is_file()] == ["champion-cases.yaml"]
    assert (here / "suites" / "champion-cases.yaml").read_text() == "mine\n"


def test_predictions_made_beforehand_are_asked_about_no_other_rows(here: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 300)
    table = pd.DataFrame({"age": rng.normal(40, 9, 300), "said": truth, "y": truth})
    table.to_csv(here / "test.csv", index=False)
    drafted = draft("columns:said", data="test.csv", target="y")
    assert steps(here / drafted.suite) == {}


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("sex", True),
        ("Gender", True),
        ("personalStatus", True),
        ("marital_status", True),
        ("foreign-worker", True),
        ("RACE", True),
        ("sextant", False),
        ("message", False),
        ("traceability", False),
    ],
)
def test_columns_by_which_people_are_told_apart(name: str, protected: bool) -> None:
    from modelgate.drafting.behaviour import is_protected

    assert is_protected(name) == protected
