from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from modelgate import Outcome, check
from modelgate.evidently_worker.known import as_test, known
from modelgate.evidently_worker.rows import EvidentlyRows, survey_for
from modelgate.evidently_worker.told import Wish, ask
from modelgate.kept import Kept
from modelgate.setting import Checked
from modelgate.surveys import Of, Survey


@check(
    family="drift",
    subject="of",
    severity="minor",
    at_most=0.0,
    surveys=survey_for,
    example=("evidently: DataDriftPreset",),
)
def evidently(
    found: Survey,
    reference: Annotated[Survey, Of(setting="against")],
    kept: Kept | None,
    *,
    of: Annotated[str, Checked(known)],
    against: str = "reference",
    column: str | None = None,
    columns: Sequence[str] | None = None,
    method: str | None = None,
    threshold: float | None = None,
    drift_share: float | None = None,
    tests: Sequence[Annotated[str, Checked(as_test)]] = (),
    rows: int = 100_000,
) -> Outcome:
    """Evidently's own tests of these rows against the reference hold.

    For those who have presets of Evidently that they trust: it runs in one process for all steps,
    opens no connection, and its page is kept in `.modelgate/evidently` of a project. It is told
    which column is what; a preset that judges a model, such as ClassificationPreset or
    RegressionPreset, gets the target and the model's answers to both sets of rows. Its tests know
    nothing of each other: of 20 columns that are as they were, one fails by chance. `drift` asks
    the same with one rate for all columns, of all rows, and a hundred times as fast; `metric` holds
    a model to its limits.

    Measures: the share of its tests that fail; undecided where one lacks its number, where there
        are no tests, and below 30 rows on either side.
    Settings: of, the preset or metric, such as DataDriftPreset, DataSummaryPreset or ValueDrift.
        against, the role that is compared with. column, method, threshold and drift_share, what a
        preset or metric takes of them (ks, psi, wasserstein ...). columns, only these are handed
        over. tests, in place of Evidently's own: "lt 0.1" of a metric, "recall gte 0.8" of a figure
        in a preset. rows, the most that are drawn from either side.
    Source: https://docs.evidentlyai.com; needs `pip install 'modelgate-ci[evidently]'`.
    """
    assert isinstance(found, EvidentlyRows)
    assert isinstance(reference, EvidentlyRows)
    further = {
        "column": column,
        "method": method,
        "threshold": threshold,
        "drift_share": drift_share,
    }
    wish = Wish(name=of, columns=columns, settings=further, tests=tests)
    return ask(wish, reference, found, None if kept is None else kept.root)
