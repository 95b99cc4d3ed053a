from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate import Outcome, check
from modelgate.cells import index_of
from modelgate.drift.together import unlike
from modelgate.errors import UsageError
from modelgate.out_of_domain.answers import unfamiliar
from modelgate.out_of_domain.detection import BETTER, detected, threshold_for
from modelgate.out_of_domain.inputs import OF_INPUTS, distances
from modelgate.stats.interval import LEVEL
from modelgate.surveys import Of, SurveyNeed
from modelgate.surveys.row_sample import AnsweredRows, EmbeddedRows, RowSample

FEWEST = 10
"""Rows of either kind below which nothing is decided."""


def survey_for(settings: Mapping[str, Any]) -> Mapping[str, Any] | SurveyNeed:
    """What scores are taken of: vectors of an output, or rows and answers."""
    if settings["output"] is None:
        return {}
    return SurveyNeed(EmbeddedRows, (("output", settings["output"]),))


@check(
    family="out_of_domain",
    subject="score",
    severity="minor",
    surveys=survey_for,
    example=("ood_detection: max_probability", "at_least: 80%"),
)
def ood_detection(
    found: AnsweredRows,
    elsewhere: Annotated[AnsweredRows, Of(setting="ood")],
    reference: Annotated[RowSample, Of("reference")] | None,
    *,
    score: Literal[
        "max_probability",
        "entropy",
        "margin",
        "energy",
        "mahalanobis",
        "neighbours",
        "isolation_forest",
    ],
    ood: str = "ood",
    measure: Literal["auroc", "fpr_at_95", "aupr_in", "aupr_out"] = "auroc",
    rejects: float = 0.05,
    output: str | None = None,
) -> Outcome:
    """Inputs from elsewhere can be told from those that the model knows.

    A score says of each input how unfamiliar it looks: by what the model answers, or by how far it
    lies from the rows that the model was trained on (the role `reference`; without one, from half
    of the rows, and the other half is judged). `data: {ood: elsewhere.csv}` names inputs from
    elsewhere, which need no labels; near ones and far ones are two data sets and two steps. At
    most 10,000 rows of each are drawn. Beside it stands a threshold for serving to use: fitted on
    half of the rows, and tried on the other half.

    Measures: of a row from elsewhere and one of the domain, how often the first looks more
        unfamiliar (auroc); or the share of rows from elsewhere that pass where 95 % of the domain
        do (fpr_at_95); or the area under precision over recall, of the domain (aupr_in) or of
        elsewhere (aupr_out).
    Settings: score, by which they are told apart; energy takes logits. ood, the role of the rows
        from elsewhere. measure, what is told. rejects, share of the domain that the threshold may
        reject. output, of the model, such as its last layer but one: distances are then those of
        its vectors in place of the features.
    Source: D. Hendrycks and K. Gimpel (2017), arXiv:1610.02136; W. Liu et al. (2020),
        arXiv:2010.03759; J. Zhang et al. (2023), "OpenOOD v1.5", arXiv:2306.09301.
    """
    if not 0 < rejects < 0.5:
        raise UsageError("MG2270", f"rejects: {rejects:g} is no share between 0 and 50 %")
    if output is not None and score not in OF_INPUTS:
        raise UsageError("MG2265", f"'output' belongs to {', '.join(OF_INPUTS)}, not to {score}")
    outcome = Outcome(
        value=None, better=BETTER[measure], n=min(len(found), len(elsewhere)), minimum=FEWEST
    )
    scored = _scored(found, elsewhere, reference, score)
    if isinstance(scored, str):
        return replace(outcome, reason=scored)
    inside, outside = scored
    if not len(inside) or not len(outside):
        return replace(outcome, reason="one of the two kinds of rows is missing")
    apart = detected(inside, outside, measure)
    threshold = threshold_for(inside, score, rejects, found.layout.seed)
    caught = None if threshold is None else float((outside > threshold.above).mean())
    return replace(
        outcome,
        value=apart.value,
        interval=apart.at(LEVEL),
        at=apart.at,
        n=min(len(inside), len(outside)),
        lowest=0.0,
        highest=1.0,
        method=apart.method,
        details={
            "rows_inside": len(inside),
            "rows_outside": len(outside),
            "threshold": None if threshold is None else threshold.exported,
            "caught_outside": caught,
        },
    )


def _scored(
    found: AnsweredRows, elsewhere: AnsweredRows, reference: RowSample | None, score: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | str:
    """(n,) of the rows of the domain, (m,) of those from elsewhere; or why there are none."""
    if score not in OF_INPUTS:
        inside = unfamiliar(found.answered, score)
        outside = unfamiliar(elsewhere.answered, score)
        if isinstance(inside, str) or isinstance(outside, str):
            return str(inside if isinstance(inside, str) else outside)
        return inside, outside
    rows, seed = found.rows, found.layout.seed
    known = rows.slice(0, 0) if reference is None else reference.rows
    if not len(known):
        order = np.random.default_rng(seed).permutation(len(rows))
        halves = (index_of(np.sort(order[start::2])) for start in (0, 1))
        known, rows = (rows.take(half) for half in halves)
    if len(known) < FEWEST:
        return f"there are fewer than {FEWEST} rows to learn from what is familiar"
    features = _features(found, known)
    for theirs in (rows.schema, elsewhere.rows.schema):
        for column, why in unlike(known.schema, theirs, features).items():
            return f"the column {column!r} cannot be compared: {why}"
    measure = distances(known, features, score, seed)
    return measure if isinstance(measure, str) else (measure(rows), measure(elsewhere.rows))


def _features(found: AnsweredRows, known: pa.RecordBatch) -> tuple[str, ...]:
    """The columns that distances are measured in."""
    if isinstance(found, EmbeddedRows):
        return (found.output,)
    beside = {found.layout.target, found.layout.weight, found.layout.group}
    features = found.layout.features or tuple(known.schema.names)
    return tuple(name for name in features if name not in beside)
