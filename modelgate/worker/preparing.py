"""What a preparation needs, read and hashed by the engine, and what the worker made of it."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any

from modelgate.errors import ModelError, RefusedError, about
from modelgate.escape import printable, shown
from modelgate.formats.named import source_of
from modelgate.formats.regular import open_regular
from modelgate.model import Artifact, Signature, Tensor
from modelgate.prepare import Preparation
from modelgate.worker.limits import MIB

MOST_BYTES = 512 * MIB
"""Size of a preparation's file: vocabularies and featurisers are far smaller."""
_NEEDS = {
    "tokenizer": ("tokenizers", "text"),
    "image": ("PIL", "image"),
    "sklearn": ("skops", "sklearn"),
}


Approved = Callable[[str], bool]
"""Whether the code of a digest, "sha256:...", may run."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is sent to the worker.

    Attributes:
        preparation: that asks for it.
        content: of its file; empty where it has none.
        digest: "sha256:..." of the content; None where there is none.
    """

    preparation: Preparation
    content: bytes
    digest: str | None

    @property
    def header(self) -> dict[str, Any]:
        """Of the message."""
        asked = self.preparation
        return {
            "is": "prepare",
            "kind": asked.kind,
            "settings": dict(asked.settings),
            "bytes": len(self.content),
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model that takes raw rows.

    Attributes:
        signature: the model's own, behind the preparation.
        widths: what the model gets of one row: (type, shape) an input.
        material: what prepares it.
        told: of the report.
    """

    signature: Signature
    widths: tuple[tuple[str, tuple[int, ...]], ...]
    material: Material
    told: Mapping[str, Any]


def gathered(preparation: Preparation, approved: Approved) -> Material:
    """What is to be sent to the worker.

    Args:
        preparation: that a suite asks for.
        approved: whether the code of this digest may run.

    Raises:
        ModelError: MG3170, the library that prepares is not installed; MG3001, MG3002, the file
            cannot be read or is too large.
        RefusedError: MG5070, it is code that nobody approved.
    """
    _refuse_missing(preparation)
    if preparation.kind == "image":
        return Material(preparation, b"", None)
    path = preparation.file or _module_file(preparation)
    content = _read(path)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if preparation.kind == "python" and not approved(digest):
        raise RefusedError(
            "MG5070",
            f"{shown(str(path), 100)} is code, and nobody approved it",
            where=preparation.where,
            hint=f"read it; then add `approved: [{digest}]` to modelgate.yaml, or"
            f" --allow-code {digest}",
        )
    return Material(preparation, content, digest)


def prepared(
    artifact: Artifact, material: Material, takes: tuple[Tensor, ...], said: Mapping[str, Any]
) -> tuple[Artifact, Prepared]:
    """The model as it looks from outside, and what stands behind that.

    Args:
        artifact: as it was opened.
        material: that was sent.
        takes: the outward inputs; empty where any columns are taken.
        said: what else the worker tells: "settings", "by", "widths".
    """
    asked, inner = material.preparation, artifact.signature
    told = {
        "kind": asked.kind,
        "name": asked.name,
        "digest": material.digest,
        "bytes": len(material.content),
        "by": said["by"],
        "settings": said["settings"],
        "inputs": [
            {"name": one.name, "type": one.type, "shape": one.shape and list(one.shape)}
            for one in inner.inputs
        ],
    }
    return (
        replace(artifact, signature=taking(inner, takes), prepare=told),
        Prepared(inner, tuple(said["widths"].values()), material, told),
    )


def taking(inner: Signature, takes: tuple[Tensor, ...]) -> Signature:
    """The same signature with other inputs, all of rows."""
    return replace(inner, inputs=takes, batched=tuple(one.name for one in takes))


def _refuse_missing(preparation: Preparation) -> None:
    package, extra = _NEEDS.get(preparation.kind, ("numpy", ""))
    if importlib.util.find_spec(package) is None:
        raise ModelError(
            "MG3170",
            f"'prepare' with {preparation.kind!r} needs {package}, which is not installed",
            where=preparation.where,
            hint=f"pip install 'modelgate-ci[{extra}]'",
        )


def _module_file(preparation: Preparation) -> Path:
    """The source of a module, found beside the suite or where Python looks; nothing of it runs.

    Raises:
        ModelError: MG3171, there is no such module, or it is no file of Python.
    """
    name = preparation.name.rpartition(":")[0]
    path = source_of(name, preparation.folder)
    if path is None:
        raise ModelError(
            "MG3171",
            f"there is no Python file of the module {shown(name, 100)}",
            where=preparation.where,
            hint="name a file beside the suite: `prepare: {python: prep.py:function}`",
        )
    return path


def _read(path: Path) -> bytes:
    with about(printable(path, 200)):
        try:
            with BufferedReader(open_regular(path)) as file:
                content = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            raise ModelError("MG3001", f"{shown(path, 100)} does not exist any more") from None
    if len(content) > MOST_BYTES:
        raise ModelError("MG3002", f"{shown(path, 100)} is larger than {MOST_BYTES} bytes")
    return content
