"""What is settled for a test set once and for all: automatic margins, and the anchor.

Both hang on the past. If they were found anew for each candidate, many small steps down could each
be tolerable.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from modelgate.registries.schema import anchors, margins, versions


def margins_of(connection: sa.Connection, name: str, test: str) -> dict[str, float]:
    """Question -> the automatic margin that it was first held to on a test set."""
    query = sa.select(margins.c.question, margins.c.margin).where(
        margins.c.name == name, margins.c.test == test
    )
    return {row.question: row.margin for row in connection.execute(query)}


def settle_margins(
    connection: sa.Connection, name: str, test: str, found: Mapping[str, float]
) -> None:
    """Keep the margins of questions that have none there yet."""
    known = margins_of(connection, name, test)
    new = [
        {"name": name, "test": test, "question": question, "margin": margin}
        for question, margin in found.items()
        if question not in known
    ]
    if new:
        connection.execute(margins.insert(), new)


def anchor_of(connection: sa.Connection, name: str, test: str) -> int | None:
    """The number of the version that is the anchor on a test set; None where there is none yet."""
    query = sa.select(anchors.c.number).where(anchors.c.name == name, anchors.c.test == test)
    return connection.execute(query).scalar()


def settle_anchor(connection: sa.Connection, name: str, test: str, digest: str) -> None:
    """The first champion on a test set is its anchor; no other version of the name can be."""
    if anchor_of(connection, name, test) is not None:
        return
    query = sa.select(versions.c.number).where(versions.c.name == name, versions.c.digest == digest)
    number = connection.execute(query).scalar()
    if number is not None:
        connection.execute(anchors.insert(), {"name": name, "test": test, "number": number})
