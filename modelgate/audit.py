"""A whole registry, verified: its log, its tables against the log, and the files of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelgate.decisions.keys import OWN, keys_in
from modelgate.decisions.statement import Statement
from modelgate.errors import RefusedError
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.registries.log import statement_of
from modelgate.report import Report
from modelgate.verification import History, verified_log

if TYPE_CHECKING:
    from securesystemslib.signer import Key


OWN_KEY = (
    "signed with the registry's own key: this proves that nothing was changed, and not who decided;"
    " `modelgate keys new NAME` makes a key that does"
)


def audited(registry: Registry, name: str, keys: Mapping[str, Key]) -> tuple[str, ...]:
    """Verify all that a registry says of a model; what was found, in lines.

    Raises:
        RefusedError: something was changed.
    """
    entries = list(registry.entries())
    history = verified_log((entry.envelope for entry in entries), keys)
    for entry in entries:
        statement_of(entry)  # what its row says beside the envelope
    _refuse_other_versions(registry, history)
    _refuse_other_aliases(registry, name, history)
    _refuse_other_looks(registry, history)
    _refuse_other_anchors(registry, history)
    _refuse_other_margins(registry, history)
    versions = registry.versions(name)
    formats = {
        one.statement.digest: one.report.subject["model"]["format"]
        for one in history.found
        if one.report is not None
    }
    for version in versions:
        registry.verify(version)
        if version.format != formats.get(version.digest, version.format):
            raise RefusedError("MG5092", f"{version} was decided about in another format")
    number = len(versions)
    files = f"{name}: the files of {number} version{'s' * (number != 1)} are those registered"
    own = {one.identifier for one in keys_in(registry.keys) if one.name == OWN}
    return (*told(history), files, *([OWN_KEY] if own & set(history.keys) else []))


def _refuse_other_versions(registry: Registry, history: History) -> None:
    """A number of the log still stands for the bytes that were decided about, or moved."""
    known: dict[str, dict[int, str]] = {}
    for one in history.found:
        statement = one.statement
        number = statement.body.get("version" if statement.kind == "decision" else "to")
        if number is None:
            continue
        if statement.name not in known:
            versions = registry.versions(statement.name)
            known[statement.name] = {version.number: version.digest for version in versions}
        if known[statement.name].get(number) != statement.digest:
            raise RefusedError(
                "MG5102",
                f"{statement.name}@{number} is another model in the registry than in entry"
                f" {statement.sequence} of the log",
            )


def _refuse_other_aliases(registry: Registry, name: str, history: History) -> None:
    """Every alias leads where its last move led it."""
    moved = {
        (one.statement.name, one.statement.body["alias"]): one.statement.sequence
        for one in history.found
        if one.statement.kind == "move"
    }
    for (model, alias), number in history.serving.items():
        stands = registry.alias(model, alias)
        by = registry.moved_by(model, alias)
        if (None if stands is None else stands.number) != number or (
            by is not None and by != moved[model, alias]
        ):
            raise RefusedError(
                "MG5102",
                f"{model}@{alias} leads to {stands or 'nothing'} by entry {by}; by the log it is"
                f" {f'{model}@{number}' if number else 'nothing'} by entry {moved[model, alias]}",
            )
    for version in registry.versions(name):
        for alias in version.aliases:
            if (name, alias) not in history.serving:
                raise RefusedError("MG5102", f"no entry of the log leads {name}@{alias} anywhere")


def _refuse_other_looks(registry: Registry, history: History) -> None:
    """No look at a test set was taken out."""
    signed: dict[str, int] = {}
    for _, test, body, _ in _looks(history):
        signed[test] = max(signed.get(test, 0), int(body["wear"]["look"]))
    for test, look in signed.items():
        if registry.looks_at(test) < look:
            raise RefusedError(
                "MG5102",
                f"by the log there were {look} looks at the rows {test[:19]}; looks were taken out",
            )


def _refuse_other_anchors(registry: Registry, history: History) -> None:
    """The anchor of a test set is its first champion, of those that were registered then."""
    anchors: dict[tuple[str, str], Version] = {}
    for statement, test, _, report in _looks(history):
        champion = report.subject["champion"] or {}
        for version in registry.versions(statement.name):
            known = version.created <= statement.issued
            if known and version.digest == champion.get("digest"):
                anchors.setdefault((statement.name, test), version)
    for (name, test), first in anchors.items():
        stands = registry.anchor(name, test)
        if stands is None or stands.number != first.number:
            raise RefusedError(
                "MG5102", f"{stands or 'nothing'} is the anchor in the place of {first}"
            )


def _refuse_other_margins(registry: Registry, history: History) -> None:
    """Every settled margin is one that a signed decision was held to."""
    held: dict[tuple[str, str], set[tuple[str, float]]] = {}
    for statement, test, _, report in _looks(history):
        found = {(one.id, one.limit["margin"]) for one in report.results if "margin" in one.limit}
        held.setdefault((statement.name, test), set()).update(found)
    for (name, test), known in held.items():
        for question, margin in registry.margins(name, test).items():
            if (question, margin) not in known:
                raise RefusedError(
                    "MG5102",
                    f"no decision about {name} was held to the margin {margin:g} of {question}",
                )


def _looks(history: History) -> Iterator[tuple[Statement, str, Mapping[str, Any], Report]]:
    """Each decision that was a look: its statement, the digest of the rows, its body and report."""
    for one in history.found:
        body = one.statement.body
        if one.report is not None and body.get("wear") is not None:
            yield one.statement, str(body["wear"]["test"]), body, one.report


def told(history: History) -> Iterator[str]:
    """What was verified, in lines."""
    sequence, digest = history.head
    kinds: dict[str, int] = {}
    for one in history.found:
        kinds[one.statement.kind] = kinds.get(one.statement.kind, 0) + 1
    counted = ", ".join(f"{number} {kind}{'s' * (number != 1)}" for kind, number in kinds.items())
    yield f"the log holds: {counted or 'no entry'}; no gap, every signature and verdict right"
    for key, number in sorted(history.keys.items()):
        yield f"signed by {key[:16]}: {number}"
    for (name, alias), version in sorted(history.serving.items()):
        yield f"{name}@{alias}: {'nothing' if version is None else f'{name}@{version}'}"
    yield f"head: entry {sequence}, {digest} (keep it elsewhere: nothing can be cut off behind it)"
