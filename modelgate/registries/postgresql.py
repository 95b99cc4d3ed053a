"""What PostgreSQL needs said: which driver, how long it is waited for, and what became of a commit.

A connection may break between a COMMIT and its answer. Then nobody knows on this side whether it
was kept; the server does, by the transaction's number, and is asked on another connection.
"""

from __future__ import annotations

import re
import time
from typing import Any

import sqlalchemy as sa

from modelgate.errors import StorageError

NAMES = ("postgresql", "postgres")
"""How people write a URL without a driver; ours is psycopg."""
ANSWER_SECONDS = 4
"""How long each address of a server is waited for; "localhost" has two."""
ASK_SECONDS = 8
"""How long a server that broke off a commit is asked what became of it."""
QUEUE = 0x6D6F64656C67
"""The advisory lock that writers queue for."""
_PAUSE = 0.1
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)|(?<=password=)[^&]*", re.IGNORECASE)


def with_driver(url: str) -> str:
    """A URL that names a driver; others come back as they are."""
    scheme, colon, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if colon and scheme in NAMES else url


def without_password(url: str) -> str:
    """What may be shown of a URL, be it one or not."""
    return _PASSWORD.sub("***", url)


def server(url: sa.URL) -> sa.Engine:
    """Connections to a server.

    Each statement sees what is committed by then, whatever the server's own default is: a writer
    that has waited for its turn must not see what was there when it began to wait.
    Who waits for a turn keeps a connection, so their number has no limit here.
    """
    waits: dict[str, Any] = (
        {} if "connect_timeout" in url.query else {"connect_timeout": ANSWER_SECONDS}
    )
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        max_overflow=-1,
        isolation_level="READ COMMITTED",
        connect_args=waits,
    )


def queued(connection: sa.Connection) -> int:
    """Wait until the other writers are done; ours ends with the transaction.

    Returns:
        The transaction's number.
    """
    asked = sa.select(sa.func.pg_advisory_xact_lock(QUEUE), sa.func.txid_current())
    return int(connection.execute(asked).one()[1])


def kept(engine: sa.Engine, number: int, name: str) -> bool:
    """Whether a transaction was committed whose end was not heard of.

    Args:
        engine: of the same server.
        number: the transaction's, as `queued` found it.
        name: of the registry, to be shown.

    Raises:
        StorageError: MG6104, the server does not say.
    """
    deadline = time.monotonic() + ASK_SECONDS
    while True:
        found = _status(engine, number)
        if found in {"committed", "aborted"}:
            return found == "committed"
        if time.monotonic() > deadline:
            raise StorageError(
                "MG6104",
                f"the registry {name} broke off while it was written, and does not say whether it"
                " kept that",
                hint="`modelgate history NAME` shows it once the server answers again",
            )
        time.sleep(_PAUSE)


def _status(engine: sa.Engine, number: int) -> str | None:
    try:
        with engine.connect() as connection:
            found = connection.execute(sa.select(sa.func.txid_status(number))).scalar()
    except sa.exc.DBAPIError:
        return None
    return None if found is None else str(found)
