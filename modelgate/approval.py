"""Which code may run: what the project approved by digest, and what the caller allows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from modelgate.project import find_project


def approved_here(*, allowed: Collection[str] = ()) -> Callable[[str], bool]:
    """Whether the code of a digest may run.

    The project file is read when code is met, and not before: most models are none.

    Args:
        allowed: digests that whoever runs this allows.

    Returns:
        A function of "sha256:...".
    """

    def approved(digest: str) -> bool:
        if digest in allowed:
            return True
        project = find_project(Path.cwd())
        return project is not None and digest in project.approved

    return approved
