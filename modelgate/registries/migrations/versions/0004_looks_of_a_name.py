"""A look at a test set is one of a name: the same bytes under two names are decided about twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COLUMNS = "test, candidate, suite, champion, seed, version"


def upgrade() -> None:
    """Make the table anew: a key cannot grow in SQLite."""
    op.create_table(
        "looks_of_names",
        sa.Column("test", sa.String(71), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("candidate", sa.String(71), primary_key=True),
        sa.Column("suite", sa.String(71), primary_key=True),
        sa.Column("champion", sa.String(71), primary_key=True),
        sa.Column("seed", sa.BigInteger, primary_key=True),
        sa.Column("version", sa.String(40), primary_key=True),
        sa.Column("sequence", SEQUENCE, sa.ForeignKey("entries.sequence"), nullable=False),
    )
    op.execute(
        f"INSERT INTO looks_of_names ({COLUMNS}, name, sequence)"  # noqa: S608 (our own words)
        f" SELECT {COLUMNS}, entries.name, entries.sequence"
        " FROM looks JOIN entries ON entries.sequence = looks.sequence"
    )
    op.drop_table("looks")
    op.rename_table("looks_of_names", "looks")


def downgrade() -> None:
    """Nothing that was recorded is ever thrown away."""
    raise NotImplementedError("looks that were taken are not untaken")
