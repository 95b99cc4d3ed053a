"""How much a model gets of one row, as far as its signature tells."""

from __future__ import annotations

from modelgate.model import Signature

_FREE = 64
"""What an axis counts as whose length nothing tells."""


def widths_of(signature: Signature) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Input -> (type, shape of one row)."""
    return {
        one.name: (
            one.type,
            tuple(axis or _FREE for axis in signature.row_shape(one) or (None,)),
        )
        for one in signature.inputs
    }
