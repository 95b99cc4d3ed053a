"""Every metric of every run, a row each, whether or not its model is registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from modelgate.escape import writable
from modelgate.registries.schema import metrics, runs, versions
from modelgate.report import Report, Result

LONGEST = 2000
"""Characters of a path or an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One result of a run of a version.

    Attributes:
        version: "churn@3".
        started: when the run began, in UTC, ISO 8601.
        decision: place in the log of the decision that came of it; None where none did.
        status: of the result.
        value: in `unit`; None where there was none.
        low, high: the ends of its interval, likewise.
        unit: what one is.
        n: rows that it rests on.
    """

    version: str
    started: str
    decision: int | None
    status: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    n: int


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
            model=writable(subject["model"]["path"])[:LONGEST],
            model_digest=subject["model"]["digest"],
            suite=writable(subject["suite"]["path"])[:LONGEST],
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


def series(connection: sa.Connection, name: str, metric: str) -> Sequence[Measured]:
    """What a metric was of each version of a model, in the order of the runs.

    Args:
        connection: to read from.
        name: of the model.
        metric: a result's id, such as "metric[accuracy]".
    """
    what = metrics.c
    rows = connection.execute(
        sa.select(versions.c.number, runs.c.started, runs.c.decision)
        .add_columns(what.status, what.value, what.low, what.high, what.unit, what.n)
        .select_from(_of_versions())
        .where(versions.c.name == name, metrics.c.id == metric)
        .order_by(runs.c.started, runs.c.decision, runs.c.id)
    )
    return [
        Measured(
            version=f"{name}@{row.number}",
            started=row.started,
            decision=row.decision,
            status=row.status,
            value=row.value,
            low=row.low,
            high=row.high,
            unit=row.unit,
            n=row.n,
        )
        for row in rows
    ]


def metrics_of(connection: sa.Connection, name: str) -> Sequence[str]:
    """The ids of all results of a model's versions."""
    query = sa.select(metrics.c.id).distinct().select_from(_of_versions())
    found = connection.execute(query.where(versions.c.name == name).order_by(metrics.c.id))
    return tuple(found.scalars())


def _of_versions() -> sa.Join:
    """What was measured of registered bytes, whatever the run called them."""
    return metrics.join(runs, runs.c.id == metrics.c.run).join(
        versions, versions.c.digest == runs.c.model_digest
    )


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
