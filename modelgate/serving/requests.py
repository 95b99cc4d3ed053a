"""Requests of the Open Inference Protocol, read strictly; answers, written.

Source:
    KServe, "Open Inference Protocol", version 2, REST,
    https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from modelgate.escape import printable, shown
from modelgate.formats.endpoint.tensors import TYPES
from modelgate.model import Tensor
from modelgate.prepare import CELL, IMAGE
from modelgate.serving.opened import OpenModel

NAMES = {ours: theirs for theirs, ours in TYPES.items()} | {IMAGE: "BYTES", CELL: "BYTES"}
"""Our types as the protocol says them; a column may be sent as any."""
MOST_AXES = 8


class BadRequestError(Exception):
    """What was sent is no request that this model can answer; the message goes back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        identifier: to be sent back; None where none was sent.
        feeds: by input.
        rows: their number.
        outputs: those wanted.
    """

    identifier: str | None
    feeds: dict[str, NDArray[Any]]
    rows: int
    outputs: list[str]


def read_request(body: bytes, model: OpenModel, most_rows: int) -> Asked:
    """A request from its bytes.

    Args:
        body: not trusted.
        model: that is asked.
        most_rows: of a request.

    Raises:
        BadRequestError: it is none that this model can answer.
    """
    try:
        whole = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequestError(f"the body is no JSON: {printable(error, 120)}") from None
    if not isinstance(whole, dict):
        raise BadRequestError("the body is no JSON object")
    given = whole.get("inputs")
    if not isinstance(given, list):
        raise BadRequestError("'inputs' is no list")
    identifier = whole.get("id")
    if identifier is not None and not isinstance(identifier, str):
        raise BadRequestError("'id' is no text")
    feeds, rows = _feeds(given, model, most_rows)
    return Asked(identifier, feeds, rows, _outputs(whole.get("outputs"), model))


def written(
    answers: Mapping[str, NDArray[Any]],
    asked: Asked,
    model: OpenModel,
    parameters: Mapping[str, Any],
) -> bytes:
    """An answer's bytes.

    Args:
        answers: by output (rows, ...).
        asked: the request.
        model: that answered.
        parameters: of the answer.

    Raises:
        ValueError: a number is NaN or infinite, which JSON cannot say.
    """
    outputs = []
    for name in asked.outputs:
        values = answers[name] if model.batched else answers[name][0]
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ValueError(
                f"the model's output {shown(name, 60)} holds NaN or infinity, which JSON cannot say"
            )
        outputs.append(
            {
                "name": name,
                "shape": values.shape,
                "datatype": NAMES[_kind(values)],
                "data": values.ravel().tolist(),
            }
        )
    release = model.release
    whole: dict[str, Any] = {
        "model_name": release.name,
        "model_version": str(release.number),
        "outputs": outputs,
        "parameters": parameters,
    }
    if asked.identifier is not None:
        whole["id"] = asked.identifier
    return to_json(whole)


def described(tensor: Tensor) -> dict[str, Any]:
    """An input or output for the metadata; -1 is a free axis."""
    shape = [-1 if not isinstance(axis, int) else axis for axis in tensor.shape or (-1,)]
    return {"name": tensor.name, "datatype": NAMES.get(tensor.type, "BYTES"), "shape": shape}


def _feeds(
    given: Sequence[Any], model: OpenModel, most_rows: int
) -> tuple[dict[str, NDArray[Any]], int]:
    wanted = {one.name: one for one in model.inputs}
    feeds: dict[str, NDArray[Any]] = {}
    rows: int | None = None
    for one in given:
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or name not in wanted:
            raise BadRequestError(
                f"{_named(name)} is no input of this model; it takes {_listed(wanted)}"
            )
        if name in feeds:
            raise BadRequestError(f"the input {_named(name)} is given twice")
        values = _array(one, wanted[name])
        if model.batched and name in model.of_rows:
            if values.ndim == 0 or (rows is not None and len(values) != rows):
                raise BadRequestError(
                    f"the input {_named(name)} has another number of rows than the others"
                )
            rows = len(values)
        feeds[name] = values if model.batched else values[np.newaxis]
    missing = [name for name in wanted if name not in feeds]
    if missing:
        raise BadRequestError(f"the input {_named(missing[0])} is missing")
    count = 1 if rows is None else rows
    if not 1 <= count <= most_rows:
        raise BadRequestError(f"a request holds 1 to {most_rows:,} rows, and this one {count:,}")
    return feeds, count


def _array(one: Mapping[str, Any], tensor: Tensor) -> NDArray[Any]:
    """An input's values, of its own type and in a shape that the model takes."""
    name, kind, shape = tensor.name, one.get("datatype"), one.get("shape")
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadRequestError(f"the input {_named(name)} has the datatype {_named(kind)}")
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(map(_is_size, shape)):
        raise BadRequestError(f"the shape of the input {_named(name)} is no list of sizes")
    data = one.get("data")
    if not isinstance(data, list):
        raise BadRequestError(
            f"the input {_named(name)} has no list of data; binary data is not taken"
        )
    values = _values(data, str(kind), tensor)
    if values.size != prod(shape):
        raise BadRequestError(
            f"the input {_named(name)} holds {values.size:,} values, and its shape says"
            f" {prod(shape):,}"
        )
    return _shaped(values, shape, tensor)


