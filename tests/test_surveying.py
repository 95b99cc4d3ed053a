"""Checks that survey rows as they stand, through the real engine."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import ModelgateError
from modelgate.options import Options
from modelgate.predictions import Predictions
from modelgate.testing import run_check

CHECK = '''
from typing import Annotated

from modelgate import Outcome, check
from modelgate.surveys import Of
from modelgate.surveys.row_sample import AnsweredRows, RowSample


@check(family="drift", subject="what", severity="minor", surveys=lambda settings: {"size": 50})
def seen(
    found: RowSample,
    reference: Annotated[RowSample, Of("reference")],
    elsewhere: Annotated[AnsweredRows, Of(setting="ood")] | None,
    *,
    what: str,
    ood: str | None = None,
) -> Outcome:
    """Rows were seen."""
    answered = None if elsewhere is None else elsewhere.answered.labels.tolist()
    details = {
        "columns": found.rows.schema.names,
        "features": list(found.layout.features or ()),
        "target": reference.layout.target,
        "answered": answered,
    }
    more = float(found.total - reference.total)
    return Outcome(value=more, better="higher", kind="exact", unit="rows", details=details)
'''
BROKEN = '''
from modelgate import Outcome, check
from modelgate.surveys import Rows, Survey


class Breaks(Survey):
    columns = ("x",)

    def add(self, rows: Rows) -> None:
        raise RuntimeError("no more")

    def merge(self, other):
        pass


@check(family="drift")
def breaks(found: Breaks) -> Outcome:
    """It breaks off."""
    return Outcome(value=1.0, better="higher", kind="exact")
'''
SUITE = """
model: {inputs: {features: [x]}}
data:
  test: {path: test.csv, target: label}
  reference: reference.csv
  far: far.csv
checks:
  - metric: accuracy
    severity: minor
"""


class Counting:
    """Says yes above 0, and counts the rows it is asked about."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def __call__(self, frame: pd.DataFrame) -> Any:
        self.asked += frame["x"].tolist()
        return np.where(frame["x"] > 0, "yes", "no")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "modelgate.yaml").write_text("suite: suite.yaml\n", encoding="utf-8")
    (tmp_path / "checks" / "drift").mkdir(parents=True)
    (tmp_path / "checks" / "drift" / "seen.py").write_text(CHECK, encoding="utf-8")
    (tmp_path / "checks" / "drift" / "breaks.py").write_text(BROKEN, encoding="utf-8")
    x = np.arange(1, 41)
    frame = pd.DataFrame({"x": np.where(x % 2, x, -x), "note": "said"})
    frame["label"] = np.where(frame["x"] > 0, "yes", "no")
    frame.to_csv(tmp_path / "test.csv", index=False)
    frame.assign(x=frame["x"] + 1_000)[["x", "label"]].head(30).to_csv(
        tmp_path / "reference.csv", index=False
    )
    pd.DataFrame({"x": [5_000, -6_000]}).to_csv(tmp_path / "far.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _results(project: Path, steps: str, model: Any) -> dict[str, Any]:
    (project / "suite.yaml").write_text(SUITE + steps, encoding="utf-8")
    report = modelgate.evaluate(model, options=Options(cache=False))
    return {one.id: one for one in report.results} | {"subject": report.subject}


def test_rows_are_surveyed_and_those_that_only_surveys_read_are_not_put_to_the_model(
    project: Path,
) -> None:
    model = Counting()
    found = _results(project, "  - seen: rows\n    at_least: 5\n", model)
    result = found["seen[rows]"]
    assert (result.status, result.value) == ("passed", 10)
    assert result.details == {
        "columns": ["x", "note", "label"],
        "features": ["x"],
        "target": "label",
        "answered": None,
    }
    assert not [one for one in model.asked if one > 900]
    assert found["subject"]["data"]["reference"]["rows"] == 30
    assert "far" not in found["subject"]["data"]


def test_answers_to_rows_without_labels_are_read_as_the_labelled_ones_are(project: Path) -> None:
    model = Counting()
    found = _results(project, "  - seen: rows\n    ood: far\n", model)
    assert found["seen[rows, ood=far]"].details["answered"] == [1, 0]
    assert 5_000 in model.asked
    assert not [one for one in model.asked if 900 < one < 2_000]


def test_a_role_that_is_not_there_skips_the_question(project: Path) -> None:
    text = SUITE.replace("  reference: reference.csv\n", "")
    (project / "suite.yaml").write_text(
        text + "  - seen: rows\n    at_least: 5\n", encoding="utf-8"
    )
    report = modelgate.evaluate(Counting(), options=Options(cache=False))
    result = next(one for one in report.results if one.check == "seen")
    assert result.status == "skipped"
    assert result.reason == (
        "there is no data set in the role 'reference': name it, `data: {reference: FILE}`"
    )


def test_the_caller_may_name_the_reference(project: Path) -> None:
    text = SUITE.replace("  reference: reference.csv\n", "")
    (project / "suite.yaml").write_text(text + "  - seen: rows\n", encoding="utf-8")
    report = modelgate.evaluate(
        Counting(), reference=pd.DataFrame({"x": [1.0]}), options=Options(cache=False)
    )
    result = next(one for one in report.results if one.check == "seen")
    assert result.value == 39
    assert result.details["target"] is None


def test_a_survey_that_breaks_off_crashes_its_own_question_alone(project: Path) -> None:
    found = _results(project, "  - breaks: all\n  - seen: rows\n    at_least: 5\n", Counting())
    assert found["breaks[all]"].status == "crashed"
    assert found["breaks[all]"].reason == "RuntimeError: no more"
    assert found["seen[rows]"].status == "passed"


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ('Annotated[int, Of("reference")]', "is told to be of another data set, and is no survey"),
        ("Annotated[RowSample, Of()]", "is of a role or of the role that a setting names"),
        ('Annotated[RowSample, Of(setting="why")]', "is none of the settings after the '*'"),
    ],
)
def test_a_survey_of_nobody_knows_whom_is_a_mistake_in_the_check(
    project: Path, marked: str, says: str
) -> None:
    path = project / "checks" / "drift" / "seen.py"
    path.write_text(
        CHECK.replace('Annotated[RowSample, Of("reference")]', marked), encoding="utf-8"
    )
    with pytest.raises(ModelgateError, match="MG22") as error:
        _results(project, "  - seen: rows\n", Counting())
    assert says in str(error.value)
    assert error.value.exit_code == 2


def test_a_setting_that_names_no_data_set_is_a_mistake_in_the_suite(project: Path) -> None:
    with pytest.raises(ModelgateError) as error:
        _results(project, "  - seen: rows\n    ood: fra\n", Counting())
    says = "suite.yaml:11:10: MG2116 no data set has the role 'fra'; did you mean 'far'?"
    assert says in str(error.value)


def test_a_test_of_a_check_gives_its_tables(project: Path) -> None:
    result = run_check(
        "seen",
        subject="rows",
        settings={"ood": "far"},
        at_least=1,
        tables={
            "test": {"x": [1.0, 2.0, 3.0], "label": ["yes"] * 3},
            "reference": pd.DataFrame({"x": [1.0]}),
            "far": {"x": [8.0, 9.0]},
        },
        answered={"far": Predictions(labels=np.array([1, 0]))},
        target="label",
        root=project,
    )
    assert (result.status, result.value) == ("passed", 2)
    assert result.details["answered"] == [1, 0]
    assert result.details["features"] == ["x"]
