"""A server whose lists of files are hostile, which no real one can be made to give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelgate.errors import RefusedError, ServiceError
from modelgate.mlflow_worker.fetching import BYTES, download, listed


@dataclass(frozen=True)
class Info:
    """A file or a folder of a list."""

    path: str
    file_size: int | None = 1
    is_dir: bool = False


@dataclass(frozen=True)
class Store:
    """The same list for every folder; files of three bytes."""

    infos: Sequence[Info]

    def list_artifacts(self, folder: str | None) -> Sequence[Info]:
        return [
            Info(f"{folder}/{one.path}" if folder else one.path, one.file_size, one.is_dir)
            for one in self.infos
        ]

    def _download_file(self, path: str, place: str) -> None:
        Path(place).write_bytes(path[:3].encode())


def test_files_are_listed_with_their_sizes() -> None:
    assert listed(Store([Info("a.onnx", 7), Info("b", None)])) == {"a.onnx": 7, "b": 0}


@pytest.mark.parametrize(
    ("infos", "code"),
    [
        pytest.param([Info(str(number)) for number in range(2001)], "MG5124", id="too-many"),
        pytest.param([Info("a", BYTES), Info("b", 1)], "MG5124", id="too-large"),
        pytest.param([Info("a", is_dir=True)], "MG5121", id="folders-without-end"),
        pytest.param([Info("../a")], "MG5121", id="climbs"),
        pytest.param([Info("/etc/passwd")], "MG5121", id="from-the-root"),
        pytest.param([Info("..", is_dir=True)], "MG5121", id="a-folder-that-climbs"),
    ],
)
def test_hostile_lists_are_refused(infos: Sequence[Info], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        listed(Store(infos))
    assert (caught.value.code, caught.value.exit_code) == (code, 5)


def test_a_file_of_another_size_than_was_said_is_refused(tmp_path: Path) -> None:
    assert download(Store([]), "a/b.onnx", 3, tmp_path).read_bytes() == b"a/b"
    with pytest.raises(ServiceError) as caught:
        download(Store([]), "a/b.onnx", 4, tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("MG7242", 7)
