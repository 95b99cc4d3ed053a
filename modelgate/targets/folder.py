"""A folder that something else serves from: each release in one of its own, and a link to one.

    deploy/churn/releases/3-9e4e967f420d/model.onnx, release.json, decision.json
    deploy/churn/current -> releases/3-9e4e967f420d

The link is replaced by a rename, so that whoever opens `current/model.onnx` finds the old release
or the new one, whole, at every instant.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from modelgate.errors import StorageError
from modelgate.escape import shown
from modelgate.kinds import Kind
from modelgate.kinds.single import File, Number
from modelgate.release import Release
from modelgate.release_folder import KEEP, flush, folder_name, is_whole, prune, put
from modelgate.targets import Target

CURRENT, RELEASES = "current", "releases"


class Folder(Target):
    """A folder, in which a link leads to the release: {folder: deploy/churn}."""

    name: ClassVar[str] = "folder"
    keys: ClassVar[Mapping[str, Kind]] = {"folder": File(), "keep": Number(2, 1000, whole=True)}

    @property
    def _folder(self) -> Path:
        return self.root / str(self.settings[self.name])

    def _prepare(self, release: Release) -> None:
        link = self._folder / CURRENT
        if link.exists() and not link.is_symlink():
            raise StorageError(
                "MG6110",
                f"{shown(str(link), 100)} is no link that this target made",
                hint="move it away, or name another folder",
            )
        put(self._folder / RELEASES / folder_name(release), release)

    def _deploy(self, release: Release) -> None:
        self._prepare(release)
        link, name = self._folder / CURRENT, folder_name(release)
        before, target = _name_of(link), Path(RELEASES, name)
        if not link.is_symlink() or link.readlink() != target:
            _point(link, target)
        if not is_whole(link, release):
            raise StorageError("MG6111", f"what {shown(str(link), 100)} leads to is not {release}")
        most = int(self.settings.get("keep") or KEEP)
        prune(self._folder / RELEASES, most=most, kept={name, before})

    def _withdraw(self, name: str, alias: str) -> None:
        del name, alias
        link = self._folder / CURRENT
        if link.is_symlink():  # anything else is none of ours
            link.unlink()
            flush(self._folder)


def _point(link: Path, target: Path) -> None:
    """Lead a link somewhere, in one step."""
    beside = link.with_name(f".{link.name}.{secrets.token_hex(8)}.part")
    beside.symlink_to(target)
    try:
        beside.replace(link)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    flush(link.parent)


def _name_of(link: Path) -> str | None:
    with suppress(OSError):
        return link.readlink().name
    return None
