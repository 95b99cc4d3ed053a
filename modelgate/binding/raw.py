"""Columns of raw inputs: texts, images, cells that are prepared where the model runs."""

from __future__ import annotations

import pyarrow as pa

from modelgate.arrays import is_binary, is_number, is_tensor, is_text, tensor_shape
from modelgate.model import Signature
from modelgate.prepare import CELL, IMAGE

_TOKENS = ("input_ids", "attention_mask", "token_type_ids")


def is_image(kind: pa.DataType) -> bool:
    """Whether a column can hold images: names of files, their bytes, or arrays of uint8."""
    pixels = is_tensor(kind) and len(tensor_shape(kind)) in {2, 3} and _element(kind) == pa.uint8()
    return is_text(kind) or is_binary(kind) or pixels


FITS = {"string": is_text, IMAGE: is_image}
"""Types of inputs of which the column can be told by its own type."""
TAKEN = {
    "string": "text",
    IMAGE: "images: names of files, their bytes, or arrays of uint8 (height, width[, channels])",
    CELL: "numbers, texts or bytes",
}
"""What an input of a type takes, for messages."""


def takes(type_: str, kind: pa.DataType) -> bool:
    """Whether an input of this type can be fed by a column of that kind."""
    if type_ == "string":
        return is_text(kind) or is_number(kind)
    if type_ == IMAGE:
        return is_image(kind)
    cell = type_ == CELL and (is_text(kind) or is_binary(kind))
    return cell or is_number(kind) or is_tensor(kind)


def hint_to_prepare(signature: Signature, schema: pa.Schema) -> str | None:
    """What to write in a suite, where the data seems to hold what the model is to be fed from."""
    kinds = [schema.field(name).type for name in schema.names]
    if any(one.name in _TOKENS for one in signature.inputs) and any(map(is_text, kinds)):
        return (
            "the model takes tokens: name its tokenizer in a suite,"
            " `model: {prepare: {tokenizer: tokenizer.json}}`"
        )
    rows = [signature.row_shape(one) for one in signature.inputs]
    pictures = len(rows) == 1 and rows[0] is not None and len(rows[0]) >= 3
    if pictures and any(is_text(kind) or is_binary(kind) for kind in kinds):
        return (
            "where a column names image files or holds their bytes, say so in a suite:"
            " `model: {prepare: {image: {scale: 1/255}}}`"
        )
    return None


def _element(kind: pa.DataType) -> pa.DataType:
    while pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return kind
