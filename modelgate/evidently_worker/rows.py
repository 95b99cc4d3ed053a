"""The rows that Evidently gets, and its process, which starts while they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelgate.evidently_worker.known import names
from modelgate.evidently_worker.process import refuse_missing, running
from modelgate.surveys import Layout, Rows, SurveyNeed
from modelgate.surveys.row_sample import AnsweredRows, RowSample

MOST = 100_000
"""Rows of either side, where nobody says otherwise."""


class EvidentlyRows(RowSample):
    """A sample of rows; the first of them starts the process, which takes seconds to be ready."""

    def __init__(self, layout: Layout, *, size: int = MOST) -> None:
        """Take nothing yet.

        Raises:
            UsageError: MG2290, Evidently is not installed, or pandas is too new for it.
        """
        refuse_missing()
        super().__init__(layout, size=size)
        self._started = False

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        if not self._started:
            self._started = True
            running()
        super().add(rows)


class AnsweredEvidentlyRows(EvidentlyRows, AnsweredRows):
    """The same with what the model answers."""


def survey_for(settings: Mapping[str, Any]) -> SurveyNeed:
    """Rows as they stand, or with answers where the preset or metric judges a model."""
    takes = names().get(settings["of"], "rows")
    kind = EvidentlyRows if takes == "rows" else AnsweredEvidentlyRows
    return SurveyNeed(kind, (("size", settings["rows"]),))
