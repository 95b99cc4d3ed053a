"""Images are read from the folder of the data and from nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelgate.errors import DataError, RefusedError
from modelgate.image_files import ImageFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "data"
    (inside / "more").mkdir(parents=True)
    (inside / "a.png").write_bytes(b"a")
    (inside / "more" / "b.png").write_bytes(b"b")
    (tmp_path / "secret.png").write_bytes(b"secret")
    return inside


def test_a_name_is_relative_to_the_folder(folder: Path) -> None:
    files = ImageFiles(folder)
    assert [files.read(name) for name in ("a.png", "more/b.png", "./a.png", None)] == [
        b"a",
        b"b",
        b"a",
        None,
    ]


def test_the_digest_is_that_of_the_list_of_digests(folder: Path) -> None:
    one, other = ImageFiles(folder), ImageFiles(folder)
    for name in ("a.png", "more/b.png", "a.png"):
        one.read(name)
    for name in ("more/b.png", "a.png"):
        other.read(name)
    assert one.described() == other.described()
    assert one.described()["files"] == 2


@pytest.mark.parametrize(
    "name", ["../secret.png", "more/../../secret.png", "more/../a.png", "a\0b"]
)
def test_a_name_that_leads_out_is_refused(name: str, folder: Path) -> None:
    with pytest.raises(RefusedError, match="MG5071") as caught:
        ImageFiles(folder).read(name)
    assert caught.value.exit_code == 5


def test_an_absolute_name_is_refused_even_of_a_file_inside(folder: Path) -> None:
    with pytest.raises(RefusedError, match="MG5071"):
        ImageFiles(folder).read(str(folder / "a.png"))


@pytest.mark.parametrize("target", ["../secret.png", "a.png"])
def test_a_symbolic_link_is_refused_wherever_it_leads(target: str, folder: Path) -> None:
    (folder / "link.png").symlink_to(target)
    with pytest.raises(RefusedError, match="symbolic link"):
        ImageFiles(folder).read("link.png")


def test_a_folder_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / "out").symlink_to("..")
    with pytest.raises(RefusedError, match="symbolic link"):
        ImageFiles(folder).read("out/secret.png")


def test_the_folder_of_the_data_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder.name)
    assert ImageFiles(tmp_path / "link").read("a.png") == b"a"


def test_what_is_no_regular_file_is_told(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    for name in ("pipe.png", "more", "none.png", "x" * 5000):
        with pytest.raises(DataError, match="MG3542") as caught:
            ImageFiles(folder).read(name)
        assert caught.value.exit_code == 3


def test_a_file_that_changes_between_two_looks_is_told(folder: Path) -> None:
    files = ImageFiles(folder)
    files.read("a.png")
    (folder / "a.png").write_bytes(b"z")
    with pytest.raises(DataError, match="MG3518"):
        files.read("a.png")
