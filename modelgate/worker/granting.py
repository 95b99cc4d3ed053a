"""What a model may that not every model may: to be code, or to hold types that can run code."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from modelgate.errors import RefusedError
from modelgate.escape import printable, shown

_MOST_TYPES = 5


def _nobody(digest: str) -> bool:
    del digest
    return False


@dataclass(frozen=True, slots=True)
class Granted:
    """What somebody said may be.

    Attributes:
        approved: whether the code of a digest, "sha256:...", may run.
        types: names of types that a file of scikit-learn may hold beside scikit-learn's own.
    """

    approved: Callable[[str], bool] = _nobody
    types: Collection[str] = ()


NOTHING = Granted()
"""What is granted where nobody said anything."""


def refuse_code(digest: str, granted: Granted, path: str) -> None:
    """Code runs only where somebody has read it.

    Raises:
        RefusedError: MG5074, nobody approved this digest.
    """
    if not granted.approved(digest):
        raise RefusedError(
            "MG5074",
            f"{shown(path, 100)} is code ({digest}), and nobody approved it",
            hint=f"read it; then add `approved: [{digest}]` to modelgate.yaml, or"
            f" --allow-code {digest}",
        )


def refuse_types(found: Collection[str], granted: Granted, path: str) -> None:
    """Each type that a file names can run code as it is loaded.

    Raises:
        RefusedError: MG5073, one is neither scikit-learn's own nor named in the suite.
    """
    strange = sorted(set(found) - set(granted.types))
    if strange:
        more = f" and {len(strange) - _MOST_TYPES} more" if len(strange) > _MOST_TYPES else ""
        named = ", ".join(shown(one, 80) for one in strange[:_MOST_TYPES])
        listed = ", ".join(printable(one, 80) for one in strange[:_MOST_TYPES])
        raise RefusedError(
            "MG5073",
            f"{shown(path, 100)} holds types which are not trusted: {named}{more}",
            hint=f"if you trust them, write in the suite `model: {{types: [{listed}]}}`",
        )
