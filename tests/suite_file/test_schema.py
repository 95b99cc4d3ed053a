"""An editor with the schema knows what the parser knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modelgate.declare import Check
from modelgate.errors import MistakesError
from modelgate.library import Library, builtin_root
from modelgate.suite_file import parse_suite
from modelgate.suite_file.schema import suite_json_schema
from modelgate.yaml_file import read_yaml

GOOD = [
    "checks: [metric: accuracy]",
    "checks: [{metric: f1, average: macro, k: 3, at_least: 5%, by: [a, [b, c]]}]",
    "checks: [{metric: f1, by: {column: a, bins: 4}, min_rows: 50}]",
    "checks: [{metric: f1, by: [[{column: a, bins: [1, 2.5]}, b]]}]",
    "checks: [{metric: f1, slice: {a: b, c: 1, d: true, e: null, f: {below: 2}}}]",
    "checks: [{metric: f1, average: null}, {probe: all, severity: minor}]",
    "model: {inputs: {x: [a, b]}, classes: [a, 1, true], positive: a}\nchecks: [probe: all]",
    "data: {test: a.csv, ood: {path: b.csv, may_drop: 1%}}\nchecks: [probe: all]",
    "checks: [{invariance: a, column: b, words: [c]}]",
]
BAD = [
    "title: a",
    "checks: []",
    "checks: [metrc: accuracy]",
    "checks: [metric: acuracy]",
    "checks: [{metric: f1, at_least: 0, at_most: 1}]",
    "checks: [{metric: f1, at_least: five}]",
    "checks: [{metric: f1, k: 1.5}]",
    "checks: [{metric: f1, margin: 0}]",
    "checks: [{metric: f1, by: []}]",
    "checks: [{probe: all, by: a}]",
    "checks: [{metric: f1, by: {column: a}}]",
    "checks: [{metric: f1, by: {column: a, bins: 1}}]",
    "checks: [{metric: f1, by: {column: a, bins: []}}]",
    "checks: [{metric: f1, by: a, slice: {b: c}}]",
    "checks: [{metric: f1, slice: {}}]",
    "checks: [{metric: f1, slice: {a: {}}}]",
    "checks: [{probe: all, slice: {a: b}}]",
    "checks: [invariance: a]",
    "task: images\nchecks: [probe: all]",
    "model: {threshold: 2}\nchecks: [probe: all]",
    "data: {test: {pth: a}}\nchecks: [probe: all]",
]


def allowed(text: str, checks: Mapping[str, Check]) -> bool:
    document: Any = read_yaml(text.encode(), file="s.yaml").plain
    return bool(Draft202012Validator(suite_json_schema(checks)).is_valid(document))


@pytest.mark.parametrize("text", GOOD)
def test_what_the_parser_takes_the_schema_takes(text: str, checks: Mapping[str, Check]) -> None:
    assert parse_suite(text.encode(), name="s", path="s", checks=checks).steps
    assert allowed(text, checks)


@pytest.mark.parametrize("text", BAD)
def test_what_the_parser_refuses_the_schema_refuses(text: str, checks: Mapping[str, Check]) -> None:
    with pytest.raises(MistakesError):
        parse_suite(text.encode(), name="s", path="s", checks=checks)
    assert not allowed(text, checks)


def test_the_schema_is_a_schema_and_takes_the_ready_made_suites() -> None:
    library = Library(builtin_root())
    Draft202012Validator.check_schema(suite_json_schema(library))
    for path in library.suites.values():
        assert allowed(path.read_text("utf-8"), library), path
