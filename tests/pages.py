"""Pages whose fenced blocks are run: commands and their output, Python, files that they name.

In shown output "..." stands for any text, on a line of its own for any lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "\x1e"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the words after the fence, its text, its first line in the page."""

    words: tuple[str, ...]
    text: str
    line: int

    def __str__(self) -> str:
        return f"line-{self.line}"


def blocks_of(page: str) -> Iterator[Block]:
    """The blocks of a page in Markdown, in its order."""
    for found in re.finditer(r"^```(\S[^\n]*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        line = page.count("\n", 0, found.start()) + 1
        yield Block(tuple(found[1].split()), found[2], line)


def run_console(block: Block, folder: Path) -> None:
    """Run the commands of a block, each with the exit code of the one before in $?.

    Raises:
        AssertionError: one shows something else than the page does, or a bug of ours.
    """
    steps = _steps(block)
    script = "code=0\n" + "".join(
        f"printf '{MARK}'\n(exit $code)\n{command}\ncode=$?\n" for command, _ in steps
    )
    ended = subprocess.run(
        [shutil.which("bash") or "/bin/bash", "-c", script],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outputs = ended.stdout.split(MARK)[1:]
    for (command, shown), output in zip(steps, outputs, strict=True):
        assert "Traceback" not in output
        assert "MG7" not in output, output
        if shown:
            assert re.fullmatch(_pattern(shown), _stripped(output)), f"$ {command}\n{output}"


def run_python(block: Block, folder: Path) -> None:
    """Run a block as a program.

    Raises:
        AssertionError: it does not end well.
    """
    ended = subprocess.run(
        [sys.executable, "-c", block.text],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def run_page(page: Path, folder: Path) -> int:
    """Run what a page shows, in its order and in one folder.

    Blocks that are run say so by a second word: "console run", "python run", "yaml run NAME" (or
    another kind of file, to be written). All others are only read.

    Returns:
        How many commands were run.

    Raises:
        AssertionError: something is not as the page shows it.
    """
    commands = 0
    for block in blocks_of(page.read_text("utf-8")):
        if block.words[1:2] != ("run",):
            continue
        if block.words[0] == "console":
            run_console(block, folder)
            commands += len(_steps(block))
        elif block.words == ("python", "run"):
            run_python(block, folder)
        else:
            target = folder / block.words[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, "utf-8")
    return commands


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    return {**clean, "PATH": path, "COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def _steps(block: Block) -> list[tuple[str, str]]:
    """Each command of a block with the output that is shown below it."""
    steps: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), ""))
        else:
            command, shown = steps.pop()
            steps.append((command, f"{shown}{line}\n"))
    return steps


def _stripped(output: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in output.splitlines())


def _pattern(shown: str) -> str:
    lines = []
    for line in _stripped(shown).splitlines(keepends=True):
        if line.strip() == "...":
            lines.append(r"(?:[^\n]*\n)*")
        else:
            lines.append(re.escape(line).replace(re.escape("..."), r"[^\n]*"))
    return "".join(lines)
