"""Columns that a step names."""

from __future__ import annotations

from collections.abc import Collection

from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown


def refuse_unknown_column(name: str, known: Collection[str], whose: str) -> None:
    """Say which column there is not.

    Args:
        name: as the step writes it.
        known: the columns there are.
        whose: they are: "the reference".

    Raises:
        UsageError: MG2280, it is none of them.
    """
    if name not in known:
        raise UsageError(
            "MG2280", f"{whose} has no column {shown(name)}; {did_you_mean(name, known)}"
        )
