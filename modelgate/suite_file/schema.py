"""The JSON Schema of a suite, made from the checks themselves, so that editors know as much."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getdoc
from typing import Any

from modelgate.declare import Check
from modelgate.kinds import Schema
from modelgate.kinds.annotation import kind_of
from modelgate.kinds.single import Text
from modelgate.setting import REQUIRED
from modelgate.suite_file import SIMPLE
from modelgate.suite_file.blocks import COLUMNS, DATA, MODEL, OUTPUTS, POLICY, block_schema
from modelgate.suite_file.prepared import prepare_schema
from modelgate.suite_file.step import ENGINE_KEYS, OF_SLICES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def suite_json_schema(checks: Mapping[str, Check]) -> dict[str, Any]:
    """What a suite may hold, in JSON Schema 2020-12; JSON-ready.

    It takes no more than `parse_suite` refuses to take, but for what spans several places: roles,
    duplicates, the order of keys.
    """
    steps = [_step(check) for _, check in sorted(checks.items())]
    tensors = {"type": "object", "additionalProperties": COLUMNS.schema()}
    part = {"anyOf": [Text().schema(), block_schema(DATA)]}
    blocks = {
        "model": block_schema(
            MODEL, inputs=tensors, outputs=block_schema(OUTPUTS), prepare=prepare_schema()
        ),
        "data": {"type": "object", "additionalProperties": part},
        "champion": Text().schema(),
        "policy": block_schema(POLICY),
        "checks": {"type": "array", "minItems": 1, "items": {"anyOf": steps} if steps else False},
    }
    whole = block_schema(SIMPLE, **blocks)
    return {"$schema": DIALECT, "title": "modelgate suite", **whole, "required": ["checks"]}


def _step(check: Check) -> Schema:
    doc = (getdoc(check.ask) or "").split("\n", maxsplit=1)[0]
    engine = {
        key: kind.schema()
        for key, kind in ENGINE_KEYS.items()
        if (key not in OF_SLICES or check.asks_aggregate) and (key != "margin" or check.compare)
    }
    own: dict[str, Schema] = {check.name: {"type": ["string", "number", "boolean"]}}
    required = [check.name]
    for name, setting in check.settings.items():
        kind = kind_of(setting.type)
        schema = {} if kind is None else kind.schema()
        if name == check.subject:
            own[check.name] = schema
            continue
        if setting.default is REQUIRED:
            required.append(name)
        elif setting.default is None or isinstance(setting.default, str | int | float):
            schema = {**schema, "default": setting.default}
        own[name] = schema
    return {
        "type": "object",
        "description": doc,
        "properties": own | engine,
        "required": required,
        # The settings of a perturbation hang on its name: they are checked when it is read.
        "additionalProperties": check.changes,
        "not": {"anyOf": [{"required": ["at_least", "at_most"]}, {"required": ["by", "slice"]}]},
    }
