"""The part of a report that a decision signs, and the digest that another run has to give again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from modelgate.decisions.statement import Statement
from modelgate.errors import RefusedError, UsageError
from modelgate.report import Report
from modelgate.report_file import report_of

FREE = ("evidence", "details", "where", "says")
"""Of a result: what only people read, and what tells where the suite stood on this machine."""


def signed_part(report: bytes) -> dict[str, Any]:
    """What of a report is signed: all that a verdict can be recomputed from, JSON-ready.

    Args:
        report: as it is written, see `report_json`.
    """
    whole: dict[str, Any] = json.loads(report)
    whole["provenance"] = {}
    whole["findings"] = []
    whole["results"] = [
        {key: value for key, value in result.items() if key not in FREE}
        for result in whole["results"]
    ]
    return whole


def question_of(signed: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked of which bytes and rows: of equal ones the answer may be taken once.

    Args:
        signed: part of a report, see `signed_part`.
    """
    subject = signed["subject"]
    suite = subject["suite"]
    models = {role: subject[role] or {} for role in ("model", "champion", "anchor")}
    return {
        "models": {role: [one.get("digest"), one.get("prepare")] for role, one in models.items()},
        "suite": [suite[key] for key in ("digest", "checks", "perturbations")],
        "files": sorted(suite["files"].values()),
        "data": {role: [one["digest"], one["target"]] for role, one in subject["data"].items()},
        "quick": subject["quick"],
    }


def results_digest(signed: Mapping[str, Any]) -> str:
    """Of all that another run of the same model on the same rows has to give again.

    Args:
        signed: part of a report, see `signed_part`.
    """
    subject = signed["subject"]
    said = {
        "subject": {
            **subject,
            "model": subject["model"]["digest"],
            "data": {
                role: {key: value for key, value in one.items() if key != "rows_asked_again"}
                for role, one in subject["data"].items()
            },
        },
        "results": [one for one in signed["results"] if one["kind"] != "measured"],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def report_in(decision: Statement, name: str) -> Report:
    """The report that a decision rests on, checked to follow from its own results.

    Raises:
        RefusedError: MG5050, it does not; MG5087, it is none.
    """
    try:
        return report_of(decision.body["report"], name)
    except UsageError as error:
        raise RefusedError("MG5087", f"{name} holds no report: {error.message}") from error


def suite_digest(decision: Statement) -> str:
    """Of the suite that a decision was made by."""
    return str(decision.body["report"]["subject"]["suite"]["digest"])
