"""A server and rows for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from tests.asking.serving import Served, risk, serving


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(Served()) as one:
        yield one


@pytest.fixture(scope="session")
def patients() -> pd.DataFrame:
    """Rows with their right labels, of which the model gets nearly all right."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "age": rng.normal(50, 12, 1200).astype(np.float32),
            "visits": rng.integers(0, 20, 1200),
            "land": rng.choice(["no", "se", "dk"], 1200),
        }
    )
    chances = [risk(*row) for row in table.itertuples(index=False)]
    truth = (np.array(chances) >= 0.5) ^ (rng.random(1200) < 0.02)
    return table.assign(state=np.where(truth, "ill", "well"))
