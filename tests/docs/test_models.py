"""docs/models.md shows what happens, and names every format and no code that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelgate.cli import main
from modelgate.error_codes import explanations
from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    from sklearn.datasets import load_breast_cancer

    tumours = load_breast_cancer(as_frame=True)
    rows = tumours.data.assign(malignant=1 - tumours.target)
    rows[::2].to_csv(tmp_path / "train.csv", index=False)
    rows[1::2].to_csv(tmp_path / "test.csv", index=False)
    assert run_page(PAGE, tmp_path) == 5


def test_every_code_on_the_page_is_one() -> None:
    codes = set(re.findall(r"MG\d{4}", PAGE.read_text("utf-8")))
    assert codes
    assert codes <= set(explanations())


def test_every_format_that_is_listed_stands_on_the_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["list", "formats"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(lines) == len(table)
    for extra in ("[sklearn]", "[xgboost]", "[lightgbm]"):
        assert sum(extra in line for line in lines) == 1
        assert sum(extra in line for line in table) == 1
