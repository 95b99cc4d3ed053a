"""Looks at test sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "looks",
        sa.Column("test", sa.String(71), primary_key=True),
        sa.Column("candidate", sa.String(71), primary_key=True),
        sa.Column("suite", sa.String(71), primary_key=True),
        sa.Column("champion", sa.String(71), primary_key=True),
        sa.Column("seed", sa.BigInteger, primary_key=True),
        sa.Column("version", sa.String(40), primary_key=True),
        sa.Column("sequence", SEQUENCE, sa.ForeignKey("entries.sequence"), nullable=False),
    )


def downgrade() -> None:
    """Nothing that was recorded is ever thrown away."""
    raise NotImplementedError("looks that were taken are not untaken")
