"""Every metric of every run, a row each, whether or not its model is registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from modelgate.registries.schema import metrics, runs
from modelgate.report import Report, Result

LONGEST = 2000
"""Characters of a path or an id."""


def logged(connection: sa.Connection, report: Report, *, decision: int | None) -> str:
    """Keep what a trial measured; the run's id.

    Args:
        connection: the one that may write.
        report: of the trial.
        decision: place in the log of the decision that came of it; None where none did.
    """
    subject, made = report.subject, report.provenance
    identifier = str(uuid4())
    connection.execute(
        runs.insert().values(
            id=identifier,
            started=made.get("started", ""),
            seconds=made.get("seconds"),
            model=subject["model"]["path"][:LONGEST],
            model_digest=subject["model"]["digest"],
            suite=subject["suite"]["path"][:LONGEST],
            suite_digest=subject["suite"]["digest"],
            data={role: one["digest"] for role, one in subject["data"].items()},
            verdict=report.verdict.decision,
            commit=made.get("commit"),
            decision=decision,
        )
    )
    rows = [_row(identifier, place, result) for place, result in enumerate(report.results)]
    if rows:
        connection.execute(metrics.insert(), rows)
    return identifier


def series(connection: sa.Connection, *, metric: str, digest: str) -> Sequence[Any]:
    """The values of a metric for a model's bytes, the oldest first: (started, value, low, high, n).

    Args:
        connection: to read from.
        metric: a result's id, such as "metric[accuracy]".
        digest: of the model.
    """
    return connection.execute(
        sa.select(runs.c.started, metrics.c.value, metrics.c.low, metrics.c.high, metrics.c.n)
        .join(runs, runs.c.id == metrics.c.run)
        .where(metrics.c.id == metric, runs.c.model_digest == digest)
        .order_by(runs.c.started)
    ).all()


def _row(run: str, place: int, result: Result) -> dict[str, Any]:
    low, high = result.interval or (None, None)
    return {
        "run": run,
        "position": place,
        "id": result.id[:LONGEST],
        "check": result.check,
        "subject": result.subject[:LONGEST],
        "versus": result.versus,
        "slice": None if result.slice is None else {k: str(v) for k, v in result.slice.items()},
        "status": str(result.status),
        "severity": str(result.severity),
        "value": None if result.value is None else float(result.value),
        "low": low,
        "high": high,
        "unit": result.unit,
        "n": int(result.n),
    }
