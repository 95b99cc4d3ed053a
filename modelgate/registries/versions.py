"""The tables of models, their versions, tags and aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from modelgate.errors import RefusedError, UsageError, did_you_mean
from modelgate.escape import shown, writable
from modelgate.registries import Part, Version
from modelgate.registries.schema import aliases, models, tags, versions

_NAME: Any = sa.bindparam("name")
_ALIAS: Any = sa.bindparam("alias")
_MOVER = sa.select(aliases.c.moved_by).where(aliases.c.name == _NAME, aliases.c.alias == _ALIAS)
_BY_NUMBER = sa.select(versions).where(
    versions.c.name == _NAME, versions.c.number == sa.bindparam("number")
)
_BY_ALIAS = sa.select(versions).join(
    aliases,
    sa.and_(
        aliases.c.name == versions.c.name,
        aliases.c.number == versions.c.number,
        aliases.c.name == _NAME,
        aliases.c.alias == _ALIAS,
    ),
)
_NUMBER = sa.select(aliases.c.number).where(aliases.c.name == _NAME, aliases.c.alias == _ALIAS)
_UNPOINTED = aliases.delete().where(
    aliases.c.name == _NAME, aliases.c.alias == _ALIAS, aliases.c.number == sa.bindparam("before")
)
_POINTED = aliases.insert()
_MOVED = (
    aliases.update()
    .where(
        aliases.c.name == sa.bindparam("of"),
        aliases.c.alias == sa.bindparam("at"),
        aliases.c.number == sa.bindparam("before"),
    )
    .values(number=sa.bindparam("to"), moved_by=sa.bindparam("by"))
)
"""Made once: making a query costs more than asking it."""


def added(connection: sa.Connection, version: Version) -> Version:
    """A version under its name; the one that is there already where its bytes are known.

    Args:
        connection: the one that may write.
        version: its number is found here.
    """
    name = version.name
    if connection.execute(sa.select(models).where(models.c.name == name)).first() is None:
        connection.execute(models.insert().values(name=name, created=version.created))
    known = connection.execute(
        sa.select(versions.c.number).where(
            versions.c.name == name, versions.c.digest == version.digest
        )
    ).scalar()
    if known is None:
        last = connection.execute(
            sa.select(sa.func.max(versions.c.number)).where(versions.c.name == name)
        ).scalar()
        known = (last or 0) + 1
        connection.execute(
            versions.insert().values(
                name=name,
                number=known,
                digest=version.digest,
                format=version.format,
                parts=[asdict(part) for part in version.parts],
                created=version.created,
                by=version.by,
                lineage=dict(version.lineage),
            )
        )
    tagged(connection, name, known, version.tags)
    return version_of(connection, name, known)


def tagged(connection: sa.Connection, name: str, number: int, values: Mapping[str, str]) -> None:
    """Set tags; those that were there under the same keys are replaced."""
    for key, value in values.items():
        mine = (tags.c.name == name, tags.c.number == number, tags.c.key == key)
        connection.execute(tags.delete().where(*mine))
        connection.execute(
            tags.insert().values(name=name, number=number, key=writable(key), value=writable(value))
        )


def version_of(connection: sa.Connection, name: str, which: str | int) -> Version:
    """A version by its number, or by an alias; without its tags and aliases.

    Raises:
        UsageError: MG2402, no model has this name; MG2403, there is no such version or alias.
    """
    number = which if isinstance(which, int) else _number(which)
    if number is None:
        found = standing(connection, name, str(which))
    else:
        row = connection.execute(_BY_NUMBER, {"name": name, "number": number}).first()
        found = None if row is None else _version(row)
    if found is None:
        raise _absent(connection, name, str(which))
    return found


def standing(connection: sa.Connection, name: str, alias: str) -> Version | None:
    """The version that an alias leads to; None where it leads nowhere."""
    row = connection.execute(_BY_ALIAS, {"name": name, "alias": alias}).first()
    return None if row is None else _version(row)


def versions_of(connection: sa.Connection, name: str) -> Sequence[Version]:
    """All versions of a model, the first one first.

    Raises:
        UsageError: MG2402, no model has this name.
    """
    rows = connection.execute(
        sa.select(versions).where(versions.c.name == name).order_by(versions.c.number)
    ).all()
    if not rows:
        raise _absent(connection, name, None)
    return tuple(_versions(connection, name, rows))


def names(connection: sa.Connection) -> Sequence[str]:
    """Of all models."""
    return tuple(connection.execute(sa.select(models.c.name).order_by(models.c.name)).scalars())


def alias_of(connection: sa.Connection, name: str, alias: str) -> int | None:
    """The number of the version that an alias leads to; None where it leads nowhere."""
    return connection.execute(_NUMBER, {"name": name, "alias": alias}).scalar()


def mover_of(connection: sa.Connection, name: str, alias: str) -> int | None:
    """The place of the entry that moved an alias to where it leads; None where it leads nowhere."""
    return connection.execute(_MOVER, {"name": name, "alias": alias}).scalar()


def pointed(
    connection: sa.Connection,
    name: str,
    alias: str,
    number: int | None,
    moved_by: int,
    *,
    before: int | None,
) -> bool:
    """Compare and swap: lead an alias that leads to one version to another one, or nowhere.

    Args:
        connection: the one that may write.
        name: of the model.
        alias: that is led elsewhere.
        number: of the version that it leads to then; None for nowhere.
        moved_by: the place of the entry that says so, which is in the log already.
        before: of the version that it has to lead to now; None for nowhere.

    Returns:
        Whether it did; else nothing was moved.
    """
    mine = {"name": name, "alias": alias}
    if number is None:
        return connection.execute(_UNPOINTED, {**mine, "before": before}).rowcount == 1
    if before is None:
        free = alias_of(connection, name, alias) is None
        if free:
            connection.execute(_POINTED, {**mine, "number": number, "moved_by": moved_by})
        return free
    moved = {"of": name, "at": alias, "to": number, "by": moved_by, "before": before}
    return connection.execute(_MOVED, moved).rowcount == 1


def _number(which: str) -> int | None:
    return int(which) if which.isascii() and which.isdigit() and len(which) < 10 else None


def _versions(connection: sa.Connection, name: str, rows: Iterable[Any]) -> Iterable[Version]:
    pointing: dict[int, list[str]] = {}
    for alias, number in connection.execute(
        sa.select(aliases.c.alias, aliases.c.number).where(aliases.c.name == name)
    ):
        pointing.setdefault(number, []).append(alias)
    tagging: dict[int, dict[str, str]] = {}
    for row in connection.execute(sa.select(tags).where(tags.c.name == name)):
        tagging.setdefault(row.number, {})[row.key] = row.value
    for row in rows:
        yield replace(
            _version(row),
            tags=dict(sorted(tagging.get(row.number, {}).items())),
            aliases=tuple(sorted(pointing.get(row.number, ()))),
        )


def _version(row: Any) -> Version:
    try:
        parts = tuple(Part(**part) for part in row.parts)
    except TypeError:
        parts = ()
    if not parts:
        raise RefusedError("MG5086", f"{row.name}@{row.number} names no files in the registry")
    return Version(
        name=row.name,
        number=row.number,
        digest=row.digest,
        format=row.format,
        parts=parts,
        created=row.created,
        by=row.by,
        lineage=row.lineage,
    )


def _absent(connection: sa.Connection, name: str, which: str | None) -> UsageError:
    known = names(connection)
    if name not in known:
        return UsageError(
            "MG2402",
            f"no model is registered as {shown(name)}; {did_you_mean(name, known)}",
            hint=f"modelgate register MODEL --name {name}",
        )
    there = [one for version in versions_of(connection, name) for one in version.aliases]
    last = len(versions_of(connection, name))
    also = f", and the aliases {', '.join(sorted(there))}" if there else ", and no alias yet"
    return UsageError(
        "MG2403", f"{name} has no version or alias {shown(which)}: it has 1 to {last}{also}"
    )
