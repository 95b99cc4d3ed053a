"""Which registry is meant: the one that is named, the project's, else the user's own."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.errors import StorageError, UsageError
from modelgate.escape import shown
from modelgate.project import Project, find_project
from modelgate.reference import of_registry

if TYPE_CHECKING:
    from modelgate.registries import Version
    from modelgate.registries.embedded import Registry

FOLDER = ".modelgate"
VARIABLE = "MODELGATE_REGISTRY"
"""Names another registry: a folder, or the URL of a database."""
KEY_VARIABLE = "MODELGATE_SIGNING_KEY"
"""Names another file of the key that signs."""
PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Lent:
    """A version of a model, its files copied for a while.

    Attributes:
        registry: that lends it.
        version: what it is.
        path: the model's own file.
    """

    registry: Registry
    version: Version
    path: Path


def open_registry(named: str | None = None, *, create: bool = False) -> Registry:
    """Open a registry.

    Args:
        named: a folder or a URL; else what the environment says, the project, or the user's own.
        create: whether one is made where there is none.

    Raises:
        UsageError: MG2405, there is none.
        StorageError: MG6101, it cannot be opened.
    """
    project = find_project(Path.cwd())
    place = named or os.environ.get(VARIABLE) or (project.registry if project else None)
    own = project.root / FOLDER if project else _of_user()
    given = named or os.environ.get(VARIABLE)
    base = Path() if given or project is None else project.root
    url = place if place is not None and "://" in place else None
    folder = own if place is None or url is not None else base / place
    from modelgate.registries.embedded import DATABASE, Registry

    try:
        there = (folder / DATABASE).exists()
    except OSError as error:
        why = error.strerror or error
        raise StorageError("MG6101", f"{shown(str(folder), 100)} cannot be used: {why}") from error
    if url is None and not create and not there:
        raise UsageError(
            "MG2405",
            f"there is no registry at {shown(str(folder), 100)}",
            hint="`modelgate register MODEL --name NAME` begins one",
        )
    made = Registry(folder, url=url, signing_key=_signing_key(project))
    if not there:
        with suppress(OSError):  # keys and copies of models are nothing for a repository
            (folder / ".gitignore").write_text("*\n", "utf-8")
    return made


def trusted_keys(registry: Registry, project: Project | None) -> tuple[Path, ...]:
    """Files and folders of the public keys whose decisions open the gate.

    Those that the project names; where it names none, the registry's own.
    """
    named = [] if project is None else list(project.trusted_keys)
    key = _signing_key(project)
    if key is not None:
        named.append(key.with_suffix(".pub"))
    return tuple(named) or (registry.keys,)


def lent(model: object, stack: ExitStack) -> Lent | None:
    """A version of a registry, copied; None where a model is named otherwise.

    Args:
        model: as a caller or a suite names it.
        stack: takes the copy away again.

    Raises:
        UsageError: MG2402, MG2403, MG2405, there is no such version.
        RefusedError: MG5086, its bytes are missing or were changed.
    """
    reference = of_registry(model)
    if reference is None:
        return None
    registry = open_registry()
    stack.callback(registry.close)
    version = registry.version(*reference)
    return Lent(registry, version, stack.enter_context(registry.lent(version)))


def leads_nowhere(model: object) -> bool:
    """Whether a champion is named by an alias that no version of the model has had yet.

    Raises:
        UsageError: MG2402, MG2405, the model itself is not known.
    """
    reference = of_registry(model)
    if reference is None or reference.which.isdigit():
        return False
    registry = open_registry()
    try:
        registry.versions(reference.name)
        return registry.alias(*reference) is None
    finally:
        registry.close()


def serving_alias(project: Project | None, name: str) -> str:
    """The alias that stands for production: the only one of a project, else "production"."""
    named = set()
    for alias in project.aliases if project else ():
        model, _, plain = alias.rpartition("@")
        if model in {"", name}:
            named.add(plain)
    return next(iter(named)) if len(named) == 1 else PRODUCTION


def _signing_key(project: Project | None) -> Path | None:
    if told := os.environ.get(KEY_VARIABLE):
        if "\n" in told or "-----BEGIN" in told:  # a secret: it stands in no message
            raise UsageError(
                "MG2418",
                f"{KEY_VARIABLE} holds a key itself, and names a file that holds one",
                hint="write the secret to a file that nobody else may read, with its .pub beside",
            )
        return Path(told)
    return None if project is None else project.signing_key


def _of_user() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "modelgate" / "registry"
