"""Which state gathers a column: by its type."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from modelgate.arrays import is_binary, is_number, is_tensor, is_text, tensor_shape
from modelgate.profiles.column import ColumnState, Opaque
from modelgate.profiles.image_cells import ImageCells
from modelgate.profiles.ordered import Numbers, Times
from modelgate.profiles.pictures import Pictures
from modelgate.profiles.words import Words


def state_of(field: pa.Field, folder: Path = Path()) -> ColumnState:
    """An empty state of a column.

    Args:
        field: of the data set.
        folder: what the names of files in its cells are relative to.
    """
    kind = field.type
    if pa.types.is_boolean(kind) or is_text(kind):
        return Words(field.name, kind, folder)
    if is_binary(kind):
        return ImageCells(field.name, kind, folder)
    if is_number(kind):
        return Numbers(field.name, kind)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Times(field.name, kind)
    if pa.types.is_dictionary(kind) and is_number(kind.value_type):
        return Words(field.name, kind)
    if is_tensor(kind) and len(tensor_shape(kind)) > 1:  # of one dimension it is a vector
        return Pictures(field.name, kind)
    return Opaque(field.name, kind)
