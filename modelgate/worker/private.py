"""The private folder of a worker: copies of the model's files, hashed while they are copied."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from modelgate.errors import ModelError, RefusedError, StorageError
from modelgate.escape import printable, shown
from modelgate.formats.regular import open_regular
from modelgate.model import whole_digest
from modelgate.worker.limits import MIB

MODEL = "model.onnx"
"""What the copy is called, whatever the model is called."""
_MOST_FILES = 10_000
_DATA = frozenset(
    {".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".arrow", ".feather", ".ipc"}
    | {".npz", ".npy", ".yaml", ".yml", ".gz", ".zip", ".xlsx", ".db", ".sqlite", ".py", ".toml"}
)
"""Endings that no exporter gives to weights, but labels may have that lie beside a model."""


@dataclass(slots=True)
class PrivateFolder:
    """Where the worker finds its model, and the only place it may write to.

    Attributes:
        path: of the folder.
        digests: by file, "" for the model itself: sha-256 in hex of the bytes copied.
        bytes: of all files.
    """

    path: Path
    digests: dict[str, str]
    bytes: int

    @classmethod
    def create(cls) -> PrivateFolder:
        """A new, empty folder that only this user may enter.

        Raises:
            StorageError: there is no place for temporary files.
        """
        try:
            return cls(Path(tempfile.mkdtemp(prefix="modelgate-")), {}, 0)
        except OSError as error:
            raise _disk(error) from None

    def remove(self) -> None:
        """Remove the folder; a loaded model no longer needs it."""
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def digest(self) -> str:
        """Of the model as "sha256:...", weights in other files included."""
        return whole_digest(self.digests)

    def take_model(self, path: Path, most: int) -> None:
        """Copy the model.

        Raises:
            ModelError: it cannot be read, or is larger than `most` bytes.
            StorageError: the disk is full.
        """
        try:
            self._copy(path, "", self.path / MODEL, most)
        except FileNotFoundError:
            raise ModelError("MG3001", f"{shown(path, 100)} does not exist any more") from None

    def take_external(self, model: Path, names: Sequence[str], most: int) -> None:
        """Copy the files that hold a model's weights.

        Args:
            model: the model's own path; the files lie beside or below it.
            names: as written in the model.
            most: bytes of all files together.

        Raises:
            RefusedError: a name leads out of the model's folder.
            ModelError: a file is missing, none, or too large.
            StorageError: the disk is full.
        """
        if len(names) > _MOST_FILES:
            raise RefusedError(
                "MG5002", f"{printable(model.name, 80)}: names {len(names)} files of weights"
            )
        folder = Path(os.path.realpath(model)).parent
        for name in names:
            source = _inside(folder, name, printable(model.name, 80))
            target = self.path / PurePosixPath(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                raise RefusedError(
                    "MG5001",
                    f"{printable(model.name, 80)}: names {shown(name, 100)} as weights twice",
                )
            try:
                self._copy(source, name, target, most - self.bytes)
            except FileNotFoundError:
                raise ModelError(
                    "MG3010",
                    f"{printable(model.name, 80)}: its weights are missing: "
                    f"{shown(name, 100)} should lie beside it",
                    hint=f"copy {shown(name, 100)} into the folder of the model",
                ) from None

    def _copy(self, source: Path, name: str, target: Path, most: int) -> None:
        with open_regular(source) as reader:
            found = hashlib.sha256()
            size = 0
            try:
                with target.open("xb", buffering=0) as writer:
                    while chunk := reader.read(MIB):
                        size += len(chunk)
                        if size > most:
                            raise ModelError("MG3002", f"{source.name}: larger than {most} bytes")
                        found.update(chunk)
                        writer.write(chunk)
            except OSError as error:
                raise _disk(error) from None
        self.digests[name] = found.hexdigest()
        self.bytes += size


def _inside(folder: Path, name: str, model: str) -> Path:
    """The file of weights that a model names, links followed.

    Raises:
        RefusedError: it lies outside the model's folder.
    """
    if "\0" in name:
        raise RefusedError("MG5001", f"{model}: names a file with a zero byte as its weights")
    relative = PurePosixPath(name)
    real = Path(os.path.realpath(folder / name))
    odd = relative.is_absolute() or ".." in relative.parts or not relative.parts
    if relative.suffix.lower() in _DATA:
        raise RefusedError(
            "MG5003",
            f"{model}: names {shown(name, 100)}, a file of data, as its weights",
            hint="a model that can read the data could know the answers; save the model again",
        )
    if odd or not real.is_relative_to(folder):
        raise RefusedError(
            "MG5001",
            f"{model}: names {shown(name, 100)} as its weights, which lies outside its folder",
            hint="weights must lie beside the model or below it; save the model again",
        )
    return real


def _disk(error: OSError) -> StorageError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageError(
        "MG6001" if full else "MG6002",
        f"the model cannot be copied to the folder of temporary files "
        f"({tempfile.gettempdir()}): {os.strerror(error.errno or 0)}",
        hint="set TMPDIR to a folder with more room" if full else "set TMPDIR to another folder",
    )
