"""The few types that columns come in, whatever a file or a library calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from modelgate.errors import DataError, Where, did_you_mean
from modelgate.escape import shown


def settled(kind: pa.DataType) -> pa.DataType:
    """The type that a column of `kind` is given out as.

    Text is `string`, or `dictionary<int32, string>` where it came as categories; other categories
    are given as their values, decimals and columns without any value as float64, extension types
    as what they store.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return settled(kind.storage_type)
    if pa.types.is_dictionary(kind):
        values = settled(kind.value_type)
        return pa.dictionary(pa.int32(), values) if values == pa.string() else values
    if pa.types.is_large_string(kind) or _is_view(kind, "string_view"):
        return pa.string()
    if pa.types.is_large_binary(kind) or _is_view(kind, "binary_view"):
        return pa.binary()
    if pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return pa.float64()
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(settled(kind.value_type), kind.list_size)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(settled(kind.value_type))
    return kind


def _is_view(kind: pa.DataType, name: str) -> bool:
    return str(kind) == name


def settled_schema(schema: pa.Schema, file: str) -> pa.Schema:
    """The schema with settled types and without metadata.

    Raises:
        DataError: MG3508 two columns share a name, MG3509 a column has none.
    """
    check_names(schema.names, Where(file))
    return pa.schema([pa.field(field.name, settled(field.type)) for field in schema])


def check_names(names: Sequence[str], where: Where) -> None:
    """Every column has a name of its own.

    Raises:
        DataError: MG3508 two columns share a name, MG3509 a column has none.
    """
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise DataError(
                "MG3509",
                f"column {number} of {len(names)} has no name",
                where=where,
                hint="name it in the header",
            )
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DataError(
            "MG3508",
            f"more than one column is called {shown(twice[0])}",
            where=where,
            hint="rename one of them",
        )


def settle(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of `schema`, in its order, in its types."""
    columns = [
        _cast(batch.column(batch.schema.get_field_index(field.name)), field.type)
        for field in schema
    ]
    if not columns:
        return batch.select([])
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: Any, kind: pa.DataType) -> Any:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if column.type == kind:
        return column
    if pa.types.is_dictionary(column.type):
        if not pa.types.is_dictionary(kind):
            return column.dictionary_decode().cast(kind)
        return pa.DictionaryArray.from_arrays(
            column.indices.cast(pa.int32()), column.dictionary.cast(pa.string())
        )
    return column.cast(kind)


def chosen(schema: pa.Schema, columns: Sequence[str] | None, file: str) -> pa.Schema:
    """The schema of the asked columns, in the order asked.

    Raises:
        DataError: MG3520, there is no such column.
    """
    if columns is None:
        return schema
    for name in columns:
        if name not in schema.names:
            raise DataError(
                "MG3520",
                f"there is no column {shown(name)}; {did_you_mean(name, schema.names)}",
                where=Where(file),
            )
    return pa.schema([schema.field(name) for name in columns])
