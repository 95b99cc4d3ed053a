"""The block `prepare:` is read whole, and each mistake in it has a code and a place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelgate.declare import Check
from modelgate.errors import MistakesError
from modelgate.prepare import Preparation
from modelgate.suite_file import parse_suite
from modelgate.suite_file.schema import suite_json_schema
from modelgate.yaml_file import read_yaml

STEPS = "\nchecks: [metric: accuracy]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tokenizer.json", "features.onnx", "columns.skops", "prep.py"):
        (tmp_path / name).write_bytes(b"any")
    return tmp_path


def parsed(block: str, folder: Path, checks: Mapping[str, Check]) -> Preparation | None:
    text = f"model: {{prepare: {block}}}{STEPS}".encode()
    return parse_suite(text, name="s", path="s.yaml", checks=checks, folder=folder).model.prepare


@pytest.mark.parametrize(
    ("block", "kind", "name", "settings"),
    [
        pytest.param(
            "{tokenizer: tokenizer.json, max_length: 128, padding: longest, truncation: true}",
            "tokenizer",
            "tokenizer.json",
            {"max_length": 128, "padding": "longest", "truncation": True},
            id="tokenizer",
        ),
        pytest.param(
            "{image: {size: [28, 20], resize: bicubic, crop: center, layout: NHWC, channels: BGR,"
            " scale: 1/255, mean: [1, 2, 3], std: [0.5, 0.5, 1], shorter: 256}}",
            "image",
            "image",
            {
                "size": (28, 20),
                "resize": "bicubic",
                "crop": "center",
                "layout": "NHWC",
                "channels": "BGR",
                "scale": "1/255",
                "mean": (1.0, 2.0, 3.0),
                "std": (0.5, 0.5, 1.0),
                "shorter": 256,
            },
            id="image",
        ),
        pytest.param("{image: {}}", "image", "image", {}, id="image-as-the-model-takes-it"),
        pytest.param("{onnx: features.onnx}", "onnx", "features.onnx", {}, id="onnx"),
        pytest.param(
            "{sklearn: columns.skops, types: [a.B]}",
            "sklearn",
            "columns.skops",
            {"types": ("a.B",)},
            id="sklearn",
        ),
        pytest.param(
            "{python: 'prep.py:go'}", "python", "prep.py:go", {"function": "go"}, id="python-file"
        ),
        pytest.param(
            "{python: 'a.b:go'}", "python", "a.b:go", {"function": "go"}, id="python-module"
        ),
    ],
)
def test_each_kind_is_read_with_its_settings(
    block: str,
    kind: str,
    name: str,
    settings: Mapping[str, object],
    folder: Path,
    checks: Mapping[str, Check],
) -> None:
    found = parsed(block, folder, checks)
    assert found is not None
    assert (found.kind, found.name, dict(found.settings)) == (kind, name, settings)
    file = None if kind == "image" or name == "a.b:go" else folder / name.partition(":")[0]
    assert found.file == file
    text = f"model: {{prepare: {block}}}{STEPS}".encode()
    schema = Draft202012Validator(suite_json_schema(checks))
    assert list(schema.iter_errors(read_yaml(text, file="s").plain)) == []


def test_a_suite_without_the_block_prepares_nothing(checks: Mapping[str, Check]) -> None:
    suite = parse_suite(STEPS.encode(), name="s", path="s.yaml", checks=checks)
    assert suite.model.prepare is None


@pytest.mark.parametrize(
    ("block", "code", "place", "part"),
    [
        pytest.param("go", "MG2107", "1:18", "takes a block of keys", id="a-word"),
        pytest.param("{}", "MG2140", "1:18", "says nothing", id="empty"),
        pytest.param("{tokeniser: a}", "MG2108", "1:19", "did you mean 'tokenizer'", id="misspelt"),
        pytest.param(
            "{tokenizer: tokenizer.json, onnx: features.onnx}",
            "MG2140",
            "1:46",
            "'onnx' is a second one",
            id="two-kinds",
        ),
        pytest.param("{onnx: none.onnx}", "MG2133", "1:25", "there is no file", id="no-such-file"),
        pytest.param("{python: 'no.py:go'}", "MG2133", "1:27", "there is no file", id="no-python"),
        pytest.param("{python: go}", "MG2109", "1:27", "module:function", id="no-function"),
        pytest.param("{python: 'a b:go'}", "MG2109", "1:27", "module:function", id="odd-module"),
        pytest.param("{onnx: 3}", "MG2109", "1:25", "put it in quotes", id="a-number-for-a-file"),
        pytest.param(
            "{tokenizer: tokenizer.json, max_length: 0}",
            "MG2109",
            "1:58",
            "a whole number from 1",
            id="no-tokens",
        ),
        pytest.param(
            "{tokenizer: tokenizer.json, padding: both}",
            "MG2111",
            "1:55",
            "can't be 'both'",
            id="odd-padding",
        ),
        pytest.param(
            "{tokenizer: tokenizer.json, padding: max_length}",
            "MG2110",
            "1:55",
            "needs a max_length",
            id="padding-to-nothing",
        ),
        pytest.param(
            "{tokenizer: tokenizer.json, size: 3}",
            "MG2108",
            "1:46",
            "no key 'size'",
            id="a-key-of-another-kind",
        ),
        pytest.param("{image: cat.png}", "MG2107", "1:26", "a block of keys", id="one-image"),
        pytest.param("{image: {size: 28}}", "MG2109", "1:33", "a list of 2", id="one-side"),
        pytest.param("{image: {size: [28]}}", "MG2109", "1:33", "this has 1", id="side-of-a-list"),
        pytest.param("{image: {sise: 28}}", "MG2108", "1:27", "did you mean 'size'", id="sise"),
        pytest.param("{image: {scale: 0}}", "MG2109", "1:34", "above 0", id="scaled-to-nothing"),
        pytest.param("{image: {scale: 1/0}}", "MG2109", "1:34", "above 0", id="by-nothing"),
        pytest.param("{image: {std: [0]}}", "MG2109", "1:33", "a number", id="no-spread"),
        pytest.param("{image: {resize: fast}}", "MG2111", "1:35", "can't be", id="odd-filter"),
    ],
)
def test_each_mistake_has_a_code_and_a_place(
    block: str, code: str, place: str, part: str, folder: Path, checks: Mapping[str, Check]
) -> None:
    with pytest.raises(MistakesError) as caught:
        parsed(block, folder, checks)
    [mistake] = caught.value.mistakes
    assert (mistake.code, str(mistake.where)) == (code, f"s.yaml:{place}")
    assert part in mistake.message
    assert caught.value.exit_code == 2


def test_all_mistakes_of_the_block_are_told_together(
    folder: Path, checks: Mapping[str, Check]
) -> None:
    with pytest.raises(MistakesError) as caught:
        parsed("{image: {sise: 1, scale: x, mean: []}}", folder, checks)
    assert [one.code for one in caught.value.mistakes] == ["MG2108", "MG2109", "MG2109"]
