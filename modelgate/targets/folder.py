"""A folder that something else serves from: each release in one of its own, and a link to one.

    deploy/churn/releases/3-9e4e967f420d/model.onnx, release.json, decision.json
    deploy/churn/current -> releases/3-9e4e967f420d

The link is replaced by a rename, so that whoever opens `current/model.onnx` finds the old release
or the new one, whole, at every instant.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from modelgate.atomic import write_file
from modelgate.errors import StorageError
from modelgate.escape import shown
from modelgate.kinds import Kind
from modelgate.kinds.single import File, Number
from modelgate.release import Release
from modelgate.targets import Target

CURRENT, RELEASES = "current", "releases"
KEEP = 3
"""Releases that are kept where the project says nothing: to look at, or to go back by hand."""


class Folder(Target):
    """A folder, in which a link leads to the release: {folder: deploy/churn}."""

    name: ClassVar[str] = "folder"
    keys: ClassVar[Mapping[str, Kind]] = {"folder": File(), "keep": Number(2, 1000, whole=True)}

    @property
    def _folder(self) -> Path:
        return self.root / str(self.settings[self.name])

    def _deploy(self, release: Release) -> None:
        link = self._folder / CURRENT
        if link.exists() and not link.is_symlink():
            raise StorageError(
                "MG6110",
                f"{shown(str(link), 100)} is no link that this target made",
                hint="move it away, or name another folder",
            )
        name = f"{release.number}-{release.digest[7:19]}"
        place = self._folder / RELEASES / name
        if not _whole(place, release):
            _put(place, release)
        before = _name_of(link)
        _point(link, Path(RELEASES, name))
        if not _whole(link, release):
            raise StorageError("MG6111", f"what {shown(str(link), 100)} leads to is not {release}")
        self._prune({name, before})

    def _withdraw(self, name: str, alias: str) -> None:
        del name, alias
        link = self._folder / CURRENT
        if link.is_symlink():  # anything else is none of ours
            link.unlink()
            _flush(self._folder)

    def _prune(self, kept: set[str | None]) -> None:
        """Take away the oldest releases; that one cannot be is no fault of what serves."""
        most = int(self.settings.get("keep") or KEEP)
        with suppress(OSError):
            there = sorted(
                (path for path in (self._folder / RELEASES).iterdir() if path.is_dir()),
                key=lambda path: path.stat().st_mtime_ns,
                reverse=True,
            )
            for path in there[most:]:
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)


def _put(place: Path, release: Release) -> None:
    """The release in a folder of its own: written beside its place, flushed, then renamed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}.part")
    try:
        for source in _files(release.folder):
            target = beside / source.relative_to(release.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_file(target, source.read_bytes())
        write_file(beside / "decision.json", release.envelope)
        write_file(beside / "release.json", _described(release))
        if place.exists():  # half of it, or changed by somebody
            shutil.rmtree(place)
        beside.replace(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _flush(place.parent)


def _described(release: Release) -> bytes:
    about = {
        "name": release.name,
        "version": release.number,
        "alias": release.alias,
        "digest": release.digest,
        "decision": release.decision,
        "format": release.format,
        "file": release.file,
        "reading": dict(release.reading),
        "unfamiliar": release.unfamiliar,
        "files": {
            str(path.relative_to(release.folder)): _digest(path) for path in _files(release.folder)
        },
    }
    return json.dumps(about, indent=2).encode() + b"\n"


def _whole(place: Path, release: Release) -> bool:
    """Whether a folder holds this release, every byte of it."""
    try:
        if (place / "decision.json").read_bytes() != release.envelope:
            return False
        if (place / "release.json").read_bytes() != _described(release):
            return False
        return all(
            _digest(place / path.relative_to(release.folder)) == _digest(path)
            for path in _files(release.folder)
        )
    except OSError:
        return False


def _point(link: Path, target: Path) -> None:
    """Lead a link somewhere, in one step."""
    beside = link.with_name(f".{link.name}.{secrets.token_hex(8)}.part")
    beside.symlink_to(target)
    try:
        beside.replace(link)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _flush(link.parent)


def _name_of(link: Path) -> str | None:
    with suppress(OSError):
        return link.readlink().name
    return None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
