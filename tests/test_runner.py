"""Every question gets an answer or a reason; whatever breaks off keeps the gate shut."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import UsageError
from modelgate.report import Report

ROWS = pd.DataFrame(
    {
        "x": np.linspace(-1, 1, 400),
        "country": ["BR", "NL"] * 200,
        "y": np.where(np.linspace(-1, 1, 400) > 0, "yes", "no"),
    }
)


def model(rows: pd.DataFrame) -> Any:
    score = (rows["x"].to_numpy() > 0) * 0.8 + 0.1
    return np.stack([1 - score, score], axis=1)


def tried(tmp_path: Path, checks: str, **others: Any) -> Report:
    suite = tmp_path / "suite.yaml"
    body = textwrap.dedent(checks)
    suite.write_text(f"task: classification\nmodel: {{classes: ['no', 'yes']}}\nchecks:\n{body}")
    return modelgate.evaluate(model, data=ROWS, target="y", suite=suite, **others)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a check of its own that raises, and one that answers nonsense."""
    (tmp_path / "modelgate.yaml").write_text("title: own\n")
    folder = tmp_path / "checks" / "own"
    folder.mkdir(parents=True)
    head = (
        "from modelgate import Outcome, check\n"
        "from modelgate.aggregates.confusion import Confusion\n\n"
    )
    doc = '    """Asks something.\n\n    Measures: nothing.\n    Source: this test.\n    """\n'
    for name, body in (("raising", "raise ValueError('no idea')"), ("mute", "return None")):
        (folder / f"{name}.py").write_text(
            f"{head}@check(family='own', severity='blocker')\n"
            f"def {name}(found: Confusion) -> Outcome:\n{doc}    {body}\n"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_check_that_raises_has_crashed_and_the_others_stand(own: Path) -> None:
    report = tried(own, "  - metric: accuracy\n    at_least: 0.9\n  - raising: x\n    at_least: 1")
    accuracy, raising = report.results[:2]
    assert (accuracy.status, raising.status) == ("passed", "crashed")
    assert raising.reason == "ValueError: no idea"
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 4)
    assert "no idea" in report.provenance["tracebacks"]["raising[x]"]


def test_a_check_that_answers_no_outcome_has_crashed(own: Path) -> None:
    report = tried(own, "  - mute: x\n    at_least: 1")
    assert report.results[0].status == "crashed"
    assert report.verdict.exit_code == 4


def test_a_slice_that_the_data_lacks_keeps_the_gate_shut(tmp_path: Path) -> None:
    report = tried(
        tmp_path,
        """\
          - metric: accuracy
            at_least: 0.9
          - metric: accuracy
            by: [city]
            at_least: 0.5
        """,
    )
    missing = report.results[1]
    assert (missing.status, missing.severity) == ("skipped", "major")
    assert missing.reason == "the data has no column 'city'"
    assert report.verdict.exit_code == 11


def test_each_slice_is_a_result_of_its_own(tmp_path: Path) -> None:
    report = tried(tmp_path, "  - metric: accuracy\n    by: [country]\n    at_least: 0.5")
    sliced = [one for one in report.results if one.slice]
    assert [one.id for one in sliced] == [
        "metric[accuracy][country=BR]",
        "metric[accuracy][country=NL]",
    ]
    assert {one.n for one in sliced} == {200}
    assert {one.severity for one in sliced} == {"major"}


def test_settings_are_part_of_the_name(tmp_path: Path) -> None:
    report = tried(tmp_path, "  - metric: f1\n    average: macro\n  - metric: f1")
    assert [one.id for one in report.results[:2]] == ["metric[f1, average=macro]", "metric[f1]"]


@pytest.mark.parametrize(
    ("check", "code"),
    [
        pytest.param("  - metric: accuracy\n    at_most: 90", "MG2130", id="no-share"),
        pytest.param("  - metric: recall\n    of: maybe", "MG219", id="a-class-that-is-none"),
    ],
)
def test_a_mistake_that_only_the_data_shows_is_still_one_of_usage(
    tmp_path: Path, check: str, code: str
) -> None:
    with pytest.raises(UsageError, match=code):
        tried(tmp_path, check)


def test_a_question_of_another_task_is_skipped(tmp_path: Path) -> None:
    suite = tmp_path / "suite.yaml"
    suite.write_text("checks:\n  - naive_gain: rmse\n  - finite_outputs: all\n")
    try:
        report = modelgate.evaluate(model, data=ROWS, target="y", suite=suite)
    except UsageError as error:
        assert error.exit_code == 2  # noqa: PT017 (either way the gate stays shut)
    else:
        assert report.verdict.decision != "promote"


def test_every_suite_asks_whether_the_model_answers_the_same_twice(tmp_path: Path) -> None:
    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9")
    implied = report.results[-1]
    assert (implied.check, implied.status) == ("determinism", "passed")
    assert report.verdict.decision == "promote"


def test_a_quick_look_promotes_nothing(tmp_path: Path) -> None:
    from modelgate.options import Options

    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9", options=Options(quick=True))
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)
    assert "sample" in report.verdict.because[0]
