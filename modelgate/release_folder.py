"""A release in a folder of its own: every file of it, with the decision that speaks for it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from modelgate.atomic import write_file
from modelgate.release import Release

KEEP = 3
"""Releases that are kept where the project says nothing: to look at, or to go back by hand."""


def folder_name(release: Release) -> str:
    """Of a release's folder: "3-9e4e967f420d"."""
    return f"{release.number}-{release.digest[7:19]}"


def as_it_is(path: Path) -> Path:
    """A file of the release keeps its place."""
    return path


def put(place: Path, release: Release, lay: Callable[[Path], Path] = as_it_is) -> None:
    """Write a release: beside its place, flushed, then renamed; nothing where it is there, whole.

    Args:
        place: the folder that it makes.
        release: that is written.
        lay: where a file of the release lies in that folder, both relative.

    Raises:
        OSError, StorageError: it cannot be written.
    """
    if is_whole(place, release, lay):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}.part")
    try:
        for source in _files(release.folder):
            target = beside / lay(source.relative_to(release.folder))
            target.parent.mkdir(parents=True, exist_ok=True)
            write_file(target, source.read_bytes())
        write_file(beside / "decision.json", release.envelope)
        write_file(beside / "release.json", _described(release, lay))
        if place.exists():  # half of it, or changed by somebody
            shutil.rmtree(place)
        beside.replace(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    flush(place.parent)


def is_whole(place: Path, release: Release, lay: Callable[[Path], Path] = as_it_is) -> bool:
    """Whether a folder holds this release, every byte of it."""
    try:
        if (place / "decision.json").read_bytes() != release.envelope:
            return False
        if (place / "release.json").read_bytes() != _described(release, lay):
            return False
        return all(
            _digest(place / lay(path.relative_to(release.folder))) == _digest(path)
            for path in _files(release.folder)
        )
    except OSError:
        return False


def prune(releases: Path, *, most: int, kept: set[str | None]) -> None:
    """Take away the oldest releases; that one cannot be is no fault of what serves.

    Args:
        releases: the folder of their folders.
        most: that stay.
        kept: names of those that stay in any case.
    """
    with suppress(OSError):
        there = sorted(
            (path for path in releases.iterdir() if path.is_dir()),
            key=lambda path: path.stat().st_mtime_ns,
            reverse=True,
        )
        for path in there[most:]:
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


def flush(folder: Path) -> None:
    """What was renamed in a folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _described(release: Release, lay: Callable[[Path], Path]) -> bytes:
    about = {
        "name": release.name,
        "version": release.number,
        "alias": release.alias,
        "digest": release.digest,
        "decision": release.decision,
        "format": release.format,
        "file": lay(Path(release.file)).as_posix(),
        "reading": dict(release.reading),
        "out_of_domain": release.out_of_domain,
        "files": {
            lay(path.relative_to(release.folder)).as_posix(): _digest(path)
            for path in _files(release.folder)
        },
    }
    return json.dumps(about, indent=2).encode() + b"\n"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
