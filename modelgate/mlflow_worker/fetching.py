"""In the process of MLflow's client: which version is meant, and its files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelgate.errors import RefusedError, ServiceError, UsageError
from modelgate.escape import shown
from modelgate.mlflow_worker import SERVER
from modelgate.mlflow_worker.addresses import checked_path, permitted

BYTES = 10 * 2**30
FILES = 2000
READY = "READY"
_LOGGED = re.compile(r"models:/(m-[0-9a-zA-Z]+)/?")
_RUN = re.compile(r"runs:/([0-9a-zA-Z_-]+)/(.+)")


def client() -> Any:
    """MLflow's client, of the server that the environment names."""
    from mlflow.tracking.client import MlflowClient

    return MlflowClient()


def reach() -> dict[str, Any]:
    """Ask the server for anything at all, so that one that is down is known before it matters."""
    client().search_registered_models(max_results=1)
    return {}


def fetch(name: str, which: str, folder: str) -> dict[str, Any]:
    """Put the files of a version into an empty folder.

    Args:
        name: of the registered model.
        which: a version's number, or an alias.
        folder: to put them into.

    Returns:
        "name", "version", "source", "run" and "tags" of the version.

    Raises:
        UsageError: MG2442, there is no such version.
        RefusedError: as `permitted`, `checked_path` and `listed`.
    """
    mlflow = client()
    version = resolved(mlflow, name, which)
    source = address_of(mlflow, version)
    store = opened(source)
    sizes = listed(store)
    for path, size in sizes.items():
        download(store, path, size, Path(folder))
    return {
        "name": version.name,
        "version": int(version.version),
        "source": source,
        "run": version.run_id or None,
        "tags": {str(key): str(value) for key, value in version.tags.items()},
    }


def resolved(mlflow: Any, name: str, which: str) -> Any:
    """The version of that number or alias.

    Raises:
        UsageError: MG2442, there is none, or its files are not all there yet.
    """
    from mlflow.exceptions import MlflowException

    try:
        version = (
            mlflow.get_model_version(name, which)
            if which.isdigit()
            else mlflow.get_model_version_by_alias(name, which)
        )
    except MlflowException as error:
        if error.error_code not in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            raise
        raise UsageError(
            "MG2442", f"MLflow knows no version {shown(which)} of a model {shown(name)}"
        ) from error
    if version.status != READY:
        raise UsageError(
            "MG2442", f"version {version.version} of {shown(name)} in MLflow is not ready yet"
        )
    return version


def address_of(mlflow: Any, version: Any) -> str:
    """Where a version's files lie.

    Raises:
        RefusedError: MG5122, where nothing is fetched from.
    """
    address = str(mlflow.get_model_version_download_uri(version.name, version.version))
    if found := _LOGGED.fullmatch(address):
        address = str(mlflow.get_logged_model(found[1]).artifact_location)
    elif found := _RUN.fullmatch(address):
        address = f"{mlflow.get_run(found[1]).info.artifact_uri}/{checked_path(found[2])}"
    return permitted(address, os.environ[SERVER])


def opened(source: str) -> Any:
    """MLflow's store of artifacts at an address that is permitted."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(source, tracking_uri=os.environ[SERVER])


def listed(store: Any) -> Mapping[str, int]:
    """Path -> bytes of all files.

    Raises:
        RefusedError: MG5121, a path leads out; MG5124, they are too many, too deep or too large.
    """
    found: dict[str, int] = {}
    for path, size in _walked(store, None):
        found[path] = size
        if len(found) > FILES or sum(found.values()) > BYTES:
            raise RefusedError(
                "MG5124",
                f"the version has more than {FILES} files, or more than {BYTES >> 30} GiB of them",
            )
    return found


def _walked(store: Any, folder: str | None) -> Iterator[tuple[str, int]]:
    for one in store.list_artifacts(folder):
        path = checked_path(str(one.path))  # its depth has a limit, which ends a loop of folders
        if one.is_dir:
            yield from _walked(store, path)
        else:
            yield path, int(one.file_size or 0)


def download(store: Any, path: str, size: int, folder: Path) -> Path:
    """Fetch one file; the process may write none of more than `BYTES`, whatever was said of it.

    Raises:
        ServiceError: MG7242, it has another size than the server said.
    """
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    store._download_file(path, str(place))  # noqa: SLF001 (the one method that each store has)
    if size and place.stat().st_size != size:
        raise ServiceError(
            "MG7242",
            f"{shown(path)} arrived with {place.stat().st_size} of {size} bytes",
            hint="somebody may be changing it; try again",
        )
    return place
