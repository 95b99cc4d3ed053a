"""A person reads it: the verdict first, the bad news first, nothing foreign obeyed."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from modelgate.outcome import Status
from modelgate.report import Finding, Report
from modelgate.reporters.terminal import Terminal
from tests.reporters.conftest import report, result

KINDS = ("promote", "block", "hold", "broken", "empty", "regression", "hostile", "many")


def shown(report: Report, width: int = 80, *, encoding: str = "utf-8", colour: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    Terminal().show(
        report,
        Console(
            file=file,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            _environ={},
        ),
    )
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        pytest.param(
            "promote", "PROMOTE  All 2 blockers passed.", "PROMOTE, exit code 0", id="promote"
        ),
        pytest.param(
            "block",
            "BLOCK  Accuracy is 84.6 %, at most 86.2 % with 95 % confidence: below the 88 %",
            "BLOCK, exit code 1",
            id="block",
        ),
        pytest.param(
            "hold",
            "HOLD  Accuracy could be on either side of the 88 % asked for.",
            "HOLD, exit code 11",
            id="hold",
        ),
        pytest.param(
            "broken",
            "HOLD  One blocker could not be completed: invariance typos.",
            "HOLD, exit code 4",
            id="crashed",
        ),
        pytest.param(
            "empty",
            "HOLD  No check was asked, so nothing is known about this model.",
            "HOLD, exit code 11",
            id="empty",
        ),
    ],
)
def test_the_verdict_stands_first_and_last(
    reports: dict[str, Report], kind: str, first: str, last: str
) -> None:
    lines = shown(reports[kind]).splitlines()
    assert (lines[0], lines[-1]) == (first, last)


def test_what_failed_comes_first_whatever_the_order_of_the_suite(
    reports: dict[str, Report],
) -> None:
    rows = re.findall(r"^[✗?!–✓·] (\w+)  ", shown(reports["block"]), re.MULTILINE)  # noqa: RUF001
    assert rows == ["failed", "undecided", "passed", "passed", "info"]


def test_a_row_of_the_table_has_value_interval_limit_and_rows(reports: dict[str, Report]) -> None:
    lines = [" ".join(line.split()) for line in shown(reports["block"]).splitlines()]
    assert "✗ failed accuracy 84.6 % 82.8–86.2 % ≥ 88 % 1,200" in lines  # noqa: RUF001
    assert "✓ passed finite_outputs 0 rows ≤ 0 rows 1,200" in lines
    assert "· info f1 88.7 % 86.2–90.9 % 1,200" in lines  # noqa: RUF001


def test_numbers_of_a_regression_keep_their_unit(reports: dict[str, Report]) -> None:
    lines = [" ".join(line.split()) for line in shown(reports["regression"]).splitlines()]
    assert "✓ passed mae 2.85 mpg 2.66–3.05 mpg ≤ 3.2 mpg 398" in lines  # noqa: RUF001


def test_every_failure_says_why_and_what_to_do(reports: dict[str, Report]) -> None:
    text = " ".join(shown(reports["block"]).split())
    assert (
        "✗ accuracy is 84.6 % on 1,200 rows, at most 86.2 % with 95 % confidence: shown to be below"
        " the 88 % asked for. row 18, diagnosis = malignant, answer = benign → Compare inputs"
    ) in text
    assert "→ About 3,700 rows in all would likely settle it; 83 were judged." in text


def test_crashed_and_skipped_do_not_look_like_failed(reports: dict[str, Report]) -> None:
    text = shown(reports["broken"])
    assert "! crashed" in text
    assert "– skipped" in text  # noqa: RUF001
    assert "failed" not in text
    assert "→ Run again with --debug" in text


def test_the_head_is_not_said_again_as_a_reason(reports: dict[str, Report]) -> None:
    report = reports["block"]
    said = (
        "accuracy is 84.6 % on 1,200 rows, at most 86.2 % with 95 % confidence: shown to be below"
        " the 88 % asked for."
    )
    again = replace(report, verdict=replace(report.verdict, because=(said,)))
    assert " ".join(shown(again).split()).count(said) == 1


def test_findings_are_listed(reports: dict[str, Report]) -> None:
    text = shown(reports["promote"])
    assert (
        "What stands out\n"
        "· The weakest part: country = BR, 43 of 83 rows right.\n"
        "· The model ignores the column 'smoothness error'.\n"
    ) in text


@pytest.mark.parametrize("kind", KINDS)
def test_both_error_rates_are_said_once(reports: dict[str, Report], kind: str) -> None:
    text = " ".join(shown(reports[kind]).split())
    assert text.count("a model without fault is blocked in at most 1 % of runs") == 1
    assert text.count("one worse than its limits is promoted in at most 5 %.") == 1


def test_the_last_lines_say_exactly_what_was_judged(reports: dict[str, Report]) -> None:
    assert (
        "model sha256:3f2a91c4d07b · 1,200 rows, 0 dropped · modelgate 0.1.0 · 1.2 s\n"
    ) in shown(reports["promote"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_window(
    reports: dict[str, Report], kind: str, width: int
) -> None:
    lines = shown(reports[kind], width).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert not [line for line in lines if line != line.rstrip()]


def test_a_narrow_window_has_two_lines_a_result(reports: dict[str, Report]) -> None:
    text = shown(reports["block"], 40)
    assert "✗ failed accuracy\n  84.6 % (82.8–86.2 %) ≥ 88 %\n" in text  # noqa: RUF001


@pytest.mark.parametrize("width", [40, 80])
def test_nothing_in_a_hostile_name_is_obeyed(reports: dict[str, Report], width: int) -> None:
    text = shown(reports["hostile"], width)
    assert not set(text.replace("\n", "")) & {"\x1b", "\r", "\u202e", "\x07", "\x9b"}
    folded = text.replace("\n", "").replace(" ", "")
    assert r"\x1b[31mred\x1b[0m\r\n\u202etxt.exe[bold]notbold[/bold]:smiley:" in folded


def test_a_hostile_name_does_not_push_the_numbers_off_the_page(
    reports: dict[str, Report],
) -> None:
    assert "0.894–0.928" in shown(reports["hostile"])  # noqa: RUF001
    assert len(shown(reports["hostile"]).splitlines()) < 80


def test_two_hundred_results_end_within_a_few_pages(reports: dict[str, Report]) -> None:
    lines = shown(reports["many"]).splitlines()
    assert len(lines) < 130
    assert "  … and 80 more passed; the JSON report has them" in lines


def test_a_terminal_without_unicode_gets_plain_marks(reports: dict[str, Report]) -> None:
    text = shown(reports["block"], encoding="ascii")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "x failed accuracy 84.6 % 82.8-86.2 % >= 88 % 1,200" in lines
    assert "->" in text


def test_a_name_beyond_the_encoding_is_shown_as_escapes(reports: dict[str, Report]) -> None:
    report = reports["promote"]
    named = replace(report, taken=("positive class: größe 数",))
    assert r"positive class: gr\xf6\xdfe \u6570" in shown(named, encoding="ascii")
    assert r"positive class: größe \u6570" in shown(named, encoding="latin-1")


def test_colours_only_on_a_terminal(reports: dict[str, Report]) -> None:
    assert "\x1b[1;32mPROMOTE\x1b[0m" in shown(reports["promote"], colour=True)
    assert "\x1b[1;31mBLOCK\x1b[0m" in shown(reports["block"], colour=True)
    assert "\x1b[1;33mHOLD\x1b[0m" in shown(reports["hold"], colour=True)
    assert "\x1b" not in shown(reports["block"])


def test_no_color_is_honoured(reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    Terminal().show(reports["block"], Console(file=file, force_terminal=True, width=80))
    assert not re.findall(r"\x1b\[[0-9;]*3[0-7]m", file.getvalue())


def test_a_file_gets_plain_text_of_eighty_columns(reports: dict[str, Report]) -> None:
    assert Terminal().render(reports["block"]) == shown(reports["block"])


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_mark_of_its_own(reports: dict[str, Report], status: Status) -> None:
    one = replace(reports["promote"].results[0], status=status)
    report = replace(reports["hold"], results=(one,))
    assert re.search(rf"^\S {status} ", shown(report), re.MULTILINE)


def test_a_finding_with_a_step_ends_with_it(reports: dict[str, Report]) -> None:
    step = "- {metric: accuracy, slice: {country: BR}}"
    finding = Finding(says="Weak slice: where country = BR.", evidence={"step": step})
    page = shown(replace(reports["promote"], findings=(finding,)))
    lines = [line.strip() for line in page.splitlines()]
    at = lines.index("· Weak slice: where country = BR.")
    assert lines[at + 2] == step


def test_cases_answered_wrongly_within_the_limit_are_shown() -> None:
    entry = {"type": "input", "input": "a cat", "answer": "b", "expected": ["a"], "where": "c:1"}
    passed = result(
        "animals",
        check="must_get_right",
        says="3 of 120 cases are answered wrongly.",
        evidence=(entry,) * 4,
        details={"wrong": 3, "critical": 0},
    )
    page = shown(report("promote", passed))
    assert "✓ 3 of 120 cases are answered wrongly, within the limit." in page
    assert page.count("is answered b, not a (c:1)") == 3


def test_information_of_which_there_is_none_says_why() -> None:
    none = result(status=Status.INFO, limit={}, value=None, interval=None, reason="no champion")
    assert "accuracy has no value: no champion." in shown(report("promote", none))
