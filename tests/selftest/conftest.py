"""A model of two classes that is right in four of five rows, and a table of its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROWS = 2000


@pytest.fixture
def table() -> pd.DataFrame:
    """2,000 rows: `stays` is the target, `score` what a model gives for "yes"."""
    rng = np.random.default_rng(0)
    truth = rng.random(ROWS) < 0.4
    sure = rng.normal(np.where(truth, 1.0, -1.0), 1.2)
    country = rng.choice(["BR", "DE", "IN", "US"], ROWS, p=[0.1, 0.3, 0.3, 0.3])
    return pd.DataFrame(
        {
            "country": country,
            "age": rng.integers(18, 80, ROWS),
            "score": 1 / (1 + np.exp(-1.4 * sure)),
            "stays": np.where(truth, "yes", "no"),
        }
    )


@pytest.fixture
def numbers() -> pd.DataFrame:
    """2,000 rows: `price` is the target, `guess` what a model gives."""
    rng = np.random.default_rng(1)
    price = rng.gamma(4, 100, ROWS)
    return pd.DataFrame(
        {
            "region": rng.choice(["east", "west"], ROWS),
            "guess": price + rng.normal(0, 40, ROWS),
            "price": price,
        }
    )


@pytest.fixture
def suite(tmp_path: Path) -> Callable[[str], str]:
    """The path of a suite with these checks."""

    def write(checks: str) -> str:
        path = tmp_path / "suite.yaml"
        path.write_text(f"model: {{positive: 'yes'}}\nchecks:\n{checks}")
        return str(path)

    return write


@pytest.fixture
def rows_csv(tmp_path: Path, table: pd.DataFrame) -> Any:
    """The table as a file."""
    path = tmp_path / "test.csv"
    table.to_csv(path, index=False)
    return path
