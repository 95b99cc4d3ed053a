"""Which look at a test set a trial was, and what came of the same look before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelgate.decisions.statement import Statement, expired
from modelgate.errors import RefusedError
from modelgate.registries import Entry
from modelgate.registries.embedded import Change
from modelgate.registries.log import statement_of
from modelgate.registries.looks import NOTHING, Look
from modelgate.report import Report
from modelgate.report_file import report_json
from modelgate.signed_report import question_of, report_in, signed_part, suite_digest
from modelgate.suite import Policy
from modelgate.verification import verified
from modelgate.wear import Wear

if TYPE_CHECKING:
    from securesystemslib.signer import Key


def look_of(report: Report, name: str) -> Look | None:
    """Which look at which test set a trial was; None where no labelled rows were looked at.

    Args:
        report: of the trial.
        name: that the model is registered under.
    """
    data = report.subject["data"].get("test")
    if data is None or data["target"] is None or data["digest"] is None:
        return None
    champion = report.subject["champion"]
    return Look(
        test=data["digest"],
        name=name,
        candidate=report.subject["model"]["digest"],
        suite=report.subject["suite"]["digest"],
        champion=NOTHING if champion is None else champion["digest"] or NOTHING,
        seed=int(report.provenance.get("seed") or 0),
        version=str(report.provenance.get("modelgate") or ""),
    )


def known(
    change: Change, look: Look, report: Report, about: Mapping[str, Any], key: Key
) -> tuple[Entry, Statement] | None:
    """The decision of the same look, where it still counts and the same was asked.

    It does not where it is expired or broke off, where another key signed it than the one that
    signs now, where a later one about the same bytes by the same suite took its place, or where a
    file that the suite names, a check, or any rows have changed since.

    Args:
        change: the transaction.
        look: that was taken.
        report: of this trial.
        about: what else a decision of it would say.
        key: public key of whoever signs now.
    """
    place = change.look_at(look)
    entry = None if place is None else change.entry(place)
    if entry is None:
        return None
    try:
        found = verified(entry.envelope, {key.keyid: key}, name=f"entry {entry.sequence}").statement
    except RefusedError:
        return None
    if (
        (found.kind, found.name) != ("decision", look.name)
        or expired(found)
        or found.body["report"]["verdict"]["exit_code"] == 4
    ):
        return None
    mine = question_of(signed_part(report_json(report)))
    if found.body.get("otherwise") != about["otherwise"] or mine != question_of(
        found.body["report"]
    ):
        return None
    for later in change.entries(look.name, "decision", look.candidate, after=entry.sequence):
        if suite_digest(statement_of(later)) == look.suite:
            return None
    return entry, found


def wear_of(change: Change, look: Look, policy: Policy) -> Wear:
    """How worn the test set is with this look."""
    number = change.other_looks(look) + 1
    return Wear(test=look.test, look=number, budget=policy.budget, alpha=policy.alpha_pass)


def as_decided(report: Report, entry: Entry, found: Statement) -> Report:
    """This trial's report with the verdict that the same look was given before."""
    decided = report_in(found, f"entry {entry.sequence}")
    wear = found.body["wear"]
    told = {
        **report.provenance,
        "looks": Wear(**{key: wear[key] for key in ("test", "look", "budget", "alpha")}).says,
    }
    return replace(report, verdict=decided.verdict, provenance=told)
