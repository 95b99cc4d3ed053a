from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from modelgate import Outcome, check
from modelgate.evidently_worker.rows import EvidentlyRows
from modelgate.evidently_worker.told import ask
from modelgate.kept import Kept
from modelgate.surveys import Of


@check(
    family="drift",
    subject="of",
    severity="minor",
    at_most=0.0,
    surveys=lambda settings: {"size": settings["rows"]},
    example=("evidently: DataDriftPreset",),
)
def evidently(
    found: EvidentlyRows,
    reference: Annotated[EvidentlyRows, Of(setting="against")],
    kept: Kept | None,
    *,
    of: str,
    against: str = "reference",
    column: str | None = None,
    columns: Sequence[str] | None = None,
    method: str | None = None,
    tests: Sequence[str] = (),
    rows: int = 100_000,
) -> Outcome:
    """Evidently's own tests of these rows against the reference hold.

    For those who have presets of Evidently that they trust: it runs in one process for all steps,
    opens no connection, and its page is kept in `.modelgate/evidently`. Its tests are one a column
    and know nothing of each other: of 20 columns that are as they were, one fails by chance.
    `drift` asks the same with one rate for all columns, of all rows, and a hundred times as fast.

    Measures: the share of its tests that fail; undecided where one lacks its number, where there
        are no tests, and below 30 rows on either side.
    Settings: of, the preset or metric, such as DataDriftPreset, DataSummaryPreset or ValueDrift.
        against, the role that is compared with. column and method, what a metric such as
        ValueDrift takes (ks, psi, wasserstein ...). columns, only these are handed over. tests, of
        a metric: "lt 0.1" and the like. rows, the most that are drawn from either side.
    Source: https://docs.evidentlyai.com; needs `pip install 'modelgate-ci[evidently]'`.
    """
    return ask(
        of,
        reference,
        found,
        columns=columns,
        settings={"column": column, "method": method},
        tests=tests,
        root=None if kept is None else kept.root,
    )
