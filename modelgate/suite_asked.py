"""The suite that is asked for: a ready-made one by its name, or a file."""

from __future__ import annotations

from pathlib import Path

from modelgate.errors import UsageError, did_you_mean
from modelgate.library import Library
from modelgate.project import Project
from modelgate.suite import Suite
from modelgate.suite_file import parse_suite
from modelgate.yaml_file import MOST_BYTES


def ready_made(name: str, library: Library) -> Suite:
    """A suite by its name.

    Raises:
        UsageError: MG2120, there is none of that name.
    """
    if name not in library.suites:
        raise UsageError(
            "MG2120", f"no suite is called {name!r}; {did_you_mean(name, list(library.suites))}"
        )
    path = library.suites[name]
    return parse_suite(path.read_bytes(), name=name, path=name, checks=library, folder=path.parent)


def find_suite(asked: str | Path | None, project: Project | None, library: Library) -> Suite | None:
    """The suite that was asked for, else the project's; None where the data has to tell.

    Raises:
        UsageError: MG2120 no such name, MG2121 no such file; whatever is wrong in the file.
    """
    base = Path()
    if asked is None and project is not None and project.suite is not None:
        asked, base = project.suite, project.root
    if asked is None:
        return None
    path = base / asked
    if path.suffix not in {".yaml", ".yml"}:
        return ready_made(str(asked), library)
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)  # the parser refuses what is longer
    except OSError as error:
        raise UsageError(
            "MG2121", f"cannot read the suite {str(path)!r}: {error.strerror}"
        ) from error
    return parse_suite(text, name=path.stem, path=str(path), checks=library)
