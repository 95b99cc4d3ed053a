"""docs/changed-rows.md shows what happens: its suites are put to the demo's models of topics."""

from __future__ import annotations

from pathlib import Path

from modelgate.demo import write
from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "changed-rows.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    write(tmp_path)
    assert run_page(PAGE, tmp_path) == 3
