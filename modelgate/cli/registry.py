"""What all commands of the registry take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from modelgate.earned import Place
    from modelgate.project import Project
    from modelgate.registries.embedded import Registry

Options = Callable[[Callable[..., Any]], Callable[..., Any]]

registry_option: Options = click.option(
    "--registry", metavar="FOLDER|URL", help="In place of the project's or the user's own."
)
keys_option: Options = click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key of whoever decided; the project's, else the registry's own, if left out.",
)


@contextmanager
def opened(named: str | None, *, create: bool = False) -> Iterator[tuple[Registry, Project | None]]:
    """A registry while a command runs, and the project that it is called in."""
    from modelgate.project import find_project
    from modelgate.registry_place import open_registry

    registry = open_registry(named, create=create)
    try:
        yield registry, find_project(Path.cwd())
    finally:
        registry.close()


def place_of(
    registry: Registry, project: Project | None, name: str, alias: str, keys: tuple[Path, ...]
) -> Place:
    """An alias, and the keys whose decisions open the gate there."""
    from modelgate.earned import place
    from modelgate.registry_place import trusted_keys

    return place(registry, project, name, alias, *(keys or trusted_keys(registry, project)))
