"""`modelgate.yaml`: what a repository of models says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelgate.alias_file import AliasPolicy, read_aliases
from modelgate.errors import UsageError, Where
from modelgate.escape import shown
from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.blocks import known_entries, read_block
from modelgate.kinds.composed import Many
from modelgate.kinds.single import File, Number, Text
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


KEYS: Mapping[str, Kind] = {
    "title": Text(),
    "suite": Text(),
    "approved": Many(Digest()),
    "registry": Text(),
    "signing_key": File(),
    "trusted_keys": Many(File()),
    "decision_days": Number(1, 3650),
}
"""All but `aliases`, which is a block of its own."""
DECISION_DAYS = 30.0
"""How long a decision opens the gate where a project says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a `modelgate.yaml`; only there are its `checks/` and `suites/` looked for.

    Attributes:
        root: the folder.
        title: what people call it; the folder's name where the file is silent.
        suite: the suite where the command line names none: a name, or a path relative to `root`.
        approved: digests, "sha256:...", of files of code that somebody has read and lets run.
        registry: a folder, relative to `root`, or the URL of a database; None for `.modelgate`.
        signing_key: file of the private key that signs decisions; None for the registry's own.
        trusted_keys: public keys of those whose decisions count, beside the signing key's.
        decision_days: how long a decision opens the gate.
        aliases: what may be promoted to each, and what then serves.
        where: the file.
    """

    root: Path
    title: str
    suite: str | None = None
    approved: tuple[str, ...] = ()
    registry: str | None = None
    signing_key: Path | None = None
    trusted_keys: tuple[Path, ...] = ()
    decision_days: float = DECISION_DAYS
    aliases: Mapping[str, AliasPolicy] = field(default_factory=dict)
    where: Where

    def policy(self, name: str, alias: str) -> AliasPolicy | None:
        """What is said of an alias of a model: of this model alone, else of all."""
        return self.aliases.get(f"{name}@{alias}") or self.aliases.get(alias)


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
    values, aliases = _blocks(root, mistakes)
    mistakes.raise_if_any()
    folder, key = path.parent, values.get("signing_key")
    return Project(
        root=folder,
        title=values.get("title") or folder.name,
        suite=values.get("suite"),
        approved=tuple(values.get("approved") or ()),
        registry=values.get("registry"),
        signing_key=None if key is None else folder / key,
        trusted_keys=tuple(folder / one for one in values.get("trusted_keys") or ()),
        decision_days=values.get("decision_days") or DECISION_DAYS,
        aliases=aliases,
        where=Where(str(path)),
    )


def _blocks(root: Node, mistakes: Mistakes) -> tuple[dict[str, Any], Mapping[str, AliasPolicy]]:
    """The plain keys, and the aliases."""
    if root.value is None:
        return {}, {}
    entries = known_entries(root, FILE, (*KEYS, "aliases"), mistakes)
    block = entries.pop("aliases", None)
    plain = Node(entries, root.where, keys={key: root.keys[key] for key in entries})
    return read_block(plain, FILE, KEYS, mistakes), (
        {} if block is None else read_aliases(block, mistakes)
    )
