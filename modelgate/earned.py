"""Whether a version may stand at an alias: which decision says so, and whether it still counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.decisions.statement import Statement, expired
from modelgate.errors import ConflictError, RefusedError, UsageError
from modelgate.escape import shown
from modelgate.library import Library, builtin_root
from modelgate.outcome import Severity, Status
from modelgate.project import Project
from modelgate.reference import checked_name
from modelgate.registries import Entry, Version
from modelgate.registries.embedded import Change, Registry
from modelgate.registries.log import statement_of
from modelgate.releases import keys_of
from modelgate.report import Report
from modelgate.signed_report import suite_digest
from modelgate.sources import files_of, open_dataset
from modelgate.suite import Suite
from modelgate.suite_asked import find_suite
from modelgate.targets import Target, target_class
from modelgate.verification import verified

if TYPE_CHECKING:
    from securesystemslib.signer import Key

OTHERWISE = {"seed": "another seed", "target": "another target", "quick": "fewer rows"}
BY_HAND = "must_get_right"
"""The check whose cases people have labelled, whatever the data."""


@dataclass(frozen=True, slots=True)
class Place:
    """An alias of a model, with all that moves with it.

    Attributes:
        registry: that holds both.
        project: what is said of the alias; None where there is none.
        name, alias: "churn", "production".
        keys: of those whose decisions open the gate.
    """

    registry: Registry
    project: Project | None
    name: str
    alias: str
    keys: Mapping[str, Key] = field(default_factory=dict)

    @property
    def target(self) -> Target | None:
        """What serves; None where the alias alone moves."""
        policy = None if self.project is None else self.project.policy(self.name, self.alias)
        if self.project is None or policy is None or policy.target is None:
            return None
        name, settings = policy.target
        return target_class(name)(settings, self.project.root)

    def __str__(self) -> str:
        return f"{self.name}@{self.alias}"


def place(
    registry: Registry, project: Project | None, name: str, alias: str, *trusted: Path
) -> Place:
    """An alias.

    Args:
        registry: that holds it.
        project: what is said of it.
        name: of the model.
        alias: such as "production".
        trusted: public keys whose decisions open the gate, files or folders.

    Raises:
        UsageError: MG2400, no alias can be called so.
        RefusedError: MG5084, MG5093, there is no public key.
    """
    checked_name(alias, "an alias")
    if alias.isdigit():
        raise UsageError(
            "MG2400", f"{alias} would be taken for a version: name the alias otherwise"
        )
    return Place(registry, project, name, alias, keys_of(*trusted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A decision that opens the gate.

    Attributes:
        decision: digest of its envelope.
        sequence: its place in the log.
        approval: digest of the approval that it needed; None where it needed none.
        suite: digest of the suite that it was made by.
        notes: what is to be said of it.
    """

    decision: str
    sequence: int
    approval: str | None = None
    suite: str = ""
    notes: tuple[str, ...] = ()


def earned(
    where: Place, version: Version, before: Version | None, decisions: Sequence[Entry]
) -> Earned:
    """The decision by which a version may stand at an alias.

    The latest about these bytes counts, of the suite that the project names for the alias; an
    earlier one that said otherwise does not.

    Args:
        where: the alias.
        version: that wants to stand there.
        before: that stands there now; None for nothing.
        decisions: about these bytes, in their order.

    Raises:
        RefusedError: MG5080 to MG5092, what the log holds is not what was signed; MG5094, nothing
            was decided, or with another seed than the suite's; MG5095, it was not decided to
            promote; MG5096, it is expired; MG5097, no labelled data had a say; MG5098, an approval
            is missing.
        ConflictError: MG8502, it was compared with something else than what stands there;
            MG8505, the data are others by now.
    """
    suite = _suite(where)
    entry, decision, report = _latest(where, version, suite, decisions)
    _refuse_asked_otherwise(version, decision, suite)
    if expired(decision):
        raise RefusedError(
            "MG5096",
            f"the decision about {version} expired on {decision.body['expires'][:10]}",
            hint=f"modelgate check {version}",
        )
    _refuse_other_champion(where, version, report, before)
    notes: tuple[str, ...] = ()
    if suite is not None:
        notes = _refuse_other_data(suite, report, version)
        _refuse_other_questions(where, suite, report, version)
    elif not _labelled(report):
        raise RefusedError(
            "MG5097",
            f"no passed blocker of {version} was measured on labelled data",
            hint="name test data with a target; or in modelgate.yaml the suite of the alias",
        )
    return Earned(
        decision=entry.digest,
        sequence=entry.sequence,
        approval=_approval(where, version, entry, report),
        suite=suite_digest(decision),
        notes=notes,
    )


def refuse_superseded(change: Change, version: Version, found: Earned) -> None:
    """No later decision about the same bytes, by the same suite, stands in the log.

    Raises:
        ConflictError: MG8504, there is one.
    """
    for entry in change.entries(version.name, "decision", version.digest, after=found.sequence):
        if found.suite == suite_digest(statement_of(entry)):
            raise ConflictError(
                "MG8504",
                f"{version} was decided about again meanwhile (entry {entry.sequence})",
                hint="run the same command again",
            )


def _suite(where: Place) -> Suite | None:
    """The suite that the project names for the alias, as it stands now; None for none."""
    policy = None if where.project is None else where.project.policy(where.name, where.alias)
    if where.project is None or policy is None or policy.suite is None:
        return None
    library = Library(builtin_root(), where.project.root)
    named = policy.suite
    if named.endswith((".yaml", ".yml")):
        named = str(where.project.root / named)
    return find_suite(named, None, library)


