"""Hand-written cases are told as a table: capability by kind of case."""

from __future__ import annotations

from typing import Any

import pytest

from modelgate.capabilities import MOST_CAPABILITIES, beneath, is_matrix, table
from modelgate.outcome import Status
from modelgate.report import Result
from modelgate.reporters.terminal import Terminal
from tests.reporters.conftest import report, result

MATRIX = {"Negation": {"MFT": [211, 1745]}, "Vocabulary": {"MFT": [3, 470], "DIR": [0, 734]}}
LINES = [
    ["failed of", "right answers (MFT)", "direction (DIR)"],
    ["Negation", "211 of 1,745", "-"],
    ["Vocabulary", "3 of 470", "0 of 734"],
]


def asked(matrix: Any) -> Result:
    return result(
        "words",
        id="must_get_right[words]",
        check="must_get_right",
        kind="exact",
        status=Status.PASSED,
        details={"matrix": matrix},
    )


def test_a_line_a_capability() -> None:
    assert is_matrix(asked(MATRIX))
    assert table(asked(MATRIX)) == LINES
    assert beneath(asked(MATRIX)) == ""


def test_a_terminal_shows_it() -> None:
    lines = Terminal().render(report("promote", result(), asked(MATRIX))).splitlines()
    first = lines.index("must_get_right words")
    shown = [line.split("  ") for line in lines[first + 1 : first + 4]]
    assert [[cell.strip() for cell in line if cell.strip()] for line in shown] == LINES


def test_names_that_would_steer_a_terminal_are_escaped() -> None:
    matrix = {"safe\x1b[2J\u202edab": {"MFT": [0, 1], "INV": [0, 1]}}
    shown = Terminal().render(report("promote", result(), asked(matrix)))
    assert "safe" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_many_capabilities_are_in_the_report() -> None:
    many = asked({f"capability {place}": {"MFT": [0, 1]} for place in range(1000)})
    assert len(table(many)) == 1 + MOST_CAPABILITIES
    assert beneath(many) == "all 1,000 capabilities are in the JSON report"


@pytest.mark.parametrize(
    "matrix",
    [
        pytest.param(None, id="nothing"),
        pytest.param({}, id="empty"),
        pytest.param([["MFT", 1, 2]], id="no-table"),
        pytest.param({"all others": {"MFT": [1, 2]}}, id="one-cell-alone"),
        pytest.param({"a": {"MFT": [1, 2]}, "b": {}}, id="without-cells"),
        pytest.param({"a": {"MFT": [1, 2], "XYZ": [1, 2]}}, id="of-an-unknown-kind"),
        pytest.param({"a": {"MFT": [1, 2], "INV": [1]}}, id="without-a-total"),
        pytest.param({"a": {"MFT": [1, 2], "INV": ["1", True]}}, id="no-counts"),
    ],
)
def test_what_is_no_matrix(matrix: Any) -> None:
    assert not is_matrix(asked(matrix))
