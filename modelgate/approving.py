"""A person's word for a decision that needs it."""

from __future__ import annotations

from functools import partial

from modelgate.deciding import statement
from modelgate.decisions.statement import checked_reason
from modelgate.errors import RefusedError, UsageError
from modelgate.registries import Entry
from modelgate.registries.embedded import Registry
from modelgate.registries.log import statement_of
from modelgate.signed_report import report_in


def approve(registry: Registry, decision: str, reason: str) -> Entry:
    """Approve a decision.

    Args:
        registry: that holds it.
        decision: its place in the log, or the beginning of its digest.
        reason: why; it stands in the log.

    Raises:
        UsageError: MG2404, there is no such entry; MG2408, the reason is empty or too long;
            MG2411, it is no decision.
        RefusedError: MG5099, it is one that no approval lifts.
        StorageError: the log cannot be written.
    """
    checked_reason(reason, "an approval")
    entry = registry.entry_named(decision)
    found = statement_of(entry)
    if found.kind != "decision":
        raise UsageError("MG2411", f"entry {entry.sequence} is a {found.kind}, and no decision")
    verdict = report_in(found, f"entry {entry.sequence}").verdict
    if verdict.decision != "promote" and not verdict.liftable:
        raise RefusedError(
            "MG5099",
            f"entry {entry.sequence} says {verdict.decision}, which no approval lifts",
            hint="a hold for want of evidence is lifted where its suite says `on_hold: ask`",
        )
    version = registry.version(found.name, found.body["version"])
    body = {"decision": entry.digest, "reason": reason}
    with registry.changing() as change:
        return change.append(partial(statement, kind="approval", version=version, body=body))
