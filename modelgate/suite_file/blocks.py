"""The blocks of a suite that are no checks: `model:`, `data:`, `policy:`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelgate.escape import shown
from modelgate.kinds import Kind, Schema, read_value
from modelgate.kinds.blocks import known_entries, read_block
from modelgate.kinds.composed import Either, Many
from modelgate.kinds.single import Choice, Number, Text, Truth
from modelgate.suite import DataPart, ModelPart
from modelgate.suite_file.prepared import read_prepare
from modelgate.yaml_file.node import Mistakes, Node

COLUMNS = Either((Text(), Many(Text(), fewest=1)))
LABEL = Either((Text(), Number(whole=True), Number(), Truth()))

DATA: Mapping[str, Kind] = {
    "path": Text(),
    "target": Text(),
    "weight": Text(),
    "group": Text(),
    "format": Text(),
    "delimiter": Text(),
    "encoding": Text(),
    "may_drop": Number(0, 1),
}
MODEL: Mapping[str, Kind] = {
    "scores_are": Choice(("probabilities", "logits", "positive")),
    "classes": Many(LABEL, fewest=2),
    "positive": LABEL,
    "threshold": Number(0, 1),
    "types": Many(Text()),
}
OUTPUTS: Mapping[str, Kind] = {"scores": Text(), "labels": Text()}
POLICY: Mapping[str, Kind] = {
    "on_hold": Choice(("hold", "ask")),
    "alpha_block": Number(1e-6, 0.05),
    "alpha_pass": Number(1e-6, 0.05),
    "budget": Number(1, 10_000, whole=True),
    "reuse": Choice(("counted", "strict")),
}


def read_data(node: Node, mistakes: Mistakes) -> dict[str, DataPart]:
    """The `data:` block: role -> file."""
    if not isinstance(node.value, dict):
        message = f"'data' takes a block of roles, not {node.says}"
        hint = "write `data: {test: {path: test.csv, target: COLUMN}}`"
        mistakes.add("MG2107", message, node.where, hint=hint)
        return {}
    return {role: _part(entry, role, node, mistakes) for role, entry in node.value.items()}


def _part(entry: Node, role: str, node: Node, mistakes: Mistakes) -> DataPart:
    where = node.keys[role]
    if isinstance(entry.value, str):
        return DataPart(path=read_value(Text(), entry, role, mistakes), where=where)
    values = read_block(entry, role, DATA, mistakes)
    delimiter = values.get("delimiter")
    if delimiter is not None and len(delimiter) != 1:
        place = entry.value["delimiter"].where
        mistakes.add("MG2109", "'delimiter' takes one character, such as ';'", place)
    values["may_drop"] = values.get("may_drop") or 0.0
    return DataPart(**values, where=where)


def read_model(node: Node, mistakes: Mistakes, folder: Path = Path()) -> ModelPart:
    """The `model:` block; the files that it names are relative to `folder`."""
    known = ("inputs", "outputs", "prepare", *MODEL)
    entries = known_entries(node, "model", known, mistakes)
    prepare = entries.pop("prepare", None)
    inputs = _inputs(entries.pop("inputs", None), mistakes)
    outputs: dict[str, Any] = {}
    if "outputs" in entries:
        outputs = read_block(entries.pop("outputs"), "outputs", OUTPUTS, mistakes)
    values = {key: read_value(MODEL[key], value, key, mistakes) for key, value in entries.items()}
    values["classes"] = values.get("classes") or ()
    values["types"] = tuple(values.get("types") or ())
    _classes_agree(values, entries, mistakes)
    prepared = None if prepare is None else read_prepare(prepare, folder, mistakes)
    return ModelPart(**values, **outputs, inputs=inputs, prepare=prepared, where=node.where)


def _inputs(node: Node | None, mistakes: Mistakes) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        message = f"'inputs' takes a block of tensors and their columns, not {node.says}"
        mistakes.add(
            "MG2107", message, node.where, hint="write `inputs: {TENSOR: [COLUMN, COLUMN]}`"
        )
        return {}
    inputs = {}
    for tensor, entry in node.value.items():
        columns = read_value(COLUMNS, entry, tensor, mistakes)
        inputs[tensor] = (columns,) if isinstance(columns, str) else columns or ()
    return inputs


def _classes_agree(
    values: Mapping[str, Any], nodes: Mapping[str, Node], mistakes: Mistakes
) -> None:
    typed = [(type(label), label) for label in values["classes"]]  # True and 1 are two labels
    twice = next((label for label, count in Counter(typed).items() if count > 1), None)
    if twice:
        message = f"'classes' names {shown(twice[1])} twice"
        mistakes.add("MG2109", message, nodes["classes"].where)
    positive = values.get("positive")
    if typed and positive is not None and (type(positive), positive) not in typed:
        message = f"'positive' is {shown(positive)}, which is not among 'classes'"
        mistakes.add("MG2111", message, nodes["positive"].where)


def block_schema(kinds: Mapping[str, Kind], **more: Schema) -> Schema:
    """The JSON Schema of a block of keys, none of them required."""
    properties = {key: kind.schema() for key, kind in kinds.items()} | more
    return {"type": "object", "properties": properties, "additionalProperties": False}
