"""In the process of MLflow's client: an alias leads to the version that holds given bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from modelgate.errors import ModelgateError, ServiceError
from modelgate.escape import shown
from modelgate.mlflow_worker import SERVER
from modelgate.mlflow_worker.addresses import permitted
from modelgate.mlflow_worker.fetching import READY, address_of, client, download, listed, opened
from modelgate.mlflow_worker.mlmodel import DESCRIPTION, LARGEST, leads_only_to

DIGEST = "modelgate.digest"
EXPERIMENT = "modelgate"
"""Holds the runs of versions that are uploaded."""
UNTAGGED = 20
"""The newest versions are looked into where no tag says which one it is."""


def place(
    *,
    name: str,
    alias: str,
    folder: str,
    model: str,
    digests: Mapping[str, str],
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """Let an alias lead to the version of these bytes; one is made where there is none.

    Args:
        name: of the registered model, which is made where there is none.
        alias: to set.
        folder: holds what is uploaded, the file `MLmodel` with it.
        model: path of the model's file in that folder.
        digests: path in that folder -> "sha256:..." of each file that the version must have.
        tags: of the version; `DIGEST` among them.

    Returns:
        "version", and "made": whether it was uploaded.

    Raises:
        ServiceError: MG7242, the alias leads to another version afterwards.
    """
    mlflow = client()
    _registered(mlflow, name)
    sizes = {path: (Path(folder) / path).stat().st_size for path in digests}
    candidates = _candidates(mlflow, name, tags[DIGEST])
    found = next((one for one in candidates if _holds(one, model, digests, sizes)), None)
    number = str(found.version) if found else _uploaded(mlflow, name, folder, tags)
    for key, value in tags.items():
        mlflow.set_model_version_tag(name, number, key, value)
    mlflow.set_registered_model_alias(name, alias, number)
    there = mlflow.get_model_version_by_alias(name, alias)
    if str(there.version) != number or there.tags.get(DIGEST) != tags[DIGEST]:
        raise ServiceError(
            "MG7242", f"{shown(f'{name}@{alias}')} of MLflow leads to version {there.version} now"
        )
    return {"version": int(number), "made": found is None}


def withdraw(name: str, alias: str) -> dict[str, Any]:
    """Take an alias away; that there is none is no fault."""
    from mlflow.exceptions import MlflowException

    try:
        client().delete_registered_model_alias(name, alias)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
    return {}


def _registered(mlflow: Any, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        mlflow.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _candidates(mlflow: Any, name: str, digest: str) -> Iterator[Any]:
    """Versions that may hold the bytes: those that are tagged so, then the newest untagged ones."""
    token, versions = None, []
    while True:
        page = mlflow.search_model_versions(
            f"name='{name}'", max_results=200, page_token=token or None
        )
        versions += [one for one in page if one.status == READY]
        token = page.token
        if not token:
            break
    versions.sort(key=lambda one: int(one.version), reverse=True)
    yield from (one for one in versions if one.tags.get(DIGEST) == digest)
    yield from [one for one in versions if DIGEST not in one.tags][:UNTAGGED]


def _holds(version: Any, model: str, digests: Mapping[str, str], sizes: Mapping[str, int]) -> bool:
    """Whether a version has each of the files, byte for byte, and loads nothing else.

    Anybody who may add versions can write a tag. Files that nothing loads, such as an example of
    the inputs, are the version's own business.
    """
    mlflow = client()
    with suppress(ModelgateError), tempfile.TemporaryDirectory() as beside:
        store = opened(address_of(mlflow, version))
        there = listed(store)
        if any(there.get(path) != size for path, size in sizes.items()):
            return False
        if DESCRIPTION not in there or there[DESCRIPTION] > LARGEST:
            return False
        description = download(store, DESCRIPTION, there[DESCRIPTION], Path(beside))
        return leads_only_to(description, model) and all(
            _digest(download(store, path, sizes[path], Path(beside))) == digest
            for path, digest in digests.items()
        )
    return False


def _uploaded(mlflow: Any, name: str, folder: str, tags: Mapping[str, str]) -> str:
    """A new version, its files under a run of its own.

    It is tagged as it is made, so that it is found again where this is broken off.
    """
    from mlflow.exceptions import MlflowException

    try:
        experiment = mlflow.create_experiment(EXPERIMENT)
    except MlflowException:
        experiment = mlflow.get_experiment_by_name(EXPERIMENT).experiment_id
    run = mlflow.create_run(experiment, run_name=name, tags=dict(tags))
    home = permitted(str(run.info.artifact_uri), os.environ[SERVER])
    mlflow.log_artifacts(run.info.run_id, folder, "model")
    version = mlflow.create_model_version(
        name, f"{home}/model", run_id=run.info.run_id, tags=dict(tags)
    )
    mlflow.set_terminated(run.info.run_id)
    return str(version.version)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
