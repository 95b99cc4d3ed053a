"""The tables of a registry, the same in SQLite and in PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("created", String(32), nullable=False),
)
versions = Table(
    "versions",
    metadata,
    Column("name", ForeignKey("models.name"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String(71), nullable=False),
    Column("format", String(40), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("created", String(32), nullable=False),
    Column("by", String(200), nullable=False),
    Column("lineage", JSON, nullable=False),
    UniqueConstraint("name", "digest"),
)
tags = Table(
    "tags",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("value", String, nullable=False),
    ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
)
entries = Table(
    "entries",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("digest", String(71), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    Column("subject", String(71), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Index("entries_of_name", "name", "kind", "sequence"),
    Index("entries_of_subject", "subject", "kind", "sequence"),
)
aliases = Table(
    "aliases",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("alias", String(100), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("moved_by", ForeignKey("entries.sequence"), nullable=False),
    ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
)
runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("started", String(32), nullable=False, index=True),
    Column("seconds", Float),
    Column("model", String, nullable=False),
    Column("model_digest", String(71), index=True),
    Column("suite", String, nullable=False),
    Column("suite_digest", String(71)),
    Column("data", JSON, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("commit", String(64)),
    Column("decision", ForeignKey("entries.sequence")),
)
metrics = Table(
    "metrics",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("id", String, nullable=False, index=True),
    Column("check", String(100), nullable=False),
    Column("subject", String, nullable=False),
    Column("versus", String(20)),
    Column("slice", JSON),
    Column("status", String(10), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("unit", String(40), nullable=False),
    Column("n", BigInteger, nullable=False),
)
margins = Table(
    "margins",
    metadata,
    Column("name", ForeignKey("models.name"), primary_key=True),
    Column("test", String(71), primary_key=True),
    Column("question", String, primary_key=True),
    Column("margin", Float, nullable=False),
)
anchors = Table(
    "anchors",
    metadata,
    Column("name", ForeignKey("models.name"), primary_key=True),
    Column("test", String(71), primary_key=True),
    Column("number", Integer, nullable=False),
    ForeignKeyConstraint(["name", "number"], ["versions.name", "versions.number"]),
)
looks = Table(
    "looks",
    metadata,
    Column("test", String(71), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("candidate", String(71), primary_key=True),
    Column("suite", String(71), primary_key=True),
    Column("champion", String(71), primary_key=True),
    Column("seed", BigInteger, primary_key=True),
    Column("version", String(40), primary_key=True),
    Column("sequence", ForeignKey("entries.sequence"), nullable=False),
)
