"""The registry that needs no server: a folder with a database, files by their digests, and keys.

The database may also be PostgreSQL; then the folder holds the files alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from modelgate.decisions.keys import FOLDER, own_signer
from modelgate.decisions.statement import Statement
from modelgate.errors import RefusedError, UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.model import whole_digest
from modelgate.registries import Entry, Version, looks, settled, versions
from modelgate.registries.blobs import Blobs
from modelgate.registries.database import Database
from modelgate.registries.log import appended, entry_at, entry_named, read_entries, statement_of
from modelgate.registries.looks import Look
from modelgate.registries.runs import Measured, logged, metrics_of, series
from modelgate.report import Report

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

DATABASE = "registry.db"
BLOBS = "blobs"


@dataclass(slots=True)
class Change:
    """A transaction: all of it is kept, or nothing.

    Attributes:
        connection: the one that may write.
        signer: signs what is appended.
    """

    connection: sa.Connection
    signer: Callable[[], Signer]

    def append(self, make: Callable[[int, str], Statement]) -> Entry:
        """A new entry at the log's end."""
        return appended(self.connection, make, self.signer())

    def add(self, version: Version) -> Version:
        """A version; the one that is there already where its bytes are known."""
        return versions.added(self.connection, version)

    def point(
        self, name: str, alias: str, number: int | None, moved_by: int, *, before: int | None
    ) -> bool:
        """Lead an alias to a version, or nowhere; False where another one stands there now."""
        return versions.pointed(self.connection, name, alias, number, moved_by, before=before)

    def alias(self, name: str, alias: str) -> int | None:
        """The number of the version that an alias leads to; None where it leads nowhere."""
        return versions.alias_of(self.connection, name, alias)

    def entries(self, name: str, kind: str, subject: str, *, after: int) -> Iterator[Entry]:
        """The entries about a model's bytes behind a place of the log, in their order."""
        return read_entries(self.connection, name=name, kind=kind, subject=subject, after=after)

    def entry(self, place: int) -> Entry | None:
        """The entry at a place of the log."""
        return entry_at(self.connection, place)

    def look_at(self, look: Look) -> int | None:
        """The place of the decision that came of a look; None where it is a new one."""
        return looks.look_at(self.connection, look)

    def other_looks(self, look: Look) -> int:
        """How many other looks were taken at the test set of one."""
        return looks.counted(self.connection, look.test, but=look)

    def looked(self, look: Look, sequence: int) -> None:
        """Keep a look."""
        looks.looked(self.connection, look, sequence)

    def settle(
        self, name: str, test: str, margins: Mapping[str, float], anchor: str | None
    ) -> None:
        """Keep the automatic margins of a test set, and the digest of its anchor, where none is."""
        settled.settle_margins(self.connection, name, test, margins)
        if anchor is not None:
            settled.settle_anchor(self.connection, name, test, anchor)

    def log_run(self, report: Report, decision: int | None) -> str:
        """Keep what a trial measured."""
        return logged(self.connection, report, decision=decision)


