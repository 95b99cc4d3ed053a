"""`modelgate.yaml`: what a repository of models says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelgate.errors import UsageError, Where
from modelgate.escape import shown
from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.composed import Many
from modelgate.kinds.single import Text
from modelgate.suite_file.blocks import read_block
from modelgate.yaml_file import MOST_BYTES, read_yaml
from modelgate.yaml_file.node import Mistakes, Node

FILE = "modelgate.yaml"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Digest(Kind):
    """The digest of a file."""

    says = "a digest: sha256: and 64 digits from 0 to f"

    def read(self, node: Node) -> str:
        """As `Kind.read`."""
        text = Text().read(node)
        if not _DIGEST.fullmatch(text):
            raise WrongValueError(node, f"takes {self.says}, not {shown(text, 90)}")
        return text

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"type": "string", "pattern": f"^{_DIGEST.pattern}$"}


KEYS: Mapping[str, Kind] = {"title": Text(), "suite": Text(), "approved": Many(Digest())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a `modelgate.yaml`; only there are its `checks/` and `suites/` looked for.

    Attributes:
        root: the folder.
        title: what people call it; the folder's name where the file is silent.
        suite: the suite where the command line names none: a name, or a path relative to `root`.
        approved: digests, "sha256:...", of files of code that somebody has read and lets run.
        where: the file.
    """

    root: Path
    title: str
    suite: str | None = None
    approved: tuple[str, ...] = ()
    where: Where


def find_project(start: Path) -> Project | None:
    """The project that `start` lies in: the nearest `modelgate.yaml`, looking upward.

    Args:
        start: a folder.

    Raises:
        UsageError: MG2201, the file cannot be read.
        MistakesError: everything that is wrong with it.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / FILE
        if path.is_file():
            return _read(path)
    return None


def _read(path: Path) -> Project:
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = Where(str(path))
        raise UsageError(
            "MG2201", f"the project file cannot be read: {reason}", where=where
        ) from error
    mistakes = Mistakes()
    root = read_yaml(text, file=str(path), mistakes=mistakes)
    values = {} if root.value is None else read_block(root, FILE, KEYS, mistakes)
    mistakes.raise_if_any()
    return Project(
        root=path.parent,
        title=values.get("title") or path.parent.name,
        suite=values.get("suite"),
        approved=tuple(values.get("approved") or ()),
        where=Where(str(path)),
    )
