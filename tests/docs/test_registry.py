"""docs/registry.md shows what happens: the demo is registered, decided about, promoted, served."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.demo import write
from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "registry.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    write(tmp_path)
    assert run_page(PAGE, tmp_path) == 22