class Registry:
    """Versions of models, the aliases that lead to them, the log, and what was measured.

    Attributes:
        folder: of files and keys, and of the database where that is SQLite.
        place: as people would name it: the folder, or the URL without its password.
        database: the tables.
        blobs: the files.
    """

    def __init__(
        self, folder: Path, *, url: str | None = None, signing_key: Path | None = None
    ) -> None:
        """Open it, and make it where there is none.

        Args:
            folder: of the files.
            url: of a database elsewhere; a file in the folder where None.
            signing_key: private key that signs what is written; the registry's own where None.

        Raises:
            StorageError: MG6101, MG6103, it cannot be opened.
        """
        self.folder = folder
        self.database = Database(url or f"sqlite:///{folder.absolute() / DATABASE}")
        self.place = str(folder) if url is None else self.database.shown
        self.blobs = Blobs(folder / BLOBS)
        self._signing_key = signing_key
        self._signer: Signer | None = None

    def signer(self) -> Signer:
        """What signs: the key that was configured, else the registry's own.

        Raises:
            RefusedError: MG5083, it cannot be used.
        """
        if self._signer is None:
            from modelgate.decisions.keys import signer_of

            named = self._signing_key
            self._signer = own_signer(self.keys) if named is None else signer_of(named)
        return self._signer

    @property
    def keys(self) -> Path:
        """Where its own key lies, and those that are made for it."""
        return self.folder / FOLDER

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """A transaction; what it did is durable once the block ends well, else nothing is done.

        Raises:
            StorageError: MG6101, MG6102, it cannot be written.
        """
        self.signer()  # made, and its file flushed, before anybody waits for us
        with self.database.writing() as connection:
            yield Change(connection, self.signer)

    def register(self, version: Version, folder: Path) -> Version:
        """Keep a model's files, then name them.

        Args:
            version: with its parts; its number is found here.
            folder: where the parts lie, by their names.

        Returns:
            The version as it stands, which is an older one where the same bytes are known.

        Raises:
            RefusedError: MG5085, a file holds something else by now.
            StorageError: there is no room.
        """
        for part in version.parts:
            self.blobs.put(folder / part.name, part.digest)
        with self.changing() as change:
            return change.add(version)

    def version(self, name: str, which: str | int) -> Version:
        """A version by its number, or by an alias.

        Raises:
            UsageError: MG2402, MG2403, there is none.
        """
        with self.database.reading() as connection:
            return versions.version_of(connection, name, which)

    def versions(self, name: str) -> Sequence[Version]:
        """All of a model.

        Raises:
            UsageError: MG2402, no model has this name.
        """
        with self.database.reading() as connection:
            return versions.versions_of(connection, name)

    def names(self) -> Sequence[str]:
        """Of all models."""
        with self.database.reading() as connection:
            return versions.names(connection)

    def challenged(
        self, name: str, which: str, alias: str
    ) -> tuple[Version, Version | None, Sequence[Entry]]:
        """A version, the one that stands at an alias, and the decisions about the first.

        Raises:
            UsageError: MG2402, MG2403, there is no such version.
        """
        with self.database.reading() as connection:
            version = versions.version_of(connection, name, which)
            before = versions.standing(connection, name, alias)
            decisions = read_entries(connection, name=name, kind="decision", subject=version.digest)
            return version, before, tuple(decisions)

    def alias(self, name: str, alias: str) -> Version | None:
        """The version that an alias leads to; None where it leads nowhere."""
        with self.database.reading() as connection:
            return versions.standing(connection, name, alias)

    def moved_by(self, name: str, alias: str) -> int | None:
        """The place of the entry that moved an alias to where it leads; None for nowhere."""
        with self.database.reading() as connection:
            return versions.mover_of(connection, name, alias)

    def standing(self, name: str, alias: str) -> tuple[Version, Entry] | None:
        """The version that an alias leads to, and the entry that moved it there."""
        with self.database.reading() as connection:
            version = versions.standing(connection, name, alias)
            place = versions.mover_of(connection, name, alias)
            entry = None if place is None else entry_at(connection, place)
            return None if version is None or entry is None else (version, entry)

    def entry(self, place: int | str) -> Entry | None:
        """The entry at a place of the log, or of a digest; None where there is none."""
        with self.database.reading() as connection:
            return entry_at(connection, place)

    def entry_named(self, text: str) -> Entry:
        """An entry by its place in the log, or by its digest or the beginning of it.

        Raises:
            UsageError: MG2404, there is none, or more than one begins so.
        """
        with self.database.reading() as connection:
            return entry_named(connection, text)

    def entries(
        self, *, name: str | None = None, kind: str | None = None, subject: str | None = None
    ) -> Iterator[Entry]:
        """The entries, in their order: of a model, a kind, some bytes, or all."""
        with self.database.reading() as connection:
            yield from read_entries(connection, name=name, kind=kind, subject=subject)

    def statements(self, *, name: str, kind: str) -> Iterator[tuple[Entry, Statement]]:
        """The entries with what they say; no signature is looked at."""
        for entry in self.entries(name=name, kind=kind):
            yield entry, statement_of(entry)

    def margins(self, name: str, test: str) -> Mapping[str, float]:
        """Question -> the automatic margin that it is held to on a test set, once that is known."""
        with self.database.reading() as connection:
            return settled.margins_of(connection, name, test)

    def looks_at(self, test: str) -> int:
        """How many looks were taken at a test set."""
        with self.database.reading() as connection:
            return looks.counted(connection, test)

    def anchor(self, name: str, test: str) -> Version | None:
        """The version that every candidate on a test set is compared with besides the champion."""
        with self.database.reading() as connection:
            number = settled.anchor_of(connection, name, test)
            return None if number is None else versions.version_of(connection, name, str(number))

    def series(self, name: str, metric: str) -> Sequence[Measured]:
        """What a metric was of each version of a model, in the order of the runs.

        Args:
            name: of the model.
            metric: a result's id, such as "metric[accuracy]", or "accuracy" for short.

        Raises:
            UsageError: MG2417, none was measured under this id.
        """
        with self.database.reading() as connection:
            found = series(connection, name, metric) or series(
                connection, name, f"metric[{metric}]"
            )
            known = () if found else metrics_of(connection, name)
        if not found:
            raise UsageError(
                "MG2417",
                f"nothing was measured of {name} as {shown(metric)}; {did_you_mean(metric, known)}",
                hint="`modelgate check NAME@VERSION --report json:-` names every id",
            )
        return found

    def copy(self, version: Version, folder: Path) -> Path:
        """Write a version's files into a folder, each verified; the model's own.

        Raises:
            RefusedError: MG5086, bytes are missing or were changed.
            StorageError: MG6100, there is no room.
        """
        _refuse_other_parts(version)
        for part in version.parts:
            target = folder / part.name
            if not target.resolve().is_relative_to(folder.resolve()):
                raise RefusedError("MG5086", f"{version} names a file outside: {shown(part.name)}")
            target.parent.mkdir(parents=True, exist_ok=True)
            self.blobs.copy(part.digest, target)
        return folder / version.parts[0].name

    def verify(self, version: Version) -> None:
        """That a version's files are there, with the bytes that were registered.

        Raises:
            RefusedError: MG5086, they are not.
        """
        _refuse_other_parts(version)
        for part in version.parts:
            self.blobs.verify(part.digest)

    @contextmanager
    def lent(self, version: Version) -> Iterator[Path]:
        """A copy of a version's files while a block lasts; the model's own."""
        with tempfile.TemporaryDirectory(prefix="modelgate-") as folder:
            yield self.copy(version, Path(folder))

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def _refuse_other_parts(version: Version) -> None:
    """The files that a version names make together what it is known by."""
    own, *others = version.parts
    found = {"": own.digest, **{part.name: part.digest for part in others}}
    plain = {name: one.removeprefix("sha256:") for name, one in found.items()}
    if whole_digest(plain) != version.digest:
        raise RefusedError("MG5086", f"the files of {version} in the registry are others now")
