"""What was settled for a test set at its first looks: automatic margins, and the anchor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "margins",
        sa.Column("name", sa.String(100), sa.ForeignKey("models.name"), primary_key=True),
        sa.Column("test", sa.String(71), primary_key=True),
        sa.Column("question", sa.String, primary_key=True),
        sa.Column("margin", sa.Float, nullable=False),
    )
    op.create_table(
        "anchors",
        sa.Column("name", sa.String(100), sa.ForeignKey("models.name"), primary_key=True),
        sa.Column("test", sa.String(71), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
    )


def downgrade() -> None:
    """Nothing that was recorded is ever thrown away."""
    raise NotImplementedError("a tolerance that was frozen is not thawed")
