"""Whether what stands in a log is true: signatures, chain, digests, and verdicts from numbers.

It needs no model, no data and no registry: envelopes and public keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelgate.decisions.envelope import opened
from modelgate.decisions.statement import NONE_BEFORE, Statement, read_statement
from modelgate.errors import RefusedError
from modelgate.recomputing import recomputed
from modelgate.registries.log import digest_of
from modelgate.report import Report
from modelgate.signed_report import report_in, results_digest

if TYPE_CHECKING:
    from securesystemslib.signer import Key


@dataclass(frozen=True, slots=True)
class Verified:
    """A statement whose signature holds.

    Attributes:
        statement: what it says.
        digest: of its envelope.
        key: identifier of the key that signed it.
        report: of a decision, what it rests on.
    """

    statement: Statement
    digest: str
    key: str
    report: Report | None = None


@dataclass(slots=True)
class History:
    """A whole log, verified as it is read.

    Attributes:
        found: the statements, in their order.
        serving: (model, alias) -> number of the version that it leads to; None for nowhere.
        keys: identifier of each key that signed -> how many statements.
    """

    found: list[Verified] = field(default_factory=list)
    serving: dict[tuple[str, str], int | None] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def head(self) -> tuple[int, str]:
        """Place and digest of the last statement: a witness that nothing was cut off behind it."""
        last = self.found[-1] if self.found else None
        return (0, NONE_BEFORE) if last is None else (last.statement.sequence, last.digest)


def verified(envelope: bytes, keys: Mapping[str, Key], *, name: str) -> Verified:
    """One statement: its signature, and of a decision, that the verdict follows from its numbers.

    Args:
        envelope: its bytes; not trusted.
        keys: identifier -> public key of those that may have signed it.
        name: what people call it, for messages.

    Raises:
        RefusedError: MG5050, MG5080 to MG5082, MG5087, MG5090, it does not hold.
    """
    content = opened(envelope, keys, name=name)
    statement = read_statement(content.payload, name=name)
    report = None
    if statement.kind == "decision":
        report = _followed(statement, name)
    return Verified(statement, digest_of(envelope), content.key, report)


def verified_log(envelopes: Iterable[bytes], keys: Mapping[str, Key]) -> History:
    """A whole log, from its first entry.

    Raises:
        RefusedError: as `verified`; MG5088, an entry is missing, twice, or in another place;
            MG5091, a move that no decision allowed.
    """
    history = History()
    decisions: dict[str, Verified] = {}
    approvals: dict[str, str] = {}
    for envelope in envelopes:
        sequence, prev = history.head
        name = f"entry {sequence + 1}"
        found = verified(envelope, keys, name=name)
        statement = found.statement
        if statement.sequence == sequence + 1 and statement.prev != prev:
            raise RefusedError(
                "MG5088",
                f"{name} of the log does not follow the entry before it: that one was changed, or"
                " the log was written anew from there",
            )
        if statement.sequence != sequence + 1:
            raise RefusedError(
                "MG5088",
                f"{name} of the log is missing or was put elsewhere: what stands there is entry"
                f" {statement.sequence}",
            )
        if statement.kind == "decision":
            decisions[found.digest] = found
        elif statement.kind == "approval":
            approvals[found.digest] = statement.body["decision"]
        else:
            _refuse_unearned(found, decisions, approvals, history)
        history.found.append(found)
        history.keys[found.key] = history.keys.get(found.key, 0) + 1
    return history


def _followed(statement: Statement, name: str) -> Report:
    """The report of a decision, whose verdict follows from its numbers."""
    report = report_in(statement, name)
    if report.subject["model"]["digest"] != statement.digest:
        raise RefusedError("MG5090", f"{name} is about another model than its report")
    if results_digest(statement.body["report"]) != statement.body["results"]:
        raise RefusedError("MG5090", f"the digest of the results in {name} is another one")
    anew = recomputed(report)
    for mine, its in zip(anew.results, report.results, strict=True):
        if mine.status is not its.status:
            raise RefusedError(
                "MG5090",
                f"{its.id} in {name} is called {its.status}; its numbers say {mine.status}",
            )
    said, follows = report.verdict.decision, anew.verdict.decision
    if said not in {follows, "hold"}:  # a gate may hold back what would pass, never the reverse
        raise RefusedError("MG5090", f"{name} says {said}; from its numbers follows {follows}")
    return report


def _refuse_unearned(
    found: Verified,
    decisions: Mapping[str, Verified],
    approvals: Mapping[str, str],
    history: History,
) -> None:
    """A pointer moved only where a decision had said so by then."""
    move = found.statement
    place = (move.name, move.body["alias"])
    if history.serving.get(place) != move.body["from"]:
        raise RefusedError(
            "MG5091",
            f"entry {move.sequence} moves {move.name}@{move.body['alias']} from where it"
            " did not lead",
        )
    history.serving[place] = move.body["to"]
    if move.body["to"] is None:
        return
    decision = decisions.get(str(move.body["decision"]))
    if decision is None or decision.statement.digest != move.digest:
        raise RefusedError(
            "MG5091", f"entry {move.sequence} moves a model that nothing decided about"
        )
    report = decision.report
    assert report is not None
    lifted = approvals.get(str(move.body["approval"])) == move.body["decision"]
    if report.verdict.decision != "promote" and not (lifted and report.verdict.liftable):
        raise RefusedError(
            "MG5091",
            f"entry {move.sequence} moves {move.name} {decision.statement.body['version']}, which"
            f" was decided to {report.verdict.decision}",
        )
