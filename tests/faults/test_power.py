"""Power is lost at any step: no row names bytes that the disk has not kept.

A model of a disk that keeps nothing it need not: of a file the bytes at its last flush, of a folder
the entries at its last flush. What the blob store does is recorded, and every beginning of that is
played on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from modelgate.registries.embedded import Registry
from tests.registered import added, line, trial

Step = tuple[str, Path, Path | bytes | None]
"""What was done, to what, and with what."""


@contextmanager
def recorded(root: Path) -> Iterator[list[Step]]:
    """All that happens below a folder: made, written, flushed, renamed; and the commits."""
    found: list[Step] = []
    fsync, replace, mkdir = os.fsync, Path.replace, Path.mkdir

    def flushed(handle: int) -> None:
        fsync(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(root):
            content = None if path.is_dir() else path.read_bytes()
            found.append(("flush", path, content))

    def renamed(self: Path, target: Any) -> Path:
        moved = replace(self, target)
        if self.is_relative_to(root):
            found.append(("rename", self, Path(target)))
        return moved

    def made(self: Path, *about: Any, **how: Any) -> None:
        there = self.exists()
        mkdir(self, *about, **how)
        if not there and self.is_relative_to(root):
            found.append(("made", self, None))

    with (
        patch.object(os, "fsync", flushed),
        patch.object(Path, "replace", renamed),
        patch.object(Path, "mkdir", made),
    ):
        yield found


@dataclass
class Disk:
    """What is left when power is lost.

    Attributes:
        written: file -> its bytes at its last flush; of one that was renamed, by its new name.
        entries: folder -> what it names now.
        kept: folder -> what it named at its last flush.
    """

    written: dict[Path, bytes] = field(default_factory=dict)
    entries: dict[Path, set[Path]] = field(default_factory=dict)
    kept: dict[Path, set[Path]] = field(default_factory=dict)

    def play(self, step: Step) -> None:
        done, path, more = step
        if done == "made":
            self.entries.setdefault(path.parent, set()).add(path)
        elif done == "flush" and isinstance(more, bytes):
            self.written[path] = more
            self.entries.setdefault(path.parent, set()).add(path)
        elif done == "flush":
            self.kept[path] = set(self.entries.get(path, ()))
        else:
            assert isinstance(more, Path)
            self.entries[path.parent].discard(path)
            self.entries.setdefault(more.parent, set()).add(more)
            if path in self.written:
                self.written[more] = self.written.pop(path)

    def holds(self, path: Path, root: Path) -> bool:
        """Whether a file would be found from a folder that was there before."""
        if path not in self.written:
            return False
        return all(
            child in self.kept.get(child.parent, set())
            for child in (path, *path.parents)
            if child != root and child.is_relative_to(root)
        )


def test_a_version_names_only_what_the_disk_has_kept(tmp_path: Path) -> None:
    trial()
    registry = Registry(tmp_path / "registry")
    with recorded(tmp_path) as steps:

        def committed(_: object) -> None:
            steps.append(("commit", tmp_path, None))

        event.listen(registry.database.engine, "commit", committed)
        version = added(registry, tmp_path, 1)
    registry.close()
    (part,) = version.parts
    name = part.digest.removeprefix("sha256:")
    blob = tmp_path / "registry" / "blobs" / "sha256" / name[:2] / name
    assert blob.is_file()
    first = next(at for at, step in enumerate(steps) if step[0] == "commit")
    kept = []
    for length in range(len(steps) + 1):
        disk = Disk()
        for step in steps[:length]:
            if step[0] != "commit":
                disk.play(step)
        kept.append(disk.holds(blob, tmp_path / "registry"))
        if length > first:
            assert kept[-1], f"a row names {name[:8]} after step {length}, and the disk has lost it"
    assert not kept[0]  # the model can lose something
    assert not all(kept[:first])


def test_the_evidence_of_a_decision_is_kept_before_it_is_named(tmp_path: Path) -> None:
    with recorded(tmp_path) as steps:
        found = line(tmp_path, 1)
    (evidence,) = [
        decision.body["evidence"]
        for _, decision in found.registry.statements(name="churn", kind="decision")
    ]
    found.registry.close()
    name = evidence.removeprefix("sha256:")
    disk = Disk()
    for step in steps:
        disk.play(step)
    blob = tmp_path / "registry" / "blobs" / "sha256" / name[:2] / name
    assert disk.holds(blob, tmp_path / "registry")
