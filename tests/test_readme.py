"""What the README shows is true: its commands are run, its output compared, its files used.

A block's first line tells where it belongs: "console demo" runs in the folder that `modelgate demo`
writes, "console own" in a folder with `model.onnx` and `test.csv` (and `old.onnx` and rows without
labels), "console fresh" in one with nothing else; "yaml own NAME" is a file in the second.
In shown output "..." stands for any text, on a line of its own for any lines.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.pages import Block, blocks_of, run_console, run_python

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text("utf-8")
RUN_ELSEWHERE = {"pip install . && modelgate demo", "pip install -e '.[dev]' && pytest"}
"""What `.ci/run` reads from the README and runs in fresh environments."""


BLOCKS = list(blocks_of(README))
CONSOLE = [block for block in BLOCKS if block.words[0] == "console"]
PYTHON = [block for block in BLOCKS if block.words[0] == "python"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from modelgate.demo import write

    demo = tmp_path_factory.mktemp("readme") / "modelgate-demo"
    write(demo)
    own = tmp_path_factory.mktemp("own")
    shutil.copy(demo / "models" / "better.onnx", own / "model.onnx")
    shutil.copy(demo / "data" / "test.csv", own / "test.csv")
    for block in BLOCKS:
        if block.words[0] == "yaml":
            (own / block.words[2]).write_text(block.text, "utf-8")
    shutil.copy(demo / "models" / "champion.onnx", own / "old.onnx")
    rows = (own / "test.csv").read_text("utf-8").splitlines()
    bare = [rows[0], *(line.rpartition(",")[0] + "," for line in rows[1:])]
    (own / "unlabelled.csv").write_text("\n".join(bare), "utf-8")
    fresh = tmp_path_factory.mktemp("fresh")
    for name in ("model.onnx", "test.csv"):
        shutil.copy(own / name, fresh)
    return {"demo": demo, "own": own, "fresh": fresh}


@pytest.mark.parametrize("block", CONSOLE, ids=str)
def test_what_a_terminal_shows_is_what_it_shows(block: Block, folders: dict[str, Path]) -> None:
    run_console(block, folders[block.words[1]])


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_what_is_shown_in_python_runs(block: Block, folders: dict[str, Path]) -> None:
    run_python(block, folders[block.words[1]])


def test_every_other_command_is_run_by_ci() -> None:
    lines = {
        line for block in BLOCKS if block.words[0] == "bash" for line in block.text.splitlines()
    }
    assert lines == RUN_ELSEWHERE
    script = (REPOSITORY / ".ci" / "run").read_text("utf-8").replace("\\", "")
    for command in RUN_ELSEWHERE:
        assert f'shown "{command}"' in script


def test_every_block_says_where_it_belongs() -> None:
    assert BLOCKS
    assert README.count("\n```") == 2 * len(BLOCKS)
    for block in BLOCKS:
        assert block.words[0] in {"bash", "console", "python", "yaml"}, block
        if block.words[0] != "bash":
            assert block.words[1] in {"demo", "own", "fresh"}, block


def test_every_command_that_is_named_exists() -> None:
    from modelgate.cli import COMMANDS

    named = set(re.findall(r"modelgate ([a-z]+)\b", re.sub(r"(?m)^#.*$", "", _code())))
    assert named
    assert named <= set(COMMANDS)


def test_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (REPOSITORY / target).exists(), target


def _code() -> str:
    """All that stands in code: inline, or in a block."""
    inline = re.findall(r"`(modelgate [^`]+)`", README)
    return "\n".join([*inline, *(block.text for block in BLOCKS if block.words[0] != "python")])
