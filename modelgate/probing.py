"""The model with its first rows, for questions about the artifact itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.asking import Asker
from modelgate.model import Artifact
from modelgate.provided import Probe


class FirstRows(Probe):
    """The model's first rows, and how to ask about them again.

    Attributes:
        asked: rows that were asked about again.
    """

    def __init__(self, asker: Asker, seen: Mapping[str, NDArray[Any]]) -> None:
        self._asker = asker
        self._seen = seen
        self.asked = 0

    @property
    def artifact(self) -> Artifact:
        """See `Probe.artifact`."""
        return self._asker.artifact

    @property
    def rows(self) -> int:
        """See `Probe.rows`."""
        return len(next(iter(self._seen.values()), np.empty(0)))

    @property
    def seen(self) -> Mapping[str, NDArray[Any]]:
        """See `Probe.seen`."""
        return self._seen

    def outputs(self, rows: int, *, batch: int | None = None) -> Mapping[str, NDArray[Any]]:
        """See `Probe.outputs`."""
        self.asked += rows
        return self._asker.again(rows, batch=batch)
