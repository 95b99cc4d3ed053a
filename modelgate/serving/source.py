"""Where a server's models come from: an alias of a registry, looked at again and again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from modelgate.registries.embedded import Registry
from modelgate.release import Release
from modelgate.releases import release_of

if TYPE_CHECKING:
    from securesystemslib.signer import Key


class Source(Protocol):
    """What stands at an alias."""

    def stamp(self) -> int | None:
        """Another one once anything was written; None where only `place` can tell.

        Asked often, and by the thread that answers: it has to cost next to nothing.
        """
        ...

    def place(self) -> int | None:
        """The entry of the log that moved the alias to where it leads; None for nowhere."""
        ...

    def digest(self) -> str | None:
        """By which the model that stands there is known, whether it may serve or not."""
        ...

    def release(self) -> Release | None:
        """What stands there, verified, its files in a folder of their own; None for nothing."""
        ...

    def done(self, release: Release) -> None:
        """Its files are not needed any more."""
        ...


@dataclass(frozen=True, slots=True)
class RegistrySource:
    """An alias of a registry.

    Attributes:
        registry: that holds it.
        name, alias: "churn", "production".
        keys: of those whose statements count.
    """

    registry: Registry
    name: str
    alias: str
    keys: Mapping[str, Key]

    def stamp(self) -> int | None:
        """See `Source.stamp`."""
        return self.registry.database.stamp

    def place(self) -> int | None:
        """See `Source.place`."""
        return self.registry.moved_by(self.name, self.alias)

    def digest(self) -> str | None:
        """See `Source.digest`."""
        version = self.registry.alias(self.name, self.alias)
        return None if version is None else version.digest

    def release(self) -> Release | None:
        """See `Source.release`."""
        folder = Path(tempfile.mkdtemp(prefix="modelgate-"))
        try:
            found = release_of(self.registry, self.name, self.alias, folder, keys=self.keys)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if found is None:
            shutil.rmtree(folder, ignore_errors=True)
        return found

    def done(self, release: Release) -> None:
        """See `Source.done`."""
        shutil.rmtree(release.folder, ignore_errors=True)
