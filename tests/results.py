"""One result for the tests of whatever reads results."""

from __future__ import annotations

from typing import Any

from modelgate.outcome import Severity, Status
from modelgate.report import Result


def result(subject: str = "accuracy", **changes: Any) -> Result:
    """A metric that passed, but for what `changes` says."""
    standard: dict[str, Any] = {
        "id": f"metric[{subject}]",
        "check": "metric",
        "subject": subject,
        "data": "test",
        "severity": Severity.BLOCKER,
        "kind": "statistical",
        "status": Status.PASSED,
        "value": 0.912,
        "interval": (0.894, 0.928),
        "level": 0.90,
        "limit": {"at_least": 0.88},
        "n": 1200,
    }
    return Result(**{**standard, **changes})
