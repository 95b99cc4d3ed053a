"""Connections to a registry's database: one writer at a time, each in its turn."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from modelgate.errors import RefusedError, StorageError
from modelgate.escape import printable, shown
from modelgate.registries.postgresql import kept, queued, server, with_driver, without_password

HEAD = "0004"
"""The last script of `migrations/versions`."""
WAIT_SECONDS = 30
"""How long a locked database is waited for."""
_MIGRATING = threading.Lock()


class Database:
    """SQLite, in a file; or PostgreSQL.

    Attributes:
        url: SQLAlchemy's.
        engine: of it.
    """

    def __init__(self, url: str) -> None:
        self.url = url = with_driver(url)
        self._watching: sa.PoolProxiedConnection | None = None
        with told(url):
            parsed = sa.make_url(url)
            self._file = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self.engine = sa.create_engine(
                    url, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False}
                )
                sa.event.listen(self.engine, "connect", _prepared)
                sa.event.listen(self.engine, "begin", _begun)
            else:
                self.engine = server(parsed)
            self._migrate()

    def close(self) -> None:
        """Let go of every connection."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None
        self.engine.dispose()

    @property
    def shown(self) -> str:
        """Its URL without the password."""
        return _harmless(self.url)

    @property
    def stamp(self) -> int | None:
        """Another one after every commit of somebody else; None where the database has none such.

        It costs a few microseconds: of the thread that answers requests it takes no time.
        Source: https://www.sqlite.org/pragma.html#pragma_data_version.
        """
        if self._file is None:
            return None
        if self._watching is None:
            self._watching = self.engine.raw_connection()
        plain: Any = self._watching.driver_connection
        found: int = plain.execute("PRAGMA data_version").fetchone()[0]
        return found

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state, and takes no lock from any writer.

        Raises:
            StorageError: MG6101, the database cannot be read.
        """
        with told(self.url), self.engine.connect() as connection:
            if self._file is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """The one connection that may write; what it wrote is durable once the block ends well.

        Raises:
            StorageError: MG6101, the database cannot be written; MG6102, others hold it too long;
                MG6104, a server that broke off does not say whether it was written.
        """
        with told(self.url), self._turn(), self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            done, number = False, None
            try:
                with connection.begin():
                    number = self._queue(connection)
                    yield connection
                    done = True
            except sa.exc.DBAPIError:
                if not done or number is None or not kept(self.engine, number, self.shown):
                    raise

    def turn(self, name: str) -> AbstractContextManager[None]:
        """A turn of one's own at something, such as an alias and what serves there.

        Args:
            name: of it, fit for the name of a file.
        """
        if self._file is not None:
            return _locked(self._file.with_name(f".{name}.lock"))
        return self._locked_there(name)

    @contextmanager
    def _locked_there(self, name: str) -> Iterator[None]:
        number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
        with ExitStack() as stack:
            with told(self.url):
                connection = stack.enter_context(self.engine.connect())
                connection.execute(sa.select(sa.func.pg_advisory_lock(number)))
                connection.commit()
            try:
                yield
            finally:
                # Where the connection broke, the server has ended the turn by itself; what was
                # done in it is no failure for that.
                with suppress(sa.exc.DBAPIError):
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
                    connection.commit()

    def _turn(self) -> AbstractContextManager[None]:
        """Writers of one file queue for a lock beside it, which the system gives in turn."""
        if self._file is None:
            return nullcontext()
        return _locked(self._file.with_suffix(".lock"), within=WAIT_SECONDS)

    def _migrate(self) -> None:
        if self._revision() == HEAD:
            return
        # Alembic keeps what it works on in a module: one thread of a process at a time.
        with _MIGRATING, self._turn(), self.engine.connect() as plain:
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.set_main_option("path_separator", "os")
            connection = plain.execution_options(writes=True)
            with connection.begin():
                self._queue(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")  # nothing, where somebody was faster

    def _queue(self, connection: sa.Connection) -> int | None:
        """Writers of one server queue for a lock of the server's, until their transaction ends."""
        return queued(connection) if self._file is None else None

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if found is not None and found > HEAD:
            raise StorageError(
                "MG6103",
                f"{shown(_harmless(self.url), 80)} was written by a newer modelgate",
                hint="install that version; this one would not understand it",
            )
        return found


def _prepared(connection: Any, _: Any) -> None:
    """Transactions are ours to begin; a commit is on the disk when it returns."""
    connection.isolation_level = None
    ends = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            break
        except sqlite3.OperationalError as error:
            # Somebody makes the file just now, and for that SQLite does not wait by itself.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.01)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begun(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _locked(path: Path, *, within: float | None = None) -> Iterator[None]:
    """Hold the lock of a file, which the system gives in turn.

    Raises:
        StorageError: MG6101, it may not be opened; MG6102, somebody else holds it for longer than
            so many seconds.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise StorageError(
            "MG6101",
            f"the registry {shown(str(path), 80)} cannot be locked: {error.strerror or error}",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # The system's wait has no end of its own. One that is given up holds nothing: the file
            # is closed below, and what is locked then is nobody's.
            waiting = threading.Thread(target=_wait_for, args=(handle,), daemon=True)
            waiting.start()
            waiting.join(within)
            if waiting.is_alive():
                raise _held(str(path)) from None
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int) -> None:
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX)


def _held(name: str) -> StorageError:
    return StorageError(
        "MG6102",
        f"the registry {shown(name, 80)} has been locked by another process for more than"
        f" {WAIT_SECONDS} seconds",
        hint="`fuser` or `lsof` names who has the file open",
    )


@contextmanager
def told(url: str) -> Iterator[None]:
    """What a database says in its own words, as one of ours."""

    def name() -> str:
        return shown(_harmless(url), 80)

    try:
        yield
    except sa.exc.OperationalError as error:
        why = printable(str(error.orig).strip().partition("\n")[0], 160)
        if "locked" in why:
            raise _held(_harmless(url)) from error
        raise StorageError("MG6101", f"the registry {name()} cannot be used: {why}") from error
    except sa.exc.DBAPIError as error:
        why = printable(str(error.orig).strip().partition("\n")[0], 160)
        raise StorageError("MG6101", f"the registry {name()} cannot be used: {why}") from error
    except json.JSONDecodeError as error:
        raise RefusedError("MG5086", f"a row of the registry {name()} was changed") from error
    except ModuleNotFoundError as error:
        raise StorageError(
            "MG6101",
            f"the registry {name()} needs the package {shown(error.name or str(error), 40)}",
            hint="pip install 'modelgate-ci[postgres]'",
        ) from error
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        why = printable(without_password(str(error)), 120)
        raise StorageError(
            "MG6101",
            f"{name()} is no registry that can be opened: {why}",
            hint="a folder, or postgresql://USER@HOST/DATABASE with the extra [postgres]",
        ) from error
    except OSError as error:
        raise StorageError(
            "MG6101", f"the registry {name()} cannot be used: {error.strerror or error}"
        ) from error


def _harmless(url: str) -> str:
    """Without the password."""
    try:
        return without_password(sa.make_url(url).render_as_string(hide_password=True))
    except sa.exc.ArgumentError:
        return without_password(url)
