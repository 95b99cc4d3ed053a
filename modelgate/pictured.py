"""Images that the cells of a column name, hold as the bytes of a file, or are."""

from __future__ import annotations

import re
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
_NAMED = re.compile(r".+\.(png|jpe?g|bmp|gif|ppm|tiff?|webp)", re.IGNORECASE)
_BEGIN = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"P5", b"P6", b"RIFF")


class Pictured:
    """The images of one data set.

    Attributes:
        files: those beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.files = ImageFiles(folder)

    def shown_by(self, column: pa.Array) -> bool:
        """Whether its cells are images, as the first that is not missing tells.

        A text is the name of one where there is such a file. Without pillow no file is an image.
        """
        if is_tensor(column.type):
            return len(tensor_shape(column.type)) > 1  # of one dimension it is a vector
        return self._files(column) and _pillow() is not None

    def contents(self, column: pa.Array) -> pa.Array | None:
        """(n,) a digest of each image file that a cell names, and the cell where there is no file.

        None for a column that names none, as its first cell tells.
        """
        if not is_text(column.type) or not self._files(column):
            return None
        files = [(cell, self.content(cell)) for cell in plain(column).to_pylist()]
        found = [cell if file is None else sha256(file).hexdigest() for cell, file in files]
        return texts_of(found, pa.string())

    def _files(self, column: pa.Array) -> bool:
        if not (is_text(column.type) or is_binary(column.type)) or column.null_count == len(column):
            return False
        first = next(cell for cell in plain(column) if cell.is_valid)
        content = self.content(first.as_py())
        return content is not None and content.startswith(_BEGIN)

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

    def grey(self, column: pa.Array, chosen: NDArray[np.intp]) -> list[Grey | None]:
        """The brightness of each pixel of some cells' images.

        Args:
            column: whose cells are images.
            chosen: (k,) which of them.

        Returns:
            k arrays (height, width), in the unit of the pixels; None where a cell is missing, or
            cannot be read as an image.
        """
        some = column.take(index_of(chosen))
        if not is_tensor(column.type):
            return [self._decoded(cell) for cell in plain(some).to_pylist()]
        there = np.flatnonzero(~np.array(some.is_null().to_pylist(), dtype=np.bool_))
        found: list[Grey | None] = [None] * len(chosen)
        for place, pixels in zip(there, tensor(some.drop_null()), strict=True):
            found[place] = grey_of(pixels)
        return found

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


def _pillow() -> Any:
    try:
        return pillow()[0]
    except UnpreparedError:
        return None
