"""The log of a registry: signed statements, each chained to the one before, and never edited."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from modelgate.decisions.envelope import sealed, unverified
from modelgate.decisions.statement import NONE_BEFORE, Statement, read_statement
from modelgate.errors import RefusedError, UsageError
from modelgate.escape import shown
from modelgate.registries import Entry
from modelgate.registries.schema import entries

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

_LAST = sa.select(entries.c.sequence, entries.c.digest).order_by(entries.c.sequence.desc()).limit(1)
_INSERT = entries.insert()
BATCH = 1000
"""Entries that are read at a time."""


def appended(
    connection: sa.Connection, make: Callable[[int, str], Statement], signer: Signer
) -> Entry:
    """A new entry at the log's end.

    Args:
        connection: the one that may write.
        make: from its place and the digest of the envelope before it to the statement.
        signer: signs it.
    """
    last = connection.execute(_LAST).first()
    sequence, prev = (1, NONE_BEFORE) if last is None else (last.sequence + 1, last.digest)
    statement = make(sequence, prev)
    payload = statement.payload()
    read_statement(payload, name="the new entry")  # what nobody could read is never written
    envelope = sealed(payload, signer)
    entry = Entry(
        sequence,
        digest_of(envelope),
        statement.kind,
        statement.name,
        statement.digest,
        envelope,
    )
    connection.execute(_INSERT, asdict(entry))
    return entry


def read_entries(
    connection: sa.Connection,
    *,
    name: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    after: int = 0,
) -> Iterator[Entry]:
    """The entries behind a place, in their order: of a model, a kind, some bytes, or all."""
    asked = {"name": name, "kind": kind, "subject": subject}
    wanted = {column: value for column, value in asked.items() if value is not None}
    query = _behind(tuple(wanted))
    while True:
        rows = connection.execute(query, {**wanted, "after": after}).all()
        yield from map(_entry, rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].sequence


@cache  # making a query costs more than asking it
def _behind(columns: tuple[str, ...]) -> sa.Select[Any]:
    """The entries behind a place where some columns have a value."""
    wanted = [entries.c[column] == sa.bindparam(column) for column in columns]
    query = sa.select(entries).where(entries.c.sequence > sa.bindparam("after"), *wanted)
    return query.order_by(entries.c.sequence).limit(BATCH)


def entry_at(connection: sa.Connection, place: int | str) -> Entry | None:
    """The entry at a place of the log, or of a digest."""
    column = entries.c.sequence if isinstance(place, int) else entries.c.digest
    row = connection.execute(sa.select(entries).where(column == place)).first()
    return None if row is None else _entry(row)


def entry_named(connection: sa.Connection, text: str) -> Entry:
    """An entry by its place, or by its digest or the beginning of it, as people write them.

    Raises:
        UsageError: MG2404, there is none, or more than one begins so.
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        entry = entry_at(connection, int(text))
        found = [] if entry is None else [entry]
    else:
        start = text if text.startswith("sha256:") else f"sha256:{text}"
        beginning = entries.c.digest.startswith(start, autoescape=True)
        query = sa.select(entries).where(beginning).order_by(entries.c.sequence).limit(2)
        found = [_entry(row) for row in connection.execute(query)]
    if len(found) != 1:
        why = "more than one entry of the log begins with" if found else "no entry of the log is"
        raise UsageError(
            "MG2404",
            f"{why} {shown(text)}",
            hint="`modelgate history NAME` shows them, by number and digest",
        )
    return found[0]


def statement_of(entry: Entry) -> Statement:
    """What an entry says, whoever signed it.

    Raises:
        RefusedError: MG5080, MG5087, it cannot be read; MG5088, the row says something else.
    """
    name = f"entry {entry.sequence}"
    if digest_of(entry.envelope) != entry.digest:
        raise RefusedError("MG5088", f"{name} of the log was changed: its digest is another one")
    found = read_statement(unverified(entry.envelope, name=name), name=name)
    if replace(entry, digest="", envelope=b"") != Entry(
        found.sequence, "", found.kind, found.name, found.digest, b""
    ):
        raise RefusedError("MG5088", f"{name} of the log is not the one that was written there")
    return found


def digest_of(envelope: bytes) -> str:
    """The digest by which an envelope is named."""
    return f"sha256:{hashlib.sha256(envelope).hexdigest()}"


def _entry(row: Any) -> Entry:
    content = row.envelope
    envelope = content.encode() if isinstance(content, str) else bytes(content)  # SQLite takes any
    return Entry(row.sequence, row.digest, row.kind, row.name, row.subject, envelope)
