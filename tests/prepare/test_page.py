"""The page about raw inputs shows suites that are taken, and names codes that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelgate.error_codes import explanations
from modelgate.library import Library, builtin_root
from modelgate.suite_file import parse_suite
from modelgate.suite_file.prepared import IMAGES, TOKENS

PAGE = (Path(__file__).parents[2] / "docs" / "prepare.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_is_read(block: str, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "features.onnx", "columns.skops", "prep.py"):
        (tmp_path / name).touch()
    suite = parse_suite(
        f"{block}checks:\n  - metric: accuracy\n".encode(),
        name="page",
        path="page.yaml",
        checks=Library(builtin_root()),
        folder=tmp_path,
    )
    assert suite.model.prepare is not None


def test_every_key_stands_on_the_page() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    named = {key for line in rows for key in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == {*TOKENS, *IMAGES}


def test_every_code_on_the_page_is_one() -> None:
    codes = set(re.findall(r"MG\d{4}", PAGE))
    assert codes
    assert codes <= set(explanations())
