"""Which code may run: what the project approved by digest, and what the caller allows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modelgate.project import find_project


def approved_here(*, allow_code: bool = False) -> Callable[[str], bool]:
    """Whether the code of a digest may run.

    The project file is read when code is met, and not before: most models are none.

    Args:
        allow_code: whether whoever runs this allows all code that he names.

    Returns:
        A function of "sha256:...".
    """

    def approved(digest: str) -> bool:
        if allow_code:
            return True
        project = find_project(Path.cwd())
        return project is not None and digest in project.approved

    return approved
