"""The trial of a decision held once more: its results have to come out alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from modelgate.anchoring import anchored
from modelgate.decisions.statement import Statement
from modelgate.errors import RefusedError, UsageError
from modelgate.escape import shown
from modelgate.evaluation import started
from modelgate.judgement import judge, named, prepare
from modelgate.options import Options
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.registry_place import Lent
from modelgate.report import Report
from modelgate.report_file import report_json
from modelgate.signed_report import report_in, results_digest, signed_part
from modelgate.suite import Suite


def rerun(registry: Registry, decision: Statement, *, allow_code: tuple[str, ...] = ()) -> Report:
    """Hold the trial again: the same model, champion, suite, data and seed.

    Args:
        registry: that holds the models.
        decision: whose signature was verified.
        allow_code: digests of code that may run.

    Returns:
        The report of the new trial, which says the same.

    Raises:
        UsageError: MG2412, a model is not in the registry.
        RefusedError: MG5100, suite or data are others by now; MG5101, the results are.
    """
    before = report_in(decision, f"entry {decision.sequence}")
    subject = before.subject
    seed = decision.body["environment"]["seed"]
    otherwise = decision.body["otherwise"]
    options = Options(
        seed=seed if "seed" in otherwise else None,
        quick="quick" in otherwise,
        cache=False,
        allow_code=allow_code,
    )
    with ExitStack() as stack:
        asked = started(_lent(registry, subject["model"], stack), options, stack)
        _, suite = named(subject["suite"]["path"])
        beside = _unnamed(subject["data"], suite)
        rival = subject["champion"]
        trial = prepare(
            asked,
            *beside("test"),
            subject["suite"]["path"],
            options,
            reference=beside("reference")[0],
            champion=None
            if rival is None
            else started(_lent(registry, rival, stack), options, stack),
            standing=str(subject["model"]["name"]),
            start=lambda _: None,  # where there was no champion then, there is none now
        )
        held_to = {one.id: one.limit["margin"] for one in before.results if "margin" in one.limit}
        trial.settled = lambda _: held_to
        found = judge(trial, time.monotonic())
        if anchor := subject.get("anchor"):
            found = anchored(
                found,
                trial,
                started(_lent(registry, subject["model"], stack), options, stack),
                started(_lent(registry, anchor, stack), options, stack),
            )
    _refuse_other_inputs(before, found)
    if results_digest(signed_part(report_json(found))) != decision.body["results"]:
        raise RefusedError(
            "MG5101",
            f"the trial of entry {decision.sequence} gave other results this time",
            hint="another version of a library, or a model that does not answer alike",
        )
    return found


def _unnamed(data: Any, suite: Suite | None) -> Callable[[str], tuple[Any, Any]]:
    """Path and target of a role that was named beside the suite; nothing of the suite's own."""

    def beside(role: str) -> tuple[Any, Any]:
        named_there = suite is not None and role in suite.data and suite.data[role].path
        if role not in data or named_there:
            return None, None
        return data[role]["path"], data[role]["target"]

    return beside


def _lent(registry: Registry, model: Any, stack: ExitStack) -> Lent:
    """A model that a report speaks of, from the registry."""
    version = _known(registry, str(model["digest"]))
    if version is None:
        raise UsageError(
            "MG2412",
            f"{shown(model['name'])} is not in this registry, so its trial cannot be held again",
            hint="register the file that was judged",
        )
    return Lent(registry, version, stack.enter_context(registry.lent(version)))


def _known(registry: Registry, digest: str) -> Version | None:
    for name in registry.names():
        for version in registry.versions(name):
            if version.digest == digest:
                return version
    return None


def _refuse_other_inputs(before: Report, now: Report) -> None:
    """Suite and data are those of the decision."""
    old, new = before.subject, now.subject
    if old["suite"]["digest"] != new["suite"]["digest"]:
        raise _other(str(Path(old["suite"]["path"])))
    for role, one in old["data"].items():
        if new["data"].get(role, {}).get("digest") != one["digest"]:
            raise _other(str(one["path"]))


def _other(path: str) -> RefusedError:
    return RefusedError(
        "MG5100",
        f"{shown(path, 100)} holds something else than when it was decided",
        hint="restore the file that was read then",
    )