def _latest(
    where: Place, version: Version, suite: Suite | None, entries: Sequence[Entry]
) -> tuple[Entry, Statement, Report]:
    """The last decision about these bytes, by the suite that counts; its signature holds."""
    about = (version.name, "decision", version.digest)
    for entry in reversed(entries):
        found = verified(entry.envelope, where.keys, name=f"the decision about {version}")
        decision = found.statement
        if suite is not None and suite_digest(decision) != suite.digest:
            continue
        named = (decision.name, decision.kind, decision.digest, decision.sequence)
        if found.report is None or named != (*about, entry.sequence):
            raise RefusedError("MG5092", f"entry {entry.sequence} decides nothing of {version}")
        return entry, decision, found.report
    by = f" by {suite.path}, the suite of {where}, as it stands now" if suite and entries else ""
    raise RefusedError(
        "MG5094",
        f"nothing was decided about {version}{by}",
        hint=f"modelgate check {version}" + (f" --suite {suite.path}" if suite else ""),
    )


def _refuse_asked_otherwise(version: Version, decision: Statement, suite: Suite | None) -> None:
    """Nothing that the suite says was replaced; nor its rows, where the alias names it."""
    otherwise = [str(one) for one in decision.body.get("otherwise", ())]
    if suite is None:
        otherwise = [one for one in otherwise if one in ("quick", "seed")]
    if otherwise:
        words = " and ".join(OTHERWISE.get(one, f"other {one} rows") for one in otherwise)
        raise RefusedError(
            "MG5094",
            f"the decision about {version} was made with {words} than its suite says",
            hint=f"modelgate check {version}",
        )


def _refuse_other_champion(
    where: Place, version: Version, report: Report, before: Version | None
) -> None:
    champion = report.subject["champion"]
    compared = None if champion is None else champion["digest"]
    if compared == (None if before is None else before.digest):
        return
    against = "nothing" if champion is None else str(champion["name"])
    raise ConflictError(
        "MG8502",
        f"{version} was compared with {against}, and {before or 'nothing'} stands at {where}",
        hint=f"modelgate check {version}" + ("" if before is None else f" --champion {where}"),
    )


def _refuse_other_data(suite: Suite, report: Report, version: Version) -> tuple[str, ...]:
    """The rows that the suite names are still those that were read; what could not be looked at."""
    notes = []
    for role, part in suite.data.items():
        recorded = report.subject["data"].get(role)
        if part.path is None or recorded is None:
            continue
        base = Path(suite.path).parent
        if not files_of(part.path, base):
            notes.append(f"{part.path} is not here: nobody looked whether it is the same still")
            continue
        data = open_dataset(
            part.path,
            format=part.format,
            delimiter=part.delimiter,
            encoding=part.encoding,
            base=base,
        )
        if data.digest != recorded["digest"]:
            raise ConflictError(
                "MG8505",
                f"{shown(part.path, 80)} has changed since {version} was decided",
                hint=f"modelgate check {version} --suite {suite.path}",
            )
    return tuple(notes)


def _refuse_other_questions(where: Place, suite: Suite, report: Report, version: Version) -> None:
    """Cases and checks of the project are still those that were asked."""
    recorded = report.subject["suite"]
    project = where.project
    asked = {Path(path): digest for path, digest in recorded["files"].items()}
    if project is not None:
        library = Library(builtin_root(), project.root)
        for name, digest in recorded["checks"].items():
            path = library[name].path if name in library else None
            if path is not None and path.is_relative_to(project.root):
                asked[path] = digest
    for path, digest in asked.items():
        if path.is_file() and _digest(path) != digest:
            raise ConflictError(
                "MG8505",
                f"{shown(str(path), 80)} has changed since {version} was decided",
                hint=f"modelgate check {version} --suite {suite.path}",
            )


def _labelled(report: Report) -> bool:
    """Whether people's answers had a say in it."""
    targets = {role: one["target"] for role, one in report.subject["data"].items()}
    return any(
        one.severity is Severity.BLOCKER
        and one.status is Status.PASSED
        and (one.check == BY_HAND or (one.kind == "statistical" and targets.get(one.data)))
        for one in report.results
    )


def _approval(where: Place, version: Version, entry: Entry, report: Report) -> str | None:
    """The digest of the approval of a decision that needs one; None where it needs none."""
    policy = None if where.project is None else where.project.policy(where.name, where.alias)
    verdict = report.verdict
    if verdict.decision != "promote" and not verdict.liftable:
        raise RefusedError(
            "MG5095",
            f"{version} was decided to {verdict.decision}: {verdict.because[0]}",
            hint=f"`modelgate history {version.name}` shows entry {entry.sequence}",
        )
    if verdict.decision == "promote" and not (policy and policy.approve):
        return None
    for one in where.registry.entries(name=version.name, kind="approval", subject=version.digest):
        if statement_of(one).body["decision"] == entry.digest:
            return verified(one.envelope, where.keys, name=f"entry {one.sequence}").digest
    why = "was held" if verdict.liftable else f"needs an approval to stand at {where}"
    raise RefusedError(
        "MG5098",
        f"{version} {why}, and nobody approved it",
        hint=f"modelgate approve {entry.sequence} --reason TEXT",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