def _shaped(values: NDArray[Any], shape: list[int], tensor: Tensor) -> NDArray[Any]:
    if tensor.type == CELL and len(shape) == 2 and shape[1] == 1:
        shape = shape[:1]
    declared = tensor.shape
    pixels = tensor.type == IMAGE and values.dtype == np.uint8
    if declared is not None and not pixels:
        agree = len(declared) == len(shape) and all(
            not isinstance(axis, int) or axis == size
            for axis, size in zip(declared, shape, strict=True)
        )
        if not agree:
            raise BadRequestError(
                f"the input {_named(tensor.name)} has the shape {shape}, and the model takes"
                f" {[axis if isinstance(axis, int) else -1 for axis in declared]}"
            )
    return values.reshape(shape)


def _values(data: list[Any], kind: str, tensor: Tensor) -> NDArray[Any]:
    """The numbers or texts, flat, of the type that the model takes."""
    ours = TYPES[kind]
    if tensor.type not in {ours, CELL, IMAGE}:
        raise BadRequestError(
            f"the input {_named(tensor.name)} is {NAMES.get(tensor.type, tensor.type)}, not {kind}"
        )
    if ours == "string":
        return _texts(data, tensor)
    try:
        found = np.asarray(data).ravel()
    except ValueError:  # lists of different lengths
        raise _no_numbers(tensor, kind) from None
    allowed = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}[np.dtype(ours).kind]
    if found.size and found.dtype.kind not in allowed:
        raise _no_numbers(tensor, kind)
    target = np.dtype(ours)
    if found.size and target.kind in "iu":
        least, most = np.iinfo(target).min, np.iinfo(target).max
        if found.min() < least or found.max() > most:
            raise _no_numbers(tensor, kind)
    with np.errstate(over="ignore"):
        made = found.astype(target)
    if target.kind == "f" and not np.isfinite(made).all():
        raise _no_numbers(tensor, kind)
    return made


def _texts(data: list[Any], tensor: Tensor) -> NDArray[Any]:
    flat = list(_flattened(data))
    if not all(isinstance(one, str) for one in flat):
        raise BadRequestError(f"the input {_named(tensor.name)} holds what is no text")
    made = np.empty(len(flat), dtype=object)
    made[:] = [_decoded(one, tensor) for one in flat] if tensor.type == IMAGE else flat
    return made


def _flattened(data: list[Any]) -> Any:
    for one in data:
        if isinstance(one, list):
            yield from _flattened(one)
        else:
            yield one


def _decoded(text: str, tensor: Tensor) -> bytes:
    """The bytes of an image."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequestError(
            f"the input {_named(tensor.name)} takes the bytes of images, in base64"
        ) from None


def _outputs(asked: Any, model: OpenModel) -> list[str]:
    there = [one.name for one in model.outputs]
    if asked is None:
        return there
    if not isinstance(asked, list):
        raise BadRequestError("'outputs' is no list")
    names = []
    for one in asked:
        name = one.get("name") if isinstance(one, dict) else None
        if name not in there or name in names:
            raise BadRequestError(
                f"{_named(name)} is no output of this model, or asked for twice; it gives"
                f" {_listed(there)}"
            )
        names.append(str(name))
    return names or there


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40


def _kind(values: NDArray[Any]) -> str:
    return "string" if values.dtype.kind in "OUS" else values.dtype.name


def _no_numbers(tensor: Tensor, kind: str) -> BadRequestError:
    return BadRequestError(f"the input {_named(tensor.name)} holds what is no {kind}")


def _named(name: Any) -> str:
    return f"'{printable(name, 60)}'"


def _listed(names: Any) -> str:
    return ", ".join(_named(name) for name in list(names)[:20])
