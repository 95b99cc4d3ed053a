"""What a report speaks of, and by which digests: model, champion, suite, checks and data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modelgate.errors import DataError, Where
from modelgate.giving import Asked
from modelgate.live import LiveModel
from modelgate.model import Artifact
from modelgate.probing import FirstRows
from modelgate.trial import Trial


def subject_of(trial: Trial, asked: Asked, files: Mapping[str, str]) -> dict[str, Any]:
    """The report's `subject`, JSON-ready.

    Args:
        trial: that was held.
        asked: what its checks drew on.
        files: the files that the suite names, with their digests.
    """
    suite = trial.suite
    assert suite is not None
    checks = sorted({step.check for step in suite.steps})
    return {
        "model": _model(trial.asker.artifact),
        "champion": None if asked.champion is None else _model(asked.champion),
        "anchor": None,
        "suite": {
            "title": suite.title,
            "path": suite.path,
            "digest": suite.digest,
            "checks": {name: _digest(trial.library[name].path) for name in checks},
            "perturbations": {
                step.change.perturbation.name: _digest(step.change.perturbation.path)
                for step in suite.steps
                if step.change is not None
            },
            "files": dict(files),
        },
        "data": {name: _data(name, asked) for name in trial.roles},
        "quick": trial.options.quick,
    }


def digests(files: Sequence[Path]) -> dict[str, str]:
    """The files that a suite names: path -> "sha256:..." of the bytes.

    Raises:
        DataError: MG3530, one cannot be read.
    """
    found = {}
    for path in files:
        try:
            with path.open("rb") as file:
                found[str(path)] = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise DataError(
                "MG3530", f"cannot be read: {reason}", where=Where(str(path))
            ) from error
    return found


def refuse_changes(files: Sequence[Path], before: Mapping[str, str]) -> None:
    """What the checks read is what the report's digests speak of.

    Raises:
        DataError: MG3518, a file was changed while the checks read it.
    """
    now = digests(files)
    for path, digest in before.items():
        if now[path] != digest:
            raise DataError("MG3518", "the file was changed while it was read", where=Where(path))


def _digest(path: Path | None) -> str | None:
    """Of the file that a check or a perturbation stands in."""
    return None if path is None else f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _model(artifact: Artifact) -> dict[str, Any]:
    signature = artifact.signature
    return {
        "name": artifact.name,
        "path": artifact.path,
        "format": artifact.format,
        "digest": artifact.digest,
        "bytes": artifact.bytes,
        "signature": {
            side: [
                {"name": one.name, "type": one.type, "shape": one.shape and list(one.shape)}
                for one in tensors
            ]
            for side, tensors in (("inputs", signature.inputs), ("outputs", signature.outputs))
        },
        "facts": dict(artifact.facts),
        "prepare": None if artifact.prepare is None else dict(artifact.prepare),
    }


def _data(name: str, asked: Asked) -> dict[str, Any]:
    role, account = asked.roles[name], asked.answers[name]
    probe, model = asked.probe, asked.models.get(name)
    again = probe.asked if isinstance(probe, FirstRows) and name == "test" else 0
    again += model.asked if isinstance(model, LiveModel) else 0
    again -= asked.kept[name].asked if name in asked.kept else 0
    return {
        "path": role.data.name,
        "digest": role.data.digest,
        "bytes": role.data.bytes,
        "rows": account.rows,
        "dropped": account.rows - account.judged if role.reading else 0,
        "reasons": dict(account.dropped),
        "target": role.part.target,
        "rows_asked_again": again,
        "images": asked.asker.images(role.data.folder),
    }
