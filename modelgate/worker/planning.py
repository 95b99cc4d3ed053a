"""How many rows go into a block and into a call, and what goes beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from modelgate.model import Signature
from modelgate.worker import sizes
from modelgate.worker.preparing import Prepared

Shapes = Mapping[str, tuple[int, ...]]


def block_and_call(
    each: Shapes,
    types: Mapping[str, str],
    facts: Mapping[str, Any],
    prepared: Prepared | None,
) -> tuple[int, int]:
    """Rows of a block, and rows of a call where the model takes any number.

    Args:
        each: by numeric input that counts rows, the shape of one row.
        types: of these inputs.
        facts: of the model.
        prepared: what makes its inputs of these; None where they are its inputs.
    """
    given = [(types[name], shape) for name, shape in each.items()]
    bytes_ = sum(math.prod(shape) * sizes.item_bytes(type_) for type_, shape in given)
    if prepared is not None:  # what is made of a row may be larger than the row
        given = list(prepared.widths)
        made = sum(math.prod(shape) * sizes.item_bytes(type_) for type_, shape in given)
        bytes_ = max(bytes_, made)
    rows = sizes.block_rows(bytes_)
    return rows, min(rows, sizes.call_rows(given, facts))


def whole(signature: Signature) -> tuple[str, ...]:
    """Inputs that are given whole with every call."""
    if not signature.batched:
        return ()
    return tuple(one.name for one in signature.inputs if one.name not in signature.batched)


def calls(signature: Signature, rows: int, step: int) -> int:
    """How many calls of the model answer so many rows."""
    return -(-rows // step) if signature.batched else rows


def tensors(signature: Signature) -> tuple[str, ...]:
    """The outputs that can be fetched: all but maps and other containers."""
    return tuple(one.name for one in signature.outputs if one.container in {"tensor", "sequence"})
