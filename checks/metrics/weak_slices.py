from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from modelgate import Aggregate, Facts, Need, Outcome, check
from modelgate.aggregates.row_losses import RowLosses
from modelgate.errors import UsageError
from modelgate.metrics.table import known
from modelgate.stats.interval import LEVEL
from modelgate.weak_slices import unsearchable
from modelgate.weak_slices import weak_slices as search
from modelgate.weak_slices.words import MEASURES, row_of

KEPT = 1 << 18
"""Rows among which is searched: of more, a sample."""
FEWEST = 20
"""Rows of a slice below which there is nothing to confirm it by."""


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The losses of the rows; a metric of another task is found out here."""
    known(settings["metric"], facts)
    if settings["smallest"] < FEWEST:
        raise UsageError("MG2194", f"smallest: {settings['smallest']} is below {FEWEST} rows")
    if settings["top"] < 1:
        raise UsageError("MG2194", f"top: {settings['top']} is below 1")
    return Need(RowLosses, (("kept", KEPT), ("loss", MEASURES[settings["metric"]].loss)))


@check(
    family="metrics",
    subject="metric",
    needs=needs,
    severity="minor",
    example=("weak_slices: accuracy", "at_most: 10%"),
)
def weak_slices(
    found: Aggregate,
    *,
    metric: Literal["accuracy", "log_loss", "brier", "mae"] = "accuracy",
    top: int = 5,
    smallest: int = 100,
) -> Outcome:
    """No part of the rows that nobody thought of is much weaker than the rest.

    A model that is right in 92 % of all rows may be right in 70 % of one country's pensioners, and
    no number of the whole tells. Slices of one column, or of two crossed, are searched: values as
    they stand, numbers in bins of equal size and in runs of these. Some of so many look weak by
    chance. So the rows are parted into two halves; what one half shows is held to what the other
    says, which had no part in the choice, and a slice is confirmed where that rules chance out:
    wrongly in at most 5 % of runs, for all slices together. Slices that share most of their rows
    are told as one. Of more than 262,144 rows a sample is searched; every row counts once,
    whatever it weighs.

    Measures: how far the weakest slice lies behind all other rows, in the unit of the metric, with
        an interval that holds for all slices that were asked again; 0 is best.
    Settings: metric, whose mean over the rows is compared. top, slices in the table. smallest, rows
        of the smallest slice that is searched.
    Source: S. Sagadeeva and M. Boehm (2021), "SliceLine: fast, linear-algebra-based slice finding
        for ML model debugging", SIGMOD, 2290-2299; S. Holm (1979), "A simple sequentially rejective
        multiple test procedure", Scandinavian Journal of Statistics 6, 65-70.
    """
    assert isinstance(found, RowLosses)
    measure = MEASURES[metric]
    outcome = Outcome(
        value=None,
        better="lower",
        unit=measure.unit,
        n=found.rows,
        minimum=max(30, 2 * smallest),
        highest=measure.most,
        method="searched on one half of the rows, confirmed on the other (Holm)",
    )
    why = unsearchable(found)
    if why is not None:
        return replace(outcome, reason=why, details={"slices": []})
    searched = search(found, min_rows=smallest)
    table = [row_of(measure, one) for one in searched.slices[:top]]
    details = {
        "slices": table,
        "rows_searched": searched.rows,
        "columns": [column.name for column in found.columns],
    }
    if searched.at is None:
        return replace(outcome, reason="no slice looks weaker than the rest", details=details)
    return replace(
        outcome,
        value=searched.slices[0].gap,
        interval=searched.at(LEVEL),
        at=searched.at,
        evidence=tuple(
            f"{row['named']}: {measure.name} {_short(row[metric])}, elsewhere"
            f" {_short(row['elsewhere'])} ({row['rows']:,} rows)"
            for row in table
            if row["confirmed"]
        ),
        details=details,
    )


def _short(value: float) -> str:
    return f"{value:.4g}"
