"""Models that come from MLflow: `models:/churn@candidate`, `models:/churn/3`.

MLflow never decides: what it hands out is a file like any other, and what it says about itself is
kept as lineage. What whoever may add versions there can write, its flavours and addresses, is never
run, and leads nowhere but to the server and its buckets.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from modelgate.errors import RefusedError, UsageError
from modelgate.escape import printable, shown
from modelgate.mlflow_worker import LONG, asked
from modelgate.mlflow_worker.mlmodel import model_file

PREFIX = "models:/"
_REFERENCE = re.compile(r"models:/([^/@:]{1,250})(?:@([A-Za-z0-9_.-]{1,255})|/([1-9][0-9]{0,8}))")


class MlflowReference(NamedTuple):
    """A version of a model in MLflow, by its number or by an alias, as it is written."""

    name: str
    which: str

    def __str__(self) -> str:
        """As people write it."""
        between = "/" if self.which.isdigit() else "@"
        return f"{PREFIX}{self.name}{between}{self.which}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A version from MLflow, its files on this machine.

    Attributes:
        name: of the registered model.
        version: its number there.
        path: the model's own file; weights in other files lie where it names them.
        digest: "sha256:..." of that file's bytes.
        digests: path in the folder -> "sha256:..." of each file that was fetched.
        run: of its training, None where MLflow knows none.
        source: where MLflow keeps the files.
        tags: of the version, as whoever may write there says.
    """

    name: str
    version: int
    path: Path
    digest: str
    digests: Mapping[str, str]
    run: str | None
    source: str
    tags: Mapping[str, str]

    @property
    def reference(self) -> MlflowReference:
        """What names exactly this version."""
        return MlflowReference(self.name, str(self.version))

    @property
    def lineage(self) -> Mapping[str, str]:
        """What a registry keeps of where the model came from."""
        told = {"mlflow": str(self.reference), "source": self.source, "run": self.run or ""}
        return {key: value for key, value in told.items() if value}


def of_mlflow(model: object) -> MlflowReference | None:
    """What MLflow is asked for; None where a model is named otherwise.

    Raises:
        UsageError: MG2441, it begins as one of MLflow's, and is none that stays what it is.
    """
    if not isinstance(model, str) or not model.startswith(PREFIX):
        return None
    found = _REFERENCE.fullmatch(model)
    alias = found[2] if found else None
    if found is None or found[1] != printable(found[1]) or (alias or "").isdigit():
        raise UsageError(
            "MG2441",
            f"{shown(model, 80)} names no version of a model in MLflow",
            hint="write models:/NAME/3 or models:/NAME@ALIAS; stages and 'latest' are not followed",
        )
    return MlflowReference(found[1], found[2] or found[3])


def fetch(
    reference: MlflowReference, folder: Path, *, expected: Mapping[str, str] | None = None
) -> Fetched:
    """Fetch a version from the server that MLFLOW_TRACKING_URI names.

    Args:
        reference: which.
        folder: an empty one, or none yet, to put the files into.
        expected: path -> digest, of files that were fetched once before.

    Raises:
        UsageError: MG2440, the extra `[mlflow]` is not installed; MG2442, there is no such version;
            MG2443, its model is not found in it; MG2444, no server is named.
        RefusedError: MG5120, it is code; MG5121, MG5122, MG5124, its files lead out of their folder
            or off the server, or are too large; MG5123, they are others than expected.
        ServiceError: MG7240, MG7241, the server does not answer, or not in time; MG7242, a file
            arrives cut off.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError("MG2445", f"{shown(str(folder), 100)} is not empty")
    told = asked("fetch", seconds=LONG, folder=str(folder), **reference._asdict())
    digests = {path: _digest(folder / path) for path in _plain_files(folder)}
    for path, digest in (expected or {}).items():
        if digests.get(path) != digest:
            raise RefusedError(
                "MG5123",
                f"{shown(path)} of {reference} is not what it was: {digests.get(path, 'missing')}",
                hint="somebody changed a version in MLflow; register it as a new model",
            )
    own = model_file(folder)
    return Fetched(
        name=str(told["name"]),
        version=int(told["version"]),
        path=folder / own,
        digest=digests[own],
        digests=digests,
        run=told["run"],
        source=str(told["source"]),
        tags=told["tags"],
    )


def _plain_files(folder: Path) -> list[str]:
    """The files of a folder, sorted.

    Raises:
        RefusedError: MG5121, something in it is neither a file nor a folder.
    """
    found = []
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(above, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise RefusedError("MG5121", f"{shown(name)} of the version is no plain file")
        found += [Path(above, name).relative_to(folder).as_posix() for name in files]
    return sorted(found)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
