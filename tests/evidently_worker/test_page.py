"""docs/evidently.md shows what happens; its suite runs Evidently beside our own, by the command."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "evidently.md"
THERE = importlib.util.find_spec("evidently") is not None
needed = pytest.mark.skipif(
    not THERE, reason="Evidently is not installed: pip install -e '.[dev,evidently]'"
)


def _write_years(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for name, warmer in (("last_year", 0), ("this_year", 4)):
        hour = rng.integers(0, 24, 1_500)
        temperature = rng.normal(12, 5, 1_500) + warmer
        wanted = 40 + 60 * np.sin(hour / 24 * np.pi) + 4 * temperature
        pd.DataFrame(
            {
                "hour": hour,
                "temperature": temperature.round(1),
                "humidity": rng.uniform(30, 100, 1_500).round(),
                "bikes": np.maximum(wanted + rng.normal(0, 8, 1_500), 0).round(),
            }
        ).to_csv(folder / f"{name}.csv", index=False)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder in which the page was run, and the report that it wrote."""
    folder = tmp_path_factory.mktemp("page")
    _write_years(folder)
    assert run_page(PAGE, folder) == 1
    return folder, json.loads((folder / "report.json").read_text("utf-8"))


@needed
def test_the_page_runs_and_its_tests_are_results_with_our_severities(
    shown: tuple[Path, dict[str, Any]],
) -> None:
    _, report = shown
    found = {one["id"]: one for one in report["results"]}
    statuses = {name.split(",")[0]: one["status"] for name, one in found.items()}
    assert statuses["evidently[DataDriftPreset]"] == "failed"
    assert statuses["evidently[RegressionPreset"] == "passed"
    assert statuses["evidently[ValueDrift"] == "passed"
    assert statuses["drift[features]"] == "failed"
    assert {"split_overlap[all]", "missing_rate[share]"} <= statuses.keys()
    preset = found["evidently[DataDriftPreset]"]
    assert (preset["severity"], preset["limit"]) == ("major", {"at_most": 0.0})
    assert preset["evidence"][0].startswith("temperature: ")
    assert report["verdict"]["exit_code"] == 1


@needed
def test_each_result_names_its_page_as_seen_from_the_project(
    shown: tuple[Path, dict[str, Any]],
) -> None:
    folder, report = shown
    pages = [
        Path(one["details"]["html"]) for one in report["results"] if one["check"] == "evidently"
    ]
    assert len(pages) == 3
    for page in pages:
        assert page.parent == Path(".modelgate", "evidently")
        assert "<html" in (folder / page).read_text("utf-8")[:2000].lower()


@pytest.mark.skipif(THERE, reason="Evidently is installed here")
def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "suite.yaml").write_text("checks:\n  - evidently: DataDriftPreset\n", "utf-8")
    pd.DataFrame({"y": [0, 1] * 50, "answer": [0, 1] * 50}).to_csv(tmp_path / "d.csv", index=False)
    words = ("--data", "d.csv", "--target", "y", "--reference", "d.csv", "--suite", "suite.yaml")
    found = subprocess.run(
        [sys.executable, "-m", "modelgate", "check", "columns:answer", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stderr == (
        "suite.yaml:2:5: MG2290 this step needs the package evidently, which is not installed\n"
        "  hint: pip install 'modelgate-ci[evidently]'\n"
    )
    assert (found.returncode, found.stdout) == (2, "")
