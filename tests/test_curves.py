"""A curve over strengths is told in a few lines, the champion's beside it."""

from __future__ import annotations

from typing import Any

import pytest

from modelgate.curves import beside, is_curve, table
from modelgate.outcome import Status
from modelgate.report import Result
from modelgate.reporters.terminal import Terminal
from tests.reporters.conftest import report, result

DETAILS: dict[str, Any] = {
    "strengths": [1, 2, 3],
    "unchanged": 0.95,
    "curve": [0.9, 0.8, None],
    "champion_unchanged": 0.94,
    "champion": [0.93, 0.91, 0.9],
    "difference": -0.08,
    "difference_interval": [-0.101, -0.06],
}
LINES = [
    ["strength", "0", "1", "2", "3"],
    ["model", "95.0 %", "90.0 %", "80.0 %", "no number"],
    ["champion", "94.0 %", "93.0 %", "91.0 %", "90.0 %"],
]


def curved(**details: Any) -> Result:
    return result(
        "typos",
        id="robustness[typos]",
        check="robustness",
        status=Status.INFO,
        limit={},
        details={**DETAILS, **details},
    )


def test_the_champion_stands_below_the_model() -> None:
    assert is_curve(curved())
    assert table(curved()) == LINES
    said = "difference from the champion: -8.0, between -10.1 and -6.0 points"
    assert beside(curved()) == said


def test_without_a_champion() -> None:
    alone = curved(champion=None, champion_unchanged=None, difference=None)
    assert table(alone) == LINES[:2]
    assert beside(alone) == ""


def test_of_numbers() -> None:
    found = result(unit="mpg", better="lower", details={**DETAILS, "curve": [1.25, 2.5, 3.75]})
    assert table(found)[1] == ["model", "0.950", "1.25", "2.50", "3.75"]
    assert beside(found) == "difference from the champion: -0.08, between -0.101 and -0.06 mpg"


def test_a_difference_without_an_interval() -> None:
    assert beside(curved(difference_interval=None)) == "difference from the champion: -8.0 points"


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"strengths": [1, 2]}, id="of-other-lengths"),
        pytest.param({"strengths": None}, id="without-strengths"),
        pytest.param({"curve": 0.9}, id="one-number"),
        pytest.param({"strengths": [*range(50)], "curve": [0.5] * 50}, id="too-long"),
        pytest.param({"strengths": [3], "curve": [0.5], "champion": None}, id="one-strength-alone"),
    ],
)
def test_what_is_no_curve(details: dict[str, Any]) -> None:
    assert not is_curve(curved(**details))


def test_a_terminal_shows_it() -> None:
    lines = Terminal().render(report("promote", result(), curved())).splitlines()
    first = lines.index("robustness typos")
    shown = [line.split("  ") for line in lines[first + 1 : first + 4]]
    assert [[cell.strip() for cell in line if cell.strip()] for line in shown] == LINES
    assert lines[first + 4].strip().startswith("difference from the champion: -8.0, between")
