"""How often a test set was looked at: each look at the same rows makes its answer worth less."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from modelgate.registries.schema import looks

NOTHING = ""
"""In place of a champion's digest, where there was none: a key may hold no NULL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at a test set: the same question asked again of the same model is the same look.

    Attributes:
        test: "sha256:..." of the rows and labels.
        name: that the model is registered under. The same bytes under another name are decided
            about anew, and learn nothing new of the rows.
        candidate: of the model.
        suite: of the suite.
        champion: of the model it was compared with; "" for none.
        seed: of the trial.
        version: of modelgate, whose methods gave the answer.
    """

    test: str
    name: str
    candidate: str
    suite: str
    champion: str
    seed: int
    version: str


def look_at(connection: sa.Connection, look: Look) -> int | None:
    """The place in the log of the decision that came of a look; None where it is a new one."""
    mine = [looks.c[name] == value for name, value in asdict(look).items()]
    return connection.execute(sa.select(looks.c.sequence).where(*mine)).scalar()


_ASKED = [one for one in looks.c if one.name not in ("test", "name", "sequence")]


def counted(connection: sa.Connection, test: str, *, but: Look | None = None) -> int:
    """How many questions were asked of a test set, whatever the names.

    Args:
        connection: to read from.
        test: its digest.
        but: a look that is left out.
    """
    asked = sa.select(*_ASKED).where(looks.c.test == test)
    if but is not None:
        asked = asked.where(~sa.and_(*(one == getattr(but, one.name) for one in _ASKED)))
    counts = sa.select(sa.func.count()).select_from(asked.distinct().subquery())
    return int(connection.execute(counts).scalar() or 0)


def looked(connection: sa.Connection, look: Look, sequence: int) -> None:
    """Keep a look; a later decision of the same takes its place."""
    mine = [looks.c[name] == value for name, value in asdict(look).items()]
    connection.execute(looks.delete().where(*mine))
    connection.execute(looks.insert(), {**asdict(look), "sequence": sequence})
