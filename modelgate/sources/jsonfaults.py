"""Which line of a JSON lines file the parser stumbled over, and why. Runs only when it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from modelgate.errors import DataError, Where, did_you_mean
from modelgate.escape import printable, shown
from modelgate.sources.columns import check_names

_TEXT, _NUMBER, _TRUTH, _LIST, _OBJECT = "text", "numbers", "true and false", "lists", "objects"


def keys_of(block: bytes, where: Where) -> tuple[str, ...]:
    """The keys of the first row, which are the columns.

    Raises:
        DataError: MG3521 it is no object, MG3508 and MG3509 its keys are no names of columns.
    """
    lines = block.split(b"\n")
    number, first = next((i, line) for i, line in enumerate(lines) if line.strip())
    where = Where(where.file, (where.line or 1) + number)
    if first.lstrip().startswith(b"["):
        raise DataError(
            "MG3521",
            "this is a JSON array, not one object a line",
            where=where,
            hint="write it with pandas: to_json(file, orient='records', lines=True)",
        )
    keys = tuple(_row(first, where))
    if not keys:
        raise DataError("MG3521", "the first row has no keys", where=where, hint="name the values")
    check_names(keys, where)
    return keys


def first_fault(
    block: tuple[int, bytes], kinds: Mapping[str, pa.DataType] | None, name: str
) -> DataError | None:
    """What is wrong with the first wrong line.

    Args:
        block: the number of its first line, and its lines.
        kinds: what the columns are known to hold; None where only the first row's keys count.
        name: the file's.
    """
    known = {key: _kind_of(kind) for key, kind in (kinds or {}).items()}
    for number, line in enumerate(block[1].split(b"\n"), start=block[0]):
        if not line.strip():
            continue
        where = Where(name, number)
        try:
            row = _row(line, where)
        except DataError as error:
            return error
        known = known or dict.fromkeys(row)
        for key, value in row.items():
            if fault := _misfit(key, value, known, where):
                return fault
    return None


def _misfit(key: str, value: Any, known: dict[str, str | None], where: Where) -> DataError | None:
    if key not in known:
        return DataError(
            "MG3526",
            f"the row has a key {shown(key)} that the first row has not;"
            f" {printable(did_you_mean(key, known), 120)}",
            where=where,
            hint="give every row the same keys, and null where a value is missing",
        )
    kind = _spoken(value)
    if kind == _OBJECT:
        return DataError(
            "MG3521",
            f"key {shown(key)} holds an object, where a table has one value",
            where=where,
            hint="give each of its values a key of its own",
        )
    if kind is not None and known[key] not in {None, kind}:
        return DataError(
            "MG3512",
            f"the row says {shown(json.dumps(value))} where column {shown(key)} holds {known[key]}",
            where=where,
            hint="give every value of a key one kind, and null where it is missing",
        )
    known[key] = known[key] or kind
    return None


def _row(line: bytes, where: Where) -> dict[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=_unique)
    except RecursionError:
        raise _not_json("it is nested too deeply", where) from None
    except ValueError as error:
        raise _not_json(printable(error, 120), where) from error
    if not isinstance(row, dict):
        raise _not_json("a row must be an object: {...}", where)
    return row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("a key is there twice")
    return row


def _not_json(why: str, where: Where) -> DataError:
    return DataError(
        "MG3521",
        f"this line is not a row of JSON: {why}",
        where=where,
        hint="write one object a line, {...}, without commas between the lines",
    )


def _spoken(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _TRUTH
    if isinstance(value, int | float):
        return _NUMBER
    if isinstance(value, dict):
        return _OBJECT
    if isinstance(value, list):
        nested = any(isinstance(one, dict) for one in value)
        return _OBJECT if nested else _LIST
    return _TEXT


def _kind_of(kind: pa.DataType) -> str | None:
    if pa.types.is_null(kind):
        return None
    if pa.types.is_boolean(kind):
        return _TRUTH
    if pa.types.is_list(kind):
        return _LIST
    return _TEXT if pa.types.is_string(kind) else _NUMBER
