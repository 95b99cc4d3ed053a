"""A version of a model that a decision lets serve: what targets move, and servers load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Verified bytes with the decision that speaks for them.

    Attributes:
        name: of the model, in the registry.
        number: of the version, from 1.
        alias: that leads to it, such as "production".
        digest: "sha256:..." of the model as a trial knows it, external data included.
        format: "onnx", "sklearn", "xgboost" or "lightgbm".
        folder: holds copies of the model's files, each verified against its digest when it was
            copied, and of what prepares its rows; it belongs to whoever asked for the release.
        file: the model's own file in that folder; weights in other files lie where it names them.
        sequence: the decision's place in the log.
        decision: "sha256:..." of the decision's envelope.
        envelope: the signed decision: in-toto in DSSE, JSON.
        reading: how the decision's trial fed the model and read its answers; JSON-ready. "inputs":
            tensor -> columns; "scores" and "labels": outputs; "scores_are"; "classes"; "positive";
            "threshold"; "types": of a file of scikit-learn's; "prepare": None, or {"kind", "name",
            "settings", "digest", "file": in `folder`, or None}.
        out_of_domain: the decision's threshold: {"score", "above", ...}; None where its suite asked
            for none.
    """

    name: str
    number: int
    alias: str
    digest: str
    format: str
    folder: Path
    file: str
    sequence: int
    decision: str
    envelope: bytes
    reading: Mapping[str, Any] = field(default_factory=dict)
    out_of_domain: Mapping[str, Any] | None = None

    @property
    def model(self) -> Path:
        """The model's file."""
        return self.folder / self.file

    def __str__(self) -> str:
        """As people write it: "churn@3"."""
        return f"{self.name}@{self.number}"
