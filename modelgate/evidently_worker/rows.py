"""The rows that Evidently gets, and its process, which starts while they are read."""

from __future__ import annotations

from contextlib import suppress

from modelgate.errors import UsageError
from modelgate.evidently_worker.process import running
from modelgate.surveys import Layout, Rows
from modelgate.surveys.row_sample import RowSample


class EvidentlyRows(RowSample):
    """A sample of rows; the first of them starts the process, which takes seconds to be ready."""

    def __init__(self, layout: Layout, *, size: int = 100_000) -> None:
        super().__init__(layout, size=size)
        self._started = False

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        if not self._started:
            self._started = True
            with suppress(UsageError):  # the check says it
                running()
        super().add(rows)
