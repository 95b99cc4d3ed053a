"""From a report to a decision that lasts."""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from modelgate.decisions.statement import Statement, now
from modelgate.errors import RefusedError
from modelgate.escape import writable
from modelgate.looking import as_decided, known, look_of, wear_of
from modelgate.project import DECISION_DAYS, Project
from modelgate.provenance import commit_of
from modelgate.registries import Entry, Version
from modelgate.registries.embedded import Registry
from modelgate.registries.log import statement_of
from modelgate.registry_place import Lent, open_registry
from modelgate.report import Report, Result
from modelgate.report_file import report_json
from modelgate.signed_report import results_digest, signed_part
from modelgate.suite import Policy
from modelgate.wear import worn

if TYPE_CHECKING:
    from modelgate.trial import Trial


def kept(report: Report, trial: Trial, candidate: Lent | None, project: Project | None) -> Report:
    """Keep what a trial measured; of a version of the registry, what was decided as well.

    Raises:
        StorageError: it cannot be written: then nothing was decided.
    """
    if project is not None:
        commit = commit_of(project.root)
        report = replace(report, provenance={**report.provenance, "commit": commit})
    if candidate is not None:
        return decided(report, trial, candidate, project)
    registry = open_registry(create=True)
    try:
        with registry.changing() as change:
            change.log_run(report, None)
    finally:
        registry.close()
    return report


def decided(report: Report, trial: Trial, candidate: Lent, project: Project | None) -> Report:
    """Record what was decided about a version; the report, which names the decision.

    Args:
        report: of the trial.
        trial: that was held.
        candidate: the version that was judged.
        project: says how long a decision holds; None where there is none.

    Raises:
        StorageError: it cannot be written: then nothing was decided.
        RefusedError: MG5089, what was written is not what is read back.
    """
    reading = _reading(trial, candidate.registry)
    return recorded(
        candidate.registry,
        candidate.version,
        report,
        reading=reading,
        policy=trial.suite.policy if trial.suite is not None else Policy(),
        otherwise=trial.otherwise,
        days=project.decision_days if project else DECISION_DAYS,
        margins=trial.margins,
    )


def recorded(
    registry: Registry,
    version: Version,
    report: Report,
    *,
    reading: Mapping[str, Any],
    policy: Policy | None = None,
    otherwise: Sequence[str] = (),
    days: float = DECISION_DAYS,
    margins: Mapping[str, float] | None = None,
) -> Report:
    """A decision in the log, read back; the report, which names it.

    The same look at the same test set gives the decision that was made: asking again until luck
    helps is no way through.

    Args:
        registry: that holds the version.
        version: that was judged.
        report: of the trial.
        reading: see `Release.reading`.
        policy: the suite's.
        otherwise: see `Trial.otherwise`.
        days: how long the decision opens the gate.
        margins: question -> the automatic margin that it was held to.

    Raises:
        StorageError: it cannot be written: then nothing was decided.
        RefusedError: MG5089, what was written is not what is read back.
    """
    expires = _expires(report, days)
    about = {
        "version": version.number,
        "expires": expires,
        "reading": dict(reading),
        "out_of_domain": _out_of_domain(report.results),
        "otherwise": list(otherwise),
        "environment": _environment(report),
    }
    look = look_of(report, version.name)
    registry.signer()
    with registry.changing() as change:
        if look is not None:
            found = known(change, look, report, about, registry.signer().public_key)
            if found is not None:
                entry, decided = found
                told = as_decided(report, entry, decided)
                return with_decision(told, entry, decided.body["expires"])
            wear = wear_of(change, look, policy or Policy())
            report = worn(report, wear)
            about["wear"] = wear.told
        whole = report_json(report)
        registry.blobs.put_bytes(whole)
        entry = change.append(partial(_decision, whole=whole, about=about, version=version))
        change.log_run(report, entry.sequence)
        if look is not None:
            change.looked(look, entry.sequence)
            change.settle(version.name, look.test, margins or {}, look.champion or None)
    _refuse_unlike(registry, entry)
    return with_decision(report, entry, expires)


