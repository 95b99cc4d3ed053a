"""Which format a file has, by its name and its content; for what is no ONNX, how to get one."""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from pathlib import Path
from typing import Any

from modelgate.errors import ModelError
from modelgate.escape import printable, shown
from modelgate.formats.regular import open_regular

_HEAD_BYTES = 4096
_NUMBERS, _BYTES = {1, 5}, {2, 3, 4, 6, 7, 8, 14, 20, 25}
"""Fields of an ONNX model that hold a number, and those that hold bytes."""


_TEXT = bytes([*b"\t\n\r\f", *range(32, 256)])


def recognise(path: Path, *, function: bool = False) -> str:
    """The name of the format: "onnx", "sklearn", "xgboost", "lightgbm" or "python".

    Nothing is loaded: the first bytes and the name are looked at.

    Args:
        path: of the file.
        function: whether a function in it is named, which only a file of Python has.

    Raises:
        ModelError: the file is missing, unreadable, or something else; says what it is.
    """
    try:
        if path.is_dir():
            raise _no_onnx(path, b"", frozenset(_listed(path)))
        with open_regular(path) as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ModelError("MG3001", f"{shown(path, 100)} cannot be read: {reason}") from None
    if function:
        if path.suffix == ".py":
            return "python"
        raise ModelError("MG3003", f"{shown(path, 100)} is no file of Python, so has no function")
    if path.suffix.lower() == ".onnx" and _could_be_onnx(head):
        return "onnx"
    if not head:
        raise ModelError(
            "MG3003", f"{shown(path, 100)} is empty", hint="export or copy the model again"
        )
    entry = _entry(path.name.lower(), head, frozenset())
    if entry and "format" in entry:
        return str(entry["format"])
    if entry or not _could_be_onnx(head):
        raise _no_onnx(path, head, frozenset(), entry)
    return "onnx"


def _could_be_onnx(head: bytes) -> bool:
    """Whether the first field is one of an ONNX model's; the worker reads the rest."""
    if not head.translate(None, _TEXT):  # a model has tags and lengths that no text has
        return False
    if head[8:9] == b"{" or head[4:8] in {b"TFL3", b"ORTM"}:
        return False
    field, kind = head[0] >> 3, head[0] & 7
    if head[0] & 0x80:  # fields from 16 on take two bytes
        field = (head[0] & 0x7F) >> 3 | (head[1] << 4 if len(head) > 1 else 0)
    return (field in _NUMBERS and kind == 0) or (field in _BYTES and kind == 2)


def _no_onnx(
    path: Path, head: bytes, files: frozenset[str], entry: dict[str, Any] | None = None
) -> ModelError:
    entry = entry or _entry(path.name.lower(), head, files)
    if entry:
        return ModelError("MG3003", f"{shown(path, 100)} is {entry['what']}", hint=entry["mend"])
    if files or not head:
        models = sorted(name for name in files if name.lower().endswith(".onnx"))
        hint = f"it holds {printable(models[0], 60)}" if models else "give the ONNX file in it"
        return ModelError("MG3003", f"{shown(path, 100)} is a folder, no ONNX file", hint=hint)
    kind = "no ONNX model"
    with contextlib.suppress(UnicodeDecodeError):
        text = head[:60].decode().strip().splitlines()
        if text and text[0].isprintable():
            kind = f"text, no ONNX model; it begins with '{printable(text[0], 40)}'"
    return ModelError(
        "MG3003",
        f"{shown(path, 100)} is {kind}",
        hint="`modelgate list formats` names those that are known; ONNX is one of them",
    )


def _entry(name: str, head: bytes, files: frozenset[str]) -> dict[str, Any] | None:
    """The first entry of the table that fits."""
    import yaml

    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return next((one for one in table if _fits(one, name, head, files)), None)


def _fits(entry: dict[str, Any], name: str, head: bytes, files: frozenset[str]) -> bool:
    if "folder" in entry:
        return entry["folder"] in files
    if files:
        return "name" in entry and name.endswith(tuple(entry["name"]))
    offset, *starts = entry.get("at", (0, ""))
    return (
        head.startswith(tuple(start.encode("latin-1") for start in starts), offset)
        and entry.get("holds", "").encode("latin-1") in head
        and name.endswith(tuple(entry.get("name", [""])))
    )


def _listed(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [one.name for one in islice(path.iterdir(), 10_000)]
    return []


def _missing(path: Path) -> ModelError:
    near = sorted(path.parent.glob("*.onnx"))[:3] if path.parent.is_dir() else []
    names = ", ".join(printable(one.name, 60) for one in near)
    return ModelError(
        "MG3001",
        f"{shown(path, 100)} does not exist",
        hint=f"in that folder there is {names}" if names else None,
    )
