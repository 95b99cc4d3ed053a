"""Take a model into a registry: opened once in its isolated process, its files kept by digest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from modelgate.deciding import who
from modelgate.decisions.statement import now
from modelgate.errors import RefusedError, UsageError
from modelgate.escape import shown
from modelgate.evaluation import started
from modelgate.from_mlflow import borrowed, refuse_changed
from modelgate.options import Options
from modelgate.provenance import commit_of
from modelgate.reference import checked_name
from modelgate.registries import Part, Version
from modelgate.registries.embedded import Registry
from modelgate.worker import Worker

FORMATS = ("onnx", "sklearn", "xgboost", "lightgbm")
"""Files of data: what a registry keeps is served, and code never is."""


def register(
    registry: Registry,
    model: str,
    name: str,
    *,
    lineage: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Version:
    """Register a model under a name.

    Args:
        registry: that keeps it.
        model: path of a file, or a version in MLflow, whose run and source become lineage.
        name: of the model.
        lineage: what it was made of.
        tags: key -> value.

    Returns:
        The version; the one that is there already where the same bytes are known under this name.

    Raises:
        UsageError: MG2400, no such name can be; MG2406, it is no file of a format that is kept.
        ModelError: it does not open.
        RefusedError: MG5085, it was changed meanwhile; MG5123, a version in MLflow was, since it
            was registered first; and with ServiceError what fetching it raises.
        StorageError: there is no room.
    """
    checked_name(name, "a model")
    with ExitStack() as stack:
        fetched = borrowed(model, stack)
        if fetched is None:
            return _registered(registry, Path(model), name, dict(lineage or {}), dict(tags or {}))
        if name in registry.names():
            refuse_changed(fetched, registry.versions(name))
        known = {**fetched.lineage, **(lineage or {})}
        return _registered(registry, fetched.path, name, known, dict(tags or {}))


def _registered(
    registry: Registry, path: Path, name: str, about: dict[str, Any], tags: dict[str, str]
) -> Version:
    """A file under a name."""
    with ExitStack() as stack:
        worker = started(str(path), Options(), stack)
        if not isinstance(worker, Worker) or worker.format not in FORMATS:
            raise UsageError(
                "MG2406",
                f"{shown(str(path), 100)} is nothing that a registry keeps",
                hint="register a file of ONNX, scikit-learn (.skops), XGBoost or LightGBM",
            )
        _opened(worker)
        digest, digests = worker.digest, worker.parts
    folder = Path(os.path.realpath(path)).parent
    own = Path(os.path.realpath(path)).name
    parts = [_part(folder, own, digests[""])]
    parts += [_part(folder, one, its) for one, its in sorted(digests.items()) if one]
    if "commit" not in about and (commit := commit_of(folder)) is not None:
        about["commit"] = commit
    version = Version(
        name=name,
        number=0,
        digest=digest,
        format=worker.format,
        parts=tuple(parts),
        created=now(),
        by=who(),
        lineage=about,
        tags=tags,
    )
    return registry.register(version, folder)


def _opened(worker: Worker) -> None:
    """That it opens; foreign types in it are a suite's to trust, and nothing of them has run."""
    try:
        worker.opened()
    except RefusedError as error:
        if error.code != "MG5073":
            raise


def _part(folder: Path, name: str, digest: str) -> Part:
    path = folder / name
    return Part(name, digest, path.stat().st_size if path.exists() else 0)
