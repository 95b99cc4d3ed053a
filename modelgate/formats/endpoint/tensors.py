"""Arrays as the JSON of the Open Inference Protocol, and back; what comes is believed in nothing.

Source:
    KServe, "Open Inference Protocol", version 2, REST,
    https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.refusal import Refusal
from modelgate.model import Shape, Tensor

TYPES: Mapping[str, str] = {
    "BOOL": "bool",
    **{f"INT{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"float{bits}" for bits in (16, 32, 64)},
    "BYTES": "string",
}
"""The protocol's types, and ours."""
_NAMES = {ours: theirs for theirs, ours in TYPES.items()}
_MOST_NAME, _MOST_AXES, _MOST_AXIS = 300, 8, 1 << 40


def nonsense(what: str) -> Refusal:
    """An answer that is none."""
    return Refusal("MG4081", f"answered nonsense: {what}")


def input_of(name: str, values: NDArray[Any]) -> dict[str, Any]:
    """One input of a request.

    Args:
        name: the model's.
        values: of any shape; numbers, booleans, or objects that are texts.

    Raises:
        Refusal: MG3164, a number is NaN or infinite, which JSON cannot say.
    """
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise Refusal(
            "MG3164",
            f"takes its input {name!r} as JSON, which can say neither a missing number nor an"
            " infinite one",
            "fill missing values as the model's training did, before the gate sees them",
        )
    kind = "string" if values.dtype.kind in "OU" else values.dtype.name
    data = values.ravel().tolist()
    return {"name": name, "shape": list(values.shape), "datatype": _NAMES[kind], "data": data}


def outputs_of(found: object) -> dict[str, NDArray[Any]]:
    """The outputs of an answer, by name.

    Args:
        found: the answer's JSON, read.

    Raises:
        Refusal: MG4081, it is no answer of the protocol, or its numbers are none of their type.
    """
    outputs = found.get("outputs") if isinstance(found, dict) else None
    if not isinstance(outputs, list) or not outputs:
        raise nonsense("it has no list of outputs")
    made: dict[str, NDArray[Any]] = {}
    for one in outputs:
        name, kind, shape = declared(one)
        if any(size is None for size in shape):
            raise nonsense(f"output {name!r} has a shape with free axes")
        if name in made:
            raise nonsense(f"two outputs are called {name!r}")
        made[name] = _array(name, kind, shape, one.get("data"))
    return made


def declared(one: object) -> tuple[str, str, Shape]:
    """Name, type and shape of an input or output, in metadata or in an answer; -1 is a free axis.

    Raises:
        Refusal: MG4081, it is none.
    """
    match one:
        case {"name": str(name), "datatype": str(kind), "shape": list(shape)}:
            pass
        case _:
            raise nonsense("an input or output without name, datatype or shape")
    if not 0 < len(name) <= _MOST_NAME or not name.isprintable():
        raise nonsense("an input or output with a name that is none")
    if kind not in TYPES:
        raise nonsense(f"{name!r} has the datatype {kind[:40]!r}, which the protocol does not know")
    whole = all(type(size) is int and -1 <= size <= _MOST_AXIS for size in shape)
    if not whole or len(shape) > _MOST_AXES:
        raise nonsense(f"{name!r} has an impossible shape")
    return name, TYPES[kind], tuple(None if size == -1 else size for size in shape)


def tensors_of(found: object) -> tuple[Tensor, ...]:
    """The inputs or outputs that metadata declares.

    Raises:
        Refusal: MG4081, it is no list of them, or two have one name.
    """
    if not isinstance(found, list):
        raise nonsense("its inputs and outputs are no lists")
    made = tuple(Tensor(*declared(one)) for one in found[:1000])
    if len({one.name for one in made}) < len(made):
        raise nonsense("two inputs or outputs have one name")
    return made


def _array(name: str, kind: str, shape: Shape, data: object) -> NDArray[Any]:
    if not isinstance(data, list):
        raise nonsense(f"output {name!r} has no list of data")
    flat = _flat(name, data, len(shape))
    size = prod(axis for axis in shape if isinstance(axis, int))
    if len(flat) != size:
        raise nonsense(f"output {name!r} of shape {list(shape)} holds {len(flat)} values")
    kinds = {type(value) for value in flat}
    if kind == "string":
        return _texts(name, flat, kinds).reshape(_sizes(shape))
    if kind.startswith("float"):
        return _floats(name, kind, flat, kinds).reshape(_sizes(shape))
    if not kinds <= ({bool, int} if kind == "bool" else {int}):
        raise _strange(name, kind, kinds)
    least, most = (0, 1) if kind == "bool" else (np.iinfo(kind).min, np.iinfo(kind).max)
    if flat and not (least <= min(flat) and max(flat) <= most):
        raise nonsense(f"output {name!r} holds numbers that are no {kind}")
    return np.array(flat, dtype=kind).reshape(_sizes(shape))


def _flat(name: str, data: list[Any], rank: int) -> list[Any]:
    """The values of a list that may be nested as deep as the shape has axes."""
    for _ in range(rank - 1):
        if not data or not isinstance(data[0], list):
            break
        if not all(type(part) is list for part in data):
            raise nonsense(f"output {name!r} holds lists and values mixed")
        data = list(chain.from_iterable(data))
    return data


def _floats(name: str, kind: str, flat: list[Any], kinds: set[type]) -> NDArray[Any]:
    """NaN, and the null that servers write for it, come as they are: they pass no check."""
    if not kinds <= {int, float, type(None)}:
        raise _strange(name, kind, kinds)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.array(flat, dtype=np.float64).astype(kind)
    except OverflowError:
        raise nonsense(f"output {name!r} holds numbers that are no {kind}") from None


def _texts(name: str, flat: list[Any], kinds: set[type]) -> NDArray[Any]:
    if not kinds <= {str}:
        raise _strange(name, "string", kinds)
    try:
        "".join(flat).encode()
    except UnicodeEncodeError:
        raise nonsense(f"output {name!r} holds half a character") from None
    return np.array(flat, dtype=object)


def _strange(name: str, kind: str, kinds: set[type]) -> Refusal:
    found = ", ".join(sorted(one.__name__ for one in kinds))
    return nonsense(f"output {name!r} is to be {kind} and holds {found}")


def _sizes(shape: Sequence[int | str | None]) -> tuple[int, ...]:
    return tuple(axis for axis in shape if isinstance(axis, int))
