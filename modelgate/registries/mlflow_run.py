"""A report in the run of MLflow that trained its model: the numbers, the verdict, the file."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from modelgate.errors import UsageError
from modelgate.escape import printable, shown
from modelgate.mlflow_worker import asked
from modelgate.report import Report
from modelgate.report_file import report_json

PREFIX = "modelgate"
LONGEST, LONGEST_VALUE = 200, 500
"""Characters of a metric's name, and of a parameter: what every version of MLflow takes."""
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")


def log_report(run: str, report: Report) -> None:
    """Log a report to a run.

    Args:
        run: the run's identifier, as `Fetched.run`.
        report: of a trial.

    Raises:
        UsageError: MG2446, it is no run's identifier; MG2440, MG2444, as `fetch`.
        ServiceError: MG7240, MG7241.
    """
    if not _RUN.fullmatch(run):
        raise UsageError("MG2446", f"{shown(run)} is no identifier of a run in MLflow")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "report.json").write_bytes(report_json(report))
        asked(
            "log",
            run=run,
            metrics=metrics_of(report),
            params=_texts("suite", report.subject.get("suite")),
            tags={
                f"{PREFIX}.verdict": report.verdict.decision,
                f"{PREFIX}.because": printable(" ".join(report.verdict.because[:1]), LONGEST_VALUE),
                **_texts("model", report.subject.get("model")),
                **_texts("suite", report.subject.get("suite")),  # a parameter keeps its first value
            },
            folder=folder,
        )


def metrics_of(report: Report) -> dict[str, float]:
    """Name -> number, of what has one: values, the ends of their intervals, differences.

    Each name is its result's identifier in the characters that MLflow takes, such as
    "modelgate/metric_recall_country_BR" and "modelgate/metric_recall_country_BR.low"; where two
    identifiers come to one name, the later one bears a part of its digest.
    """
    found: dict[str, float] = {}
    taken: set[str] = set()
    for result in report.results:
        name = _name(result.id)
        if name in taken:
            name = f"{name}-{hashlib.sha256(result.id.encode()).hexdigest()[:8]}"
        taken.add(name)
        found |= {
            f"{PREFIX}/{name}{end}": float(number)
            for end, number in _numbers(result)
            if number is not None and isfinite(number)
        }
    return found


def _numbers(result: Any) -> Iterator[tuple[str, float | None]]:
    low, high = result.interval or (None, None)
    yield "", result.value
    yield ".low", low
    yield ".high", high
    less, more = result.difference_interval or (None, None)
    yield ".difference", result.difference
    yield ".difference.low", less
    yield ".difference.high", more


def _name(identifier: str) -> str:
    plain = _ODD.sub("_", identifier).strip("_.") or "result"
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[:LONGEST]}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"


def _texts(what: str, about: Any) -> dict[str, str]:
    """The plain texts that a report says of its model or suite."""
    if not isinstance(about, Mapping):
        return {}
    return {
        f"{PREFIX}.{what}.{key}": printable(about[key], LONGEST_VALUE)
        for key in ("name", "digest", "format", "title")
        if isinstance(about.get(key), str) and about[key]
    }
