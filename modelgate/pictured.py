"""Images that the cells of a column name, hold as the bytes of a file, or are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_binary, is_tensor, is_text, tensor, tensor_shape
from modelgate.cells import index_of, plain, texts_of
from modelgate.errors import DataError, RefusedError
from modelgate.image_files import ImageFiles
from modelgate.prepare import UnpreparedError
from modelgate.prepare.decoding import opened, pillow

Grey = NDArray[np.float64]
_NAMED = re.compile(r".+\.(png|jpe?g|jfif|bmp|gif|p[bgnp]m|tiff?|webp)", re.IGNORECASE)
_BEGIN = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|II\*\0|MM\0\*|P[1-6]\s|RIFF....WEBP", re.DOTALL)
_ASKED = 16
"""Cells that tell what a column holds: one file that is gone or broken decides nothing."""


class Pictured:
    """The images of one data set.

    Attributes:
        files: those beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.files = ImageFiles(folder)

    def shown_by(self, column: pa.Array) -> bool:
        """Whether its cells are images, as most of the first that are not missing tell.

        Texts are names of images where there is such a file. Without pillow no file is an image.
        """
        if is_tensor(column.type):
            return len(tensor_shape(column.type)) in {2, 3}  # of one dimension it is a vector
        return self._files(column) and _pillow() is not None

    def contents(self, column: pa.Array) -> pa.Array | None:
        """(n,) a digest of each image file that a cell names, and the cell where there is no file.

        None for a column whose first cells look like no such names.
        """
        if not is_text(column.type) or not any(map(_NAMED.fullmatch, _first(column))):
            return None
        return texts_of([self._digest(cell) for cell in plain(column).to_pylist()], pa.string())

    def _digest(self, cell: str | None) -> str | None:
        content = self.content(cell)
        return cell if content is None else sha256(content).hexdigest()

    def _files(self, column: pa.Array) -> bool:
        if is_text(column.type):
            cells = _first(column)
            named = [cell for cell in cells if _NAMED.fullmatch(cell)]
            return len(named) > len(cells) / 2 and any(map(self._begins, named))
        if is_binary(column.type):
            cells = _first(column)
            return sum(map(self._begins, cells)) > len(cells) / 2
        return False

    def _begins(self, cell: str | bytes) -> bool:
        """Whether it begins as an image does."""
        content = self.content(cell)
        return content is not None and _BEGIN.match(content) is not None

    def content(self, cell: str | bytes | None) -> bytes | None:
        """The bytes of the file that a cell names or holds; None where it does neither."""
        if not isinstance(cell, str):
            return cell
        if not _NAMED.fullmatch(cell):
            return None
        try:
            return self.files.read(cell)
        except (DataError, RefusedError):  # no name, or one that leads elsewhere
            return None

    def grey(self, column: pa.Array, chosen: NDArray[np.intp]) -> Iterator[Grey | None]:
        """The brightness of each pixel of some cells' images.

        Args:
            column: whose cells are images.
            chosen: (k,) which of them.

        Yields:
            k arrays (height, width), in the unit of the pixels; None where a cell is missing, or
            cannot be read as an image. One after the other: decoded, a block's may not fit into
            memory.
        """
        some = plain(column).take(index_of(chosen))
        if not is_tensor(some.type):
            for cell in some:
                yield self._decoded(cell.as_py())
            return
        pixels = iter(tensor(some.drop_null()))
        for valid in some.is_valid().to_pylist():
            yield _finite(grey_of(next(pixels))) if valid else None

    def _decoded(self, cell: str | bytes | None) -> Grey | None:
        content, pil = self.content(cell), _pillow()
        if content is None or pil is None:
            return None
        try:
            return np.asarray(opened(content, "L", pil, 0), dtype=np.float64)
        except UnpreparedError:
            return None


def grey_of(pixels: NDArray[Any]) -> Grey:
    """(height, width) the mean over the channels of an array, wherever its channels are."""
    values = pixels.astype(np.float64)
    if values.ndim < 3:
        return values
    first = values.shape[0] in {1, 3, 4} and values.shape[-1] not in {1, 3, 4}
    return np.asarray(values.mean(axis=0 if first else -1))


def _finite(grey: Grey) -> Grey | None:
    """The image, unless it has no pixel, or one that is no number."""
    return grey if grey.size and np.isfinite(grey).all() else None


def _first(column: pa.Array) -> list[Any]:
    """Some cells that are not missing."""
    some = column.drop_null().slice(0, _ASKED)
    return list(plain(some).drop_null().to_pylist())


def _pillow() -> Any:
    try:
        return pillow()[0]
    except UnpreparedError:
        return None
