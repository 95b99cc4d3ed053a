"""Columns as the DataFrame that transformers and functions are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelgate.prepare import Feeds


def warm_up() -> None:
    """Import pandas now, while nobody waits for an answer: it may take longer than a call may."""
    import pandas as pd  # noqa: F401


def frame_of(feeds: Feeds, columns: Sequence[str]) -> Any:
    """A pandas DataFrame of these columns: numbers, texts, bytes; a cell of pixels is an array.

    What is missing is NaN, as where pandas itself reads a file.
    """
    import pandas as pd

    made = {}
    for name in columns:
        array = feeds[name]
        if array.ndim > 1:
            cells = np.empty(len(array), dtype=object)
            cells[:] = list(array)
            array = cells
        elif array.dtype.kind == "O":
            array = np.where(array == None, np.nan, array)  # noqa: E711 (cell by cell)
        made[name] = pd.Series(array, dtype=array.dtype, copy=True)
    return pd.DataFrame(made, columns=list(columns))
