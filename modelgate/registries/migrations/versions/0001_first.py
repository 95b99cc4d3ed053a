"""The first tables: models, versions, tags, the log, aliases, runs and their metrics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "models",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("created", sa.String(32), nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("name", sa.String(100), sa.ForeignKey("models.name"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("lineage", sa.JSON, nullable=False),
        sa.UniqueConstraint("name", "digest"),
    )
    op.create_table(
        "tags",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("value", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
    )
    op.create_table(
        "entries",
        sa.Column("sequence", SEQUENCE, primary_key=True),
        sa.Column("digest", sa.String(71), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(71), nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
    )
    op.create_index("entries_of_name", "entries", ["name", "kind", "sequence"])
    op.create_index("entries_of_subject", "entries", ["subject", "kind", "sequence"])
    op.create_table(
        "aliases",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("alias", sa.String(100), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("moved_by", SEQUENCE, sa.ForeignKey("entries.sequence"), nullable=False),
        sa.ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("started", sa.String(32), nullable=False, index=True),
        sa.Column("seconds", sa.Float),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("model_digest", sa.String(71), index=True),
        sa.Column("suite", sa.String, nullable=False),
        sa.Column("suite_digest", sa.String(71)),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("commit", sa.String(64)),
        sa.Column("decision", SEQUENCE, sa.ForeignKey("entries.sequence")),
    )
    op.create_table(
        "metrics",
        sa.Column("run", sa.String(36), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, index=True),
        sa.Column("check", sa.String(100), nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("versus", sa.String(20)),
        sa.Column("slice", sa.JSON),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Nothing that was recorded is ever thrown away."""
    raise NotImplementedError("a registry is not taken back to before its first tables")
