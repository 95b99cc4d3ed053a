"""Inputs that are kept: written whole, bounded; whatever else stands there is as good as none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from modelgate.kept import FORMAT, MOST, MOST_BYTES, PLACE, Kept

KEY = "0f"
ABOUT = {"property": "finite"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of `KEY`, in a folder that exists."""
    path = tmp_path / PLACE / f"{KEY}.json"
    path.parent.mkdir(parents=True)
    return path


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.rows(KEY) == []
    kept.keep(KEY, [{"age": 3, "name": None}], ABOUT)
    kept.keep(KEY, [{"age": 4, "name": "\u202e"}], ABOUT)
    assert kept.rows(KEY) == [{"age": 4, "name": "\u202e"}, {"age": 3, "name": None}]
    assert kept.rows("other") == []
    assert [path.name for path in (tmp_path / PLACE).iterdir()] == [f"{KEY}.json"]


def test_the_latest_are_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    for age in range(MOST + 4):
        kept.keep(KEY, [{"age": age}], ABOUT)
    assert kept.rows(KEY) == [{"age": age} for age in range(MOST + 3, 3, -1)]


def test_what_is_there_is_not_written_again(tmp_path: Path, file: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep(KEY, [{"age": 1}, {"age": 2}], ABOUT)
    before = file.stat().st_mtime_ns, file.read_bytes()
    kept.keep(KEY, [{"age": 2}], ABOUT)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


def test_nothing_makes_no_folder(tmp_path: Path) -> None:
    Kept(tmp_path).keep(KEY, [], ABOUT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="no-text"),
        pytest.param(b'{"rows": [', id="cut-off"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[1, 2]", id="a-list"),
        pytest.param(b'{"format": "other/1", "rows": [{"age": 1}]}', id="another-format"),
        pytest.param(b'{"format": "%b", "rows": {"age": 1}}' % FORMAT.encode(), id="no-rows"),
        pytest.param(b'{"format": "%b", "rows": [1, "a"]}' % FORMAT.encode(), id="no-row"),
        pytest.param(b'{"format": "%b", "rows": [{"a": NaN}]}' % FORMAT.encode(), id="nan"),
        pytest.param(
            b'{"format": "%b", "rows": [{"a": %b}]}' % (FORMAT.encode(), b"9" * 5_000),
            id="a-number-without-end",
        ),
        pytest.param(
            b'{"format": "%b", "rows": [{"a": "%b"}]}' % (FORMAT.encode(), b"a" * MOST_BYTES),
            id="too-long",
        ),
    ],
)
def test_garbage_is_no_input_and_is_replaced(content: bytes, tmp_path: Path, file: Path) -> None:
    kept = Kept(tmp_path)
    file.write_bytes(content)
    assert kept.rows(KEY) == []
    kept.keep(KEY, [{"age": 1}], ABOUT)
    assert kept.rows(KEY) == [{"age": 1}]
    assert json.loads(file.read_text("utf-8"))["property"] == "finite"


def test_an_input_that_is_too_long_is_not_kept(tmp_path: Path, file: Path) -> None:
    Kept(tmp_path).keep(KEY, [{"text": "a" * MOST_BYTES}], ABOUT)
    assert not file.exists()


def test_a_pipe_or_a_folder_in_its_place_is_left_alone(tmp_path: Path, file: Path) -> None:
    kept = Kept(tmp_path)
    os.mkfifo(file)
    kept.keep(KEY, [{"age": 1}], ABOUT)
    assert kept.rows(KEY) == []
    file.unlink()
    file.mkdir()
    kept.keep(KEY, [{"age": 1}], ABOUT)
    assert kept.rows(KEY) == []


def test_nothing_is_written_outside_the_project(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (project / ".modelgate").symlink_to(outside)
    Kept(project).keep(KEY, [{"age": 1}], ABOUT)
    assert list(outside.iterdir()) == []


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / PLACE.parts[0]).write_text("a file where a folder should be", "utf-8")
    Kept(tmp_path).keep(KEY, [{"age": 1}], ABOUT)
    assert Kept(tmp_path).rows(KEY) == []
