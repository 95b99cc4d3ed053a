"""Which columns feed which input."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod

import pyarrow as pa

from modelgate.arrays import is_number, is_tensor, is_text, tensor_shape
from modelgate.binding import Feed, listed
from modelgate.binding.raw import FITS, TAKEN, hint_to_prepare, takes
from modelgate.errors import ModelError, Where
from modelgate.model import Signature, Tensor
from modelgate.prepare import CELL, IMAGE

INDEX_NAMES = ("Unnamed: 0", "__index_level_0__")
"""What the index of a pandas frame is called in a file."""
USUAL_TARGETS = ("target", "label", "labels", "y", "class", "outcome")
"""Names that a target column has so often that it need not be named."""


def find_target(schema: pa.Schema, signature: Signature, named: Mapping[str, object]) -> str | None:
    """The column that holds the right answer, where only one can be meant.

    Args:
        schema: of the data.
        signature: of the model.
        named: the inputs whose columns the suite names.

    Returns:
        Its name; None where it has to be told.
    """
    names: list[str] = schema.names
    matched = _by_name(signature, schema, names) if signature.inputs and not named else None
    left = [name for name in names if matched is None or name not in matched.values()]
    usual = [name for name in left if name.casefold() in USUAL_TARGETS]
    if len(usual) == 1:
        return usual[0]
    if usual or named or not signature.inputs:
        return None
    if matched is None:
        left = _left_over(signature, schema)
    return left[0] if len(left) == 1 else None


def _left_over(signature: Signature, schema: pa.Schema) -> list[str]:
    """Columns of text, where those of numbers fill the model's one input exactly."""
    first, *others = signature.inputs
    shape = signature.row_shape(first)
    if others or first.type in {"string", IMAGE, CELL} or shape is None or None in shape:
        return []
    numeric = [name for name in schema.names if is_number(schema.field(name).type)]
    if len(numeric) != prod(axis or 1 for axis in shape):
        return []
    return [name for name in schema.names if is_text(schema.field(name).type)]


def bind_inputs(
    signature: Signature,
    schema: pa.Schema,
    *,
    apart: Sequence[str | None] = (),
    named: Mapping[str, tuple[str, ...]] | None = None,
    where: Where | None = None,
) -> tuple[tuple[Feed, ...], list[str]]:
    """Match the model's inputs with columns: as told, by name, as one matrix, or by order.

    Args:
        signature: of the model.
        schema: of the data.
        apart: columns that no input may take: target, weights.
        named: input -> columns, where the suite tells them.
        where: the place of the suite's `model:` block, for messages.

    Returns:
        One feed an input, and what was taken for what, in sentences.

    Raises:
        ModelError: MG3101 to MG3106, they do not fit, or it is unclear how.
    """
    free = [name for name in schema.names if name not in set(apart)]
    inputs = signature.inputs
    if named:
        columns = _as_told(inputs, named, schema.names, where)
        how = "as the suite names them"
    elif (matched := _by_name(signature, schema, free)) is not None:
        columns = {name: (column,) for name, column in matched.items()}
        how = "by name"
    elif len(inputs) == 1:
        columns = {inputs[0].name: _matrix(inputs[0], signature, schema, free)}
        how = "in the order of the file"
    else:
        raw = hint_to_prepare(signature, schema)
        columns = {one.name: (column,) for one, column in _by_order(inputs, free, raw)}
        how = "by order"
    feeds = tuple(_feed(one, signature, columns[one.name], schema) for one in inputs)
    return feeds, [_sentence(feeds, how)]


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", name.casefold())


def _by_name(
    signature: Signature, schema: pa.Schema, columns: Sequence[str]
) -> dict[str, str] | None:
    """Input -> column of the same name (case and punctuation apart); None unless all match."""
    inputs = signature.inputs
    matched = _named_alike(inputs, columns)
    if matched is None or len(inputs) > 1:
        return matched
    wide = prod(axis or 1 for axis in signature.row_shape(inputs[0]) or ())
    if wide > 1 and is_number(schema.field(matched[inputs[0].name]).type):
        return None  # a matrix X, and by chance one of its columns is called x
    return matched


def _named_alike(inputs: Sequence[Tensor], columns: Sequence[str]) -> dict[str, str] | None:
    exact = set(columns)
    if all(one.name in exact for one in inputs):
        return {one.name: one.name for one in inputs}
    loose: dict[str, str] = {}
    for column in columns:
        if _plain(column) in loose:
            return None
        loose[_plain(column)] = column
    found = {one.name: loose.get(_plain(one.name)) for one in inputs}
    if any(column is None for column in found.values()):
        return None
    return {name: column for name, column in found.items() if column is not None}


def _as_told(
    inputs: Sequence[Tensor],
    named: Mapping[str, tuple[str, ...]],
    columns: Sequence[str],
    where: Where | None,
) -> dict[str, tuple[str, ...]]:
    known = [one.name for one in inputs]
    for name in named:
        if name not in known:
            raise ModelError(
                "MG3101",
                f"the model has no input {name!r}; its inputs are {listed(known)}",
                where=where,
            )
    for name in known:
        if name not in named:
            raise ModelError(
                "MG3102", f"model.inputs does not say which columns feed {name!r}", where=where
            )
    for name, wanted in named.items():
        absent = [column for column in wanted if column not in columns]
        if absent:
            raise ModelError(
                "MG3103",
                f"input {name!r} is to be fed by {listed(absent)}, which the data does not have;"
                f" its columns are {listed(list(columns))}",
                where=where,
            )
    return dict(named)