def _expires(report: Report, days: float) -> str:
    """When the decision opens the gate no more: no later than a waiver that it rests on."""
    ends = datetime.now(UTC) + timedelta(days=days)
    for one in report.results:
        if one.waiver is not None and one.waiver["live"]:
            last = date.fromisoformat(one.waiver["expires"])
            ends = min(ends, datetime.combine(last + timedelta(days=1), time(), tzinfo=UTC))
    return ends.isoformat(timespec="seconds")


def _decision(
    sequence: int, prev: str, *, whole: bytes, about: Mapping[str, Any], version: Version
) -> Statement:
    signed = signed_part(whole)
    body = {
        "wear": None,
        **about,
        "report": signed,
        "results": results_digest(signed),
        "evidence": f"sha256:{hashlib.sha256(whole).hexdigest()}",
    }
    return statement(sequence, prev, kind="decision", version=version, body=body)


def statement(sequence: int, prev: str, *, kind: Any, version: Version, body: Any) -> Statement:
    """A statement about a version, at a place of the log."""
    return Statement(
        kind=kind,
        name=version.name,
        digest=version.digest,
        sequence=sequence,
        prev=prev,
        issued=now(),
        by=who(),
        body=body,
    )


def who() -> str:
    """The one who asks, by the name that the system gives."""
    try:
        return writable(os.environ.get("GITHUB_ACTOR") or getpass.getuser())[:200]
    except (KeyError, OSError):  # a container's user may have no name
        return f"user {os.getuid()}"


def with_decision(report: Report, entry: Entry, expires: str) -> Report:
    """The report, naming the decision that came of it."""
    told = {"sequence": entry.sequence, "digest": entry.digest, "expires": expires}
    return replace(report, provenance={**report.provenance, "decision": told})


def _refuse_unlike(registry: Registry, entry: Entry) -> None:
    """Nothing is called decided that is not on the disk."""
    found = registry.entry(entry.sequence)
    if found is None or found.envelope != entry.envelope:
        raise RefusedError("MG5089", f"entry {entry.sequence} is not what was just written there")
    statement_of(found)


def _reading(trial: Trial, registry: Registry) -> dict[str, Any]:
    """How the model was fed and read, for whatever serves it; see `Release.reading`."""
    told, reading = trial.told, trial.reading
    answers = reading or next((one.answers for one in trial.roles.values() if one.answers), None)
    return {
        "inputs": {tensor: list(columns) for tensor, columns in told.inputs.items()},
        "columns": None if trial.asker.columns is None else list(trial.asker.columns),
        "task": None if answers is None else answers.task,
        "scores": told.scores if answers is None else answers.scores,
        "labels": told.labels if answers is None else answers.labels,
        "values": None if answers is None else answers.values,
        "scores_are": told.scores_are if answers is None else answers.scores_are,
        "classes": list(told.classes if answers is None else answers.classes),
        "positive": told.positive if answers is None else answers.positive_class,
        "threshold": told.threshold if answers is None else answers.threshold,
        "types": list(told.types),
        "prepare": _prepare(trial, registry),
    }


def _prepare(trial: Trial, registry: Registry) -> dict[str, Any] | None:
    material = trial.asker.material
    if material is None:
        return None
    asked = material.preparation
    file = None
    if material.content:
        registry.blobs.put_bytes(material.content)
        file = asked.file.name if asked.file is not None else asked.name
    return {
        "kind": asked.kind,
        "name": asked.name,
        "settings": dict(asked.settings),
        "digest": material.digest,
        "file": file,
    }


def _out_of_domain(results: tuple[Result, ...]) -> Mapping[str, Any] | None:
    """The first out-of-domain threshold that a step exported."""
    for result in results:
        threshold = result.details.get("threshold")
        if result.check == "ood_detection" and isinstance(threshold, dict):
            return threshold
    return None


def _environment(report: Report) -> dict[str, Any]:
    """With what it was decided."""
    keys = ("modelgate", "python", "platform", "packages", "isolation", "commit", "seed", "started")
    return {key: report.provenance.get(key) for key in keys}
