"""The block `model: {prepare: ...}` of a suite: what makes tensors of raw inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelgate.errors import did_you_mean
from modelgate.escape import shown
from modelgate.kinds import Kind, Schema, WrongValueError, read_value
from modelgate.kinds.composed import Many
from modelgate.kinds.single import Choice, Number, Text, Truth
from modelgate.prepare import Preparation
from modelgate.yaml_file.node import Mistakes, Node

_FRACTION = re.compile(r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")
_FUNCTION = re.compile(r"^(?P<module>[^:\0]{1,300}):(?P<function>[A-Za-z_]\w{0,99})$", re.ASCII)
_MODULE = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fraction(Kind):
    """A number above 0, or a fraction written `1/255`."""

    says = "a number above 0, or a fraction such as 1/255"

    def read(self, node: Node) -> float | str:
        """As `Kind.read`."""
        if isinstance(node.value, str) and _FRACTION.match(node.value):
            return node.value
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.wrong(node)
        if not 0 < node.value < 1e9:
            raise self.wrong(node)
        return float(node.value)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        number = {"type": "number", "exclusiveMinimum": 0}
        return {"anyOf": [number, {"type": "string", "pattern": _FRACTION.pattern}]}


@dataclass(frozen=True, slots=True)
class Function(Kind):
    """A Python function by its name: `module:function`, or `file.py:function`."""

    says = "a function as module:function or file.py:function"

    def read(self, node: Node) -> str:
        """As `Kind.read`."""
        text = Text().read(node)
        found = _FUNCTION.match(text)
        if not found or not (found["module"].endswith(".py") or _MODULE.match(found["module"])):
            raise WrongValueError(node, f"takes {self.says}, not {shown(text)}")
        return text

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {
            "type": "string",
            "pattern": _FUNCTION.pattern.replace("(?P<module>", "(").replace("(?P<function>", "("),
        }


TOKENS: Mapping[str, Kind] = {
    "max_length": Number(1, 1_000_000, whole=True),
    "padding": Choice(("longest", "max_length")),
    "truncation": Truth(),
    "pad": Text(),
    "pair": Truth(),
}
IMAGES: Mapping[str, Kind] = {
    "size": Many(Number(1, 8192, whole=True), length=2),
    "shorter": Number(1, 8192, whole=True),
    "resize": Choice(("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")),
    "crop": Choice(("center",)),
    "layout": Choice(("NCHW", "NHWC")),
    "channels": Choice(("RGB", "BGR", "L")),
    "scale": Fraction(),
    "mean": Many(Number(), fewest=1),
    "std": Many(Number(1e-9), fewest=1),
}
KINDS: Mapping[str, tuple[Kind | None, Mapping[str, Kind]]] = {
    "tokenizer": (Text(), TOKENS),
    "image": (None, {}),
    "onnx": (Text(), {}),
    "sklearn": (Text(), {"types": Many(Text())}),
    "python": (Function(), {}),
}
"""First key -> what it takes (None for a block of its own), and the keys beside it."""
EXAMPLE = "write for example `prepare: {tokenizer: tokenizer.json, max_length: 128}`"


def read_prepare(node: Node, folder: Path, mistakes: Mistakes) -> Preparation | None:
    """The block; None where it is wrong, which has been noted."""
    before = len(mistakes.found)
    kind = _kind(node, mistakes)
    if kind is None:
        return None
    entry = node.value[kind]
    takes, beside = KINDS[kind]
    settings: dict[str, Any] = {}
    for key, value in node.value.items():
        if key == kind:
            continue
        if key in beside:
            settings[key] = read_value(beside[key], value, key, mistakes)
        else:
            _unknown(key, f"'prepare' with {kind!r}", (kind, *beside), node, mistakes)
    name = "image"
    if takes is not None:
        name = read_value(takes, entry, kind, mistakes)
    else:
        settings = _images(entry, mistakes)
    _lengths_agree(node, settings, mistakes)
    if len(mistakes.found) > before:
        return None
    if kind == "python":
        settings["function"] = name.rpartition(":")[2]
    file = _file(kind, name, folder, entry, mistakes)
    if len(mistakes.found) > before:
        return None
    return Preparation(
        kind=kind,  # type: ignore[arg-type]
        file=file,
        name=name,
        settings=settings,
        folder=folder,
        where=node.where,
    )


def prepare_schema() -> Schema:
    """The same as JSON Schema."""
    images = {
        "type": "object",
        "properties": {key: kind.schema() for key, kind in IMAGES.items()},
        "additionalProperties": False,
    }
    blocks = []
    for name, (takes, beside) in KINDS.items():
        own = images if takes is None else takes.schema()
        properties = {name: own, **{key: kind.schema() for key, kind in beside.items()}}
        blocks.append(
            {
                "type": "object",
                "properties": properties,
                "required": [name],
                "additionalProperties": False,
            }
        )
    return {"anyOf": blocks}


def _kind(node: Node, mistakes: Mistakes) -> str | None:
    """Which of the preparations is meant."""
    if not isinstance(node.value, dict):
        message = f"'prepare' takes a block of keys, not {node.says}"
        mistakes.add("MG2107", message, node.where, hint=EXAMPLE)
        return None
    named = [key for key in node.value if key in KINDS]
    if len(named) == 1:
        return str(named[0])
    if named:
        message = f"'prepare' is one of {', '.join(KINDS)}; {shown(named[1])} is a second one"
        mistakes.add("MG2140", message, node.keys[named[1]], hint="keep one of the two")
        return None
    for key in node.value:
        _unknown(key, "'prepare'", tuple(KINDS), node, mistakes)
    if not node.value:
        message = f"'prepare' says nothing; it is one of {', '.join(KINDS)}"
        mistakes.add("MG2140", message, node.where, hint=EXAMPLE)
    return None


def _images(entry: Node, mistakes: Mistakes) -> dict[str, Any]:
    if not isinstance(entry.value, dict):
        message = f"'image' takes a block of keys, not {entry.says}"
        hint = "write `image: {size: [224, 224], scale: 1/255}`"
        mistakes.add("MG2107", message, entry.where, hint=hint)
        return {}
    settings = {}
    for key, value in entry.value.items():
        if key in IMAGES:
            settings[key] = read_value(IMAGES[key], value, key, mistakes)
        else:
            _unknown(key, "'image'", tuple(IMAGES), entry, mistakes)
    return settings


def _lengths_agree(node: Node, settings: Mapping[str, Any], mistakes: Mistakes) -> None:
    if settings.get("padding") == "max_length" and "max_length" not in node.value:
        message = "'padding: max_length' needs a max_length"
        mistakes.add("MG2110", message, node.value["padding"].where, hint="add `max_length: 128`")


def _unknown(key: str, whose: str, known: tuple[str, ...], node: Node, mistakes: Mistakes) -> None:
    near = did_you_mean(key, known)
    mistakes.add("MG2108", f"{whose} has no key {shown(key)}; {near}", node.keys[key])


def _file(kind: str, name: str, folder: Path, entry: Node, mistakes: Mistakes) -> Path | None:
    """The file that is read; None for images and for a module that Python finds."""
    if kind == "image":
        return None
    written = name
    if kind == "python":
        written = name.rpartition(":")[0]
        if not written.endswith(".py"):
            return None
    path = folder / written
    if not path.is_file():
        message = f"there is no file {shown(str(path))}"
        hint = "paths are relative to the suite's file"
        mistakes.add("MG2133", message, entry.where, hint=hint)
    return path
