"""Every question gets an answer or a reason; whatever breaks off keeps the gate shut."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import MistakesError, UsageError
from modelgate.figures import figures
from modelgate.metrics.table import unit_of
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
    return modelgate.evaluate(
        others.pop("model", model), data=ROWS, target="y", suite=suite, **others
    )


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with checks of its own: one raises, one answers nonsense, one ends the program."""
    (tmp_path / "modelgate.yaml").write_text("title: own\n")
    folder = tmp_path / "checks" / "own"
    folder.mkdir(parents=True)
    head = (
        "from modelgate import Outcome, check\n"
        "from modelgate.aggregates.confusion import Confusion\n\n"
    )
    doc = '    """Asks something.\n\n    Measures: nothing.\n    Source: this test.\n    """\n'
    for name, body in (
        ("raising", "raise ValueError('no idea')"),
        ("mute", "return None"),
        ("leaving", "raise SystemExit(0)"),
        ("skipping", "import pytest; pytest.skip('not today')"),
    ):
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
    assert "Traceback" not in repr(report.results) + repr(report.verdict)


def test_a_check_that_ends_the_program_has_crashed(own: Path) -> None:
    report = tried(own, "  - metric: accuracy\n    at_least: 0.9\n  - leaving: x\n    at_least: 1")
    assert report.results[1].status == "crashed"
    assert report.results[1].reason == "SystemExit: 0"
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 4)


def test_a_check_that_skips_itself_as_tests_do_has_crashed(own: Path) -> None:
    report = tried(own, "  - metric: accuracy\n    at_least: 0.9\n  - skipping: x\n    at_least: 1")
    assert report.results[1].status == "crashed"
    assert report.results[1].reason == "Skipped: not today"
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 4)


def test_a_check_that_answers_no_outcome_has_crashed(own: Path) -> None:
    report = tried(own, "  - mute: x\n    at_least: 1")
    assert report.results[0].status == "crashed"
    assert "mute answered no Outcome" in str(report.results[0].reason)
    assert report.verdict.exit_code == 4


@pytest.mark.parametrize(
    ("severity", "decision", "code"),
    [
        pytest.param("blocker", "hold", 4, id="blocker"),
        pytest.param("major", "hold", 4, id="major"),
        pytest.param("minor", "promote", 0, id="minor-only-warns"),
    ],
)
def test_what_a_crash_means(own: Path, severity: str, decision: str, code: int) -> None:
    raising = f"  - raising: x\n    at_least: 1\n    severity: {severity}"
    report = tried(own, f"  - metric: accuracy\n    at_least: 0.9\n{raising}")
    assert (report.verdict.decision, report.verdict.exit_code) == (decision, code)


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
    assert missing.reason == "the data has no column 'city'; known: country, x, y"
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
        pytest.param("  - metric: accuracy\n    at_least: 0", "MG2131", id="at-least-nothing"),
        pytest.param("  - metric: mcc\n    at_least: -1", "MG2131", id="at-least-the-worst"),
        pytest.param("  - metric: accuracy\n    at_most: 1", "MG2131", id="at-most-everything"),
        pytest.param("  - metric: log_loss\n    at_least: 0", "MG2131", id="on-the-wrong-side"),
        pytest.param("  - metric: recall\n    of: maybe", "MG219", id="a-class-that-is-none"),
    ],
)
def test_a_mistake_that_only_the_data_shows_is_still_one_of_usage(
    tmp_path: Path, check: str, code: str
) -> None:
    with pytest.raises(UsageError, match=code):
        tried(tmp_path, check)


def test_every_step_that_the_data_does_not_allow_is_told_with_its_line(tmp_path: Path) -> None:
    steps = "  - metric: rmse\n    at_most: 1\n  - metric: accuracy\n  - metric: mae"
    with pytest.raises(MistakesError) as caught:
        tried(tmp_path, steps)
    found = [(one.code, one.where and one.where.line) for one in caught.value.mistakes]
    assert found == [("MG2191", 4), ("MG2191", 7)]
    assert caught.value.exit_code == 2


def dropping(tmp_path: Path, rows: pd.DataFrame, may_drop: str | None, **others: Any) -> Report:
    suite = tmp_path / "suite.yaml"
    allowed = f"data: {{test: {{may_drop: {may_drop}}}}}\n" if may_drop else ""
    suite.write_text(
        f"task: classification\nmodel: {{classes: ['no', 'yes']}}\n{allowed}"
        "checks:\n  - metric: accuracy\n    at_least: 0.9\n"
    )
    return modelgate.evaluate(others.get("model", model), data=rows, target="y", suite=suite)


@pytest.mark.parametrize(
    ("may_drop", "status"),
    [
        pytest.param(None, "undecided", id="none-allowed"),
        pytest.param("0.5%", "undecided", id="fewer-allowed"),
        pytest.param("1%", "passed", id="as-many-allowed"),
    ],
)
def test_rows_without_a_label_pass_only_where_the_suite_allows_them(
    tmp_path: Path, may_drop: str | None, status: str
) -> None:
    rows = ROWS.assign(y=ROWS["y"].where(ROWS.index >= 4))
    report = dropping(tmp_path, rows, may_drop)
    accuracy = report.results[0]
    assert (accuracy.status, accuracy.n) == (status, 396)
    assert report.subject["data"]["test"]["reasons"] == {"label missing or of no class": 4}
    assert report.verdict.decision == ("promote" if status == "passed" else "hold")
    if status == "undecided":
        assert "4 of 400 rows could not be judged" in str(accuracy.reason)
        assert "may_drop: 0.01" in str(accuracy.reason)


