"""The answers to rows that a check made up before, from the same data, for the same model."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from hashlib import sha256
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from modelgate.asking import Raw
from modelgate.remembered_beside import Beside

KIND = "asked"
TEXTS = "texts:"
"""Before the name of an output whose texts are written as JSON."""


def answered_once(beside: Beside, rows: pa.RecordBatch, ask: Callable[[], Raw]) -> Raw:
    """What the model answered to these rows before, else what it answers now, which is kept.

    Args:
        beside: where it is remembered.
        rows: what the model is asked about.
        ask: asks it.
    """
    if not beside.stands:
        return ask()
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, rows.schema) as stream:
        stream.write_batch(rows)
    told = sha256(sink.getvalue()).hexdigest()
    known = beside.read(KIND, told)
    raw = None if known is None else _unpacked(known, len(rows))
    if raw is None:
        raw = ask()
        packed = _packed(raw)
        if packed is not None:
            beside.write(KIND, told, packed)
    return raw


def _packed(raw: Raw) -> bytes | None:
    """The answers as bytes; None where they are neither numbers nor texts."""
    arrays = {}
    for name, values in raw.items():
        if values.dtype != object:
            arrays[name] = values
        elif values.ndim == 1 and all(isinstance(value, str) for value in values.tolist()):
            content = json.dumps(values.tolist()).encode()
            arrays[TEXTS + name] = np.frombuffer(content, dtype=np.uint8)
        else:
            return None
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def _unpacked(content: bytes, rows: int) -> Raw | None:
    """The answers; None where these bytes hold none, or not as many."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            raw = {
                name.removeprefix(TEXTS): (
                    np.array(json.loads(values.tobytes()), dtype=object)
                    if name.startswith(TEXTS)
                    else values
                )
                for name, values in arrays.items()
            }
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return raw if raw and all(len(values) == rows for values in raw.values()) else None