def _matrix(
    one: Tensor, signature: Signature, schema: pa.Schema, free: Sequence[str]
) -> tuple[str, ...]:
    shape = signature.row_shape(one)
    tensors = [name for name in free if is_tensor(schema.field(name).type)]
    if len(tensors) == 1:
        return (tensors[0],)
    wanted = None if shape is None or None in shape else prod(axis or 1 for axis in shape)
    if wanted is not None and len(free) == wanted + 1:
        # One too many, and it is the index that pandas writes beside the columns.
        free = [name for name in free if name not in INDEX_NAMES]
    if wanted is None or len(free) == wanted:
        return tuple(free)
    fits = FITS.get(one.type, is_number)
    fitting = [name for name in free if fits(schema.field(name).type)]
    if len(fitting) == 1 and one.type in FITS:
        return (fitting[0],)
    hint = hint_to_prepare(signature, schema) or (
        "say in a suite which, in order:"
        f" `model: {{inputs: {{{one.name}: [{listed(fitting[:3])}, ...]}}}}`"
    )
    missing = f" and {len(free)} other columns" if free else " and nothing else"
    raise ModelError(
        "MG3104",
        f"the model's input {one.name!r} takes {wanted} values a row; the data has the target"
        f"{missing}: {listed(list(free))}",
        hint=hint,
    )


def _by_order(
    inputs: Sequence[Tensor], free: Sequence[str], raw: str | None
) -> list[tuple[Tensor, str]]:
    loose = {_plain(column) for column in free}
    absent = [one.name for one in inputs if _plain(one.name) not in loose]
    if len(absent) < len(inputs):
        raise ModelError(
            "MG3105",
            f"the data has no column for {listed(absent)}, which the model takes as input;"
            f" its columns are {listed(list(free))}",
            hint=raw
            or "rename the columns, or say in a suite which feeds what: `model: {inputs: ...}`",
        )
    if len(inputs) != len(free):
        raise ModelError(
            "MG3104",
            f"the model takes {len(inputs)} inputs ({listed([one.name for one in inputs])}); the"
            f" data has {len(free)} columns besides the target, under other names",
            hint=raw
            or "say in a suite which feeds what:"
            f" `model: {{inputs: {{{inputs[0].name}: [COLUMN], ...}}}}`",
        )
    return list(zip(inputs, free, strict=True))


def _feed(one: Tensor, signature: Signature, columns: tuple[str, ...], schema: pa.Schema) -> Feed:
    """One input with its columns, once types and width are known to fit."""
    for name in columns:
        kind = schema.field(name).type
        if takes(one.type, kind):
            continue
        raise ModelError(
            "MG3106",
            f"column {name!r} holds {_kind(kind)}, but the model's input {one.name!r} takes"
            f" {TAKEN.get(one.type, 'numbers')}",
            hint="leave it out in a suite under `model: {inputs: ...}`, or encode it as the model"
            " was trained; numbers with a decimal comma are text",
        )
    if one.type in {IMAGE, CELL}:
        if len(columns) > 1:
            raise ModelError(
                "MG3104",
                f"{one.name!r} is one column, not {len(columns)}: {listed(list(columns))}",
            )
        return Feed(one.name, one.type, columns, ())
    declared = signature.row_shape(one)
    kind = schema.field(columns[0]).type
    given = tensor_shape(kind) if len(columns) == 1 and is_tensor(kind) else (len(columns),)
    shape = _reconciled(declared, given)
    if shape is None:
        wanted = "x".join("?" if axis is None else str(axis) for axis in declared or ())
        raise ModelError(
            "MG3104",
            f"the model's input {one.name!r} takes {wanted or 'one'} values a row; the columns"
            f" {listed(list(columns))} give {'x'.join(map(str, given))}",
            hint=f"name the right ones in a suite: `model: {{inputs: {{{one.name}: [...]}}}}`",
        )
    return Feed(one.name, one.type, columns, shape)


def _reconciled(
    declared: tuple[int | None, ...] | None, given: tuple[int, ...]
) -> tuple[int, ...] | None:
    """The shape of a row that both sides can mean; None where there is none."""
    if declared is None:
        return given
    size = prod(given)
    free = [axis for axis in declared if axis is None]
    fixed = prod(axis for axis in declared if axis is not None)
    if not free:
        return tuple(axis or 1 for axis in declared) if fixed == size else None
    if len(free) == len(given) == len(declared):
        return given
    if len(free) == 1 and fixed and size % fixed == 0:
        return tuple(size // fixed if axis is None else axis for axis in declared)
    return None


def _kind(kind: pa.DataType) -> str:
    if is_text(kind):
        return "text"
    if is_number(kind):
        return "numbers"
    return "dates or times" if pa.types.is_temporal(kind) else str(kind)


def _sentence(feeds: Sequence[Feed], how: str) -> str:
    if len(feeds) == 1:
        feed = feeds[0]
        count = len(feed.columns)
        what = f"column {feed.columns[0]!r}" if count == 1 else f"{count} columns {how}"
        return f"input {feed.tensor!r}: {what}"
    return f"{len(feeds)} inputs: one column each, {how}"