def test_what_the_message_tells_to_allow_is_enough(tmp_path: Path) -> None:
    rows = ROWS.assign(y=ROWS["y"].where(ROWS.index >= 7))
    refused = str(dropping(tmp_path, rows, None).results[0].reason)
    told = refused.partition("may_drop: ")[2].rstrip("}")
    assert dropping(tmp_path, rows, told).results[0].status == "passed"


def test_rows_of_no_class_after_the_first_block_are_dropped_and_counted(tmp_path: Path) -> None:
    many = pd.concat([ROWS] * 21, ignore_index=True)  # the first block is 8,192 rows
    many.loc[8300:8302, "y"] = "perhaps"
    report = dropping(tmp_path, many, None)
    assert report.results[0].status == "undecided"
    assert report.subject["data"]["test"]["dropped"] == 3


def test_an_answer_of_nan_is_not_judged_and_nothing_passes(tmp_path: Path) -> None:
    def hollow(rows: pd.DataFrame) -> Any:
        answer = model(rows)
        answer[rows["x"].to_numpy() > 0.99] = np.nan
        return answer

    report = dropping(tmp_path, ROWS, None, model=hollow)
    assert report.results[0].status == "undecided"
    assert report.subject["data"]["test"]["reasons"] == {"answer is not finite": 2}
    assert report.verdict.decision == "hold"


def test_a_failure_is_shown_whatever_was_dropped(tmp_path: Path) -> None:
    rows = ROWS.assign(y=np.where(ROWS["x"] > 0, "no", "yes"))
    rows["y"] = rows["y"].where(rows.index >= 4)
    report = dropping(tmp_path, rows, None)
    assert (report.results[0].status, report.verdict.exit_code) == ("failed", 1)


def test_weights_that_are_missing_drop_their_row(tmp_path: Path) -> None:
    rows = ROWS.assign(w=np.where(ROWS.index < 4, np.nan, 2.0))
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "task: classification\nmodel: {classes: ['no', 'yes']}\ndata: {test: {weight: w}}\n"
        "checks:\n  - metric: accuracy\n    at_least: 0.9\n"
    )
    report = modelgate.evaluate(model, data=rows, target="y", suite=suite)
    assert report.results[0].status == "undecided"
    assert report.subject["data"]["test"]["reasons"] == {"weight missing": 4}


def test_every_suite_asks_whether_the_model_answers_the_same_twice(tmp_path: Path) -> None:
    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9")
    implied = report.results[-1]
    assert (implied.check, implied.status) == ("determinism", "passed")
    assert report.verdict.decision == "promote"


def test_a_model_that_answers_differently_is_judged_by_nothing(tmp_path: Path) -> None:
    calls = 0

    def restless(rows: pd.DataFrame) -> Any:
        nonlocal calls
        calls += 1
        return model(rows) + np.array([[1e-9, -1e-9]]) * calls

    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9", model=restless)
    implied = report.results[-1]
    assert implied.status == "crashed"
    assert "MG4010 NONDETERMINISTIC" in str(implied.reason)
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 4)


def test_a_suite_that_asks_it_is_not_asked_twice(tmp_path: Path) -> None:
    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9\n  - determinism: all")
    assert [one.check for one in report.results] == ["metric", "determinism"]


def test_a_quick_look_promotes_nothing(tmp_path: Path) -> None:
    from modelgate.options import Options

    report = tried(tmp_path, "  - metric: accuracy\n    at_least: 0.9", options=Options(quick=True))
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)
    assert "sample" in report.verdict.because[0]


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')"])
def test_a_check_that_answers_nan_or_infinity_has_no_value_and_passes_nothing(
    value: str, own: Path
) -> None:
    path = own / "checks" / "own" / "mute.py"
    path.write_text(
        path.read_text().replace("return None", f"return Outcome(value={value}, better='higher')")
    )
    report = tried(own, "  - mute: x\n    at_least: 1")
    assert (report.results[0].status, report.results[0].value) == ("undecided", None)
    assert report.results[0].reason == "the check answered NaN or infinity"
    assert report.verdict.decision == "hold"


def test_a_check_that_answers_text_for_a_number_has_crashed(own: Path) -> None:
    path = own / "checks" / "own" / "mute.py"
    path.write_text(
        path.read_text().replace("return None", "return Outcome(value='1', better='higher')")
    )
    report = tried(own, "  - mute: x\n    at_least: 1")
    assert (report.results[0].status, report.verdict.exit_code) == ("crashed", 4)


def test_a_question_that_was_not_asked_shows_its_limit_in_its_unit(tmp_path: Path) -> None:
    report = tried(
        tmp_path,
        """\
          - fairness: demographic_parity
            of: sex
            at_most: 10%
          - metric: accuracy
            slice: {sex: f}
            at_least: 85.5%
          - invariance: number_swap
            column: country
        """,
    )
    limits = {
        result.check: figures(result).limit
        for result in report.results
        if result.status == "skipped"
    }
    assert limits == {"fairness": "10 %", "metric": "85.5 %", "invariance": "5 %"}


@pytest.mark.parametrize(
    ("metric", "unit"),
    [("accuracy", "share"), ("rmse", ""), ("no_such", "")],
    ids=["a-share", "the-targets-own", "none"],
)
def test_a_metric_tells_its_unit_before_it_is_asked(metric: str, unit: str) -> None:
    assert unit_of({"metric": metric}) == unit
