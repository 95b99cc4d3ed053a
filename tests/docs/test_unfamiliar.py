"""docs/unfamiliar.md shows what happens: its model is trained, moved and asked nonsense."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "unfamiliar.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, warmer in (("last_year", 0), ("next_year", 0), ("heat_wave", 30)):
        hour = rng.integers(0, 24, 3_000)
        temperature = rng.normal(12, 5, 3_000) + warmer
        wanted = 40 + 60 * np.sin(hour / 24 * np.pi) + 4 * temperature
        pd.DataFrame(
            {
                "hour": hour,
                "temperature": temperature.round(1),
                "humidity": rng.uniform(30, 100, 3_000).round(),
                "bikes": np.maximum(wanted + rng.normal(0, 8, 3_000), 0).round(),
            }
        ).to_csv(tmp_path / f"{name}.csv", index=False)
    assert run_page(PAGE, tmp_path) == 3
