"""Registries: versions of models, the aliases that lead to them, decisions, and measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a model.

    Attributes:
        name: relative to the model's folder; of the model itself, its file's name.
        digest: "sha256:..." of its bytes.
        bytes: their number.
    """

    name: str
    digest: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Some bytes under a name.

    Attributes:
        name: of the model.
        number: from 1, without gaps.
        digest: "sha256:..." of the model as a trial knows it, external data included.
        format: "onnx", "sklearn", ...
        parts: the files, the model's own first.
        created: when it was registered, in UTC, ISO 8601.
        by: who registered it.
        lineage: what it was made of: "data", "commit", "run" and what else its maker wrote.
        tags: key -> value; filled by `Registry.versions` alone.
        aliases: names that lead to it now; likewise.
    """

    name: str
    number: int
    digest: str
    format: str
    parts: tuple[Part, ...]
    created: str
    by: str
    lineage: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As people write it: "churn@3"."""
        return f"{self.name}@{self.number}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement in the log.

    Attributes:
        sequence: its place, from 1, without gaps.
        digest: "sha256:..." of the envelope's bytes; the next entry names it.
        kind: "decision", "move" or "approval".
        name: of the model.
        subject: "sha256:..." of the model that it is about.
        envelope: the signed statement.
    """

    sequence: int
    digest: str
    kind: str
    name: str
    subject: str
    envelope: bytes
