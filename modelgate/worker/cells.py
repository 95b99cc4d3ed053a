"""Cells of columns as the buffers of a message to the worker: texts, bytes, missing ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.worker import wire


def packed(cells: Mapping[str, NDArray[Any]]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Descriptions and buffers, as `wire.pack` makes them; None stays None.

    Args:
        cells: by input (rows, ...): numbers, or objects that are all texts or all bytes, or None.
    """
    described: list[dict[str, Any]] = []
    buffers: list[Any] = []
    for name, array in cells.items():
        if array.dtype.kind != "O":
            about, buffer = wire.pack({name: array})
            described += about
            buffers += buffer
            continue
        flat = array.reshape(-1).tolist()
        raw = any(isinstance(one, bytes) for one in flat)
        distinct = [one for one in dict.fromkeys(flat) if one is not None]
        codes = {one: code for code, one in enumerate(distinct)}
        words = distinct if raw else [one.encode("utf-8", "replace") for one in distinct]
        described.append(
            {
                "name": name,
                "type": "bytes" if raw else "string",
                "shape": list(array.shape),
                "words": len(words),
                "letters": sum(map(len, words)),
                "missing": any(one is None for one in flat),
            }
        )
        buffers += [
            np.fromiter((codes.get(one, -1) for one in flat), np.int32, len(flat)),
            np.fromiter(map(len, words), np.int64, len(words)),
            np.frombuffer(b"".join(words), np.uint8),
        ]
    return described, buffers
