"""docs/drift.md shows what happens: two summers are compared, the second a hot one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "drift.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, warmer in (("train", 0), ("today", 6)):
        rows = pd.DataFrame(
            {
                "hour": rng.integers(0, 24, 4_000),
                "temperature": rng.normal(12 + warmer, 5, 4_000).round(1),
                "weather": rng.choice(["clear", "cloudy", "rain"], 4_000, p=[0.6, 0.3, 0.1]),
            }
        )
        rows.to_parquet(tmp_path / f"{name}.parquet")
    assert run_page(PAGE, tmp_path) == 3
