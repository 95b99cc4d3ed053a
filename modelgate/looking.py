"""Which look at a test set a trial was, and what came of the same look before."""

from __future__ import annotations

from dataclasses import replace

from modelgate.decisions.statement import Statement, expired
from modelgate.registries import Entry
from modelgate.registries.embedded import Change
from modelgate.registries.log import statement_of
from modelgate.registries.looks import NOTHING, Look
from modelgate.report import Report
from modelgate.signed_report import report_in
from modelgate.suite import Policy
from modelgate.wear import Wear


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


def known(change: Change, look: Look) -> tuple[Entry, Statement] | None:
    """The decision of the same look, where it still counts; one that broke off may be repeated."""
    place = change.look_at(look)
    entry = None if place is None else change.entry(place)
    if entry is None:
        return None
    found = statement_of(entry)
    over = expired(found)
    broken = found.body["report"]["verdict"]["exit_code"] == 4
    return None if over or broken else (entry, found)


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
