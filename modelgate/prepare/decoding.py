"""Files and arrays as images of pillow's."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.prepare import UnpreparedError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
"""Formats that are decoded; others, such as EPS, start programs."""
MOST_PIXELS = 64_000_000
"""Pixels of one image: a small file can unfold into any number of them."""


def opened(given: Any, mode: str, pil: Any, row: int) -> Any:
    """One image of pillow's.

    Args:
        given: the bytes of a file, or an array of uint8 (height, width), perhaps with 1, 3 or 4
            channels last.
        mode: "L" or "RGB".
        pil: the module `PIL.Image`.
        row: its position, for messages.

    Raises:
        UnpreparedError: MG3540 it is no image, MG3541 it is too large.
    """
    if given is None:
        raise UnpreparedError("MG3540", "is given no image", row=row)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd but readable files
            if isinstance(given, np.ndarray):
                return _of_array(given, pil).convert(mode)
            image = pil.open(io.BytesIO(given), formats=FORMATS)
            _refuse_bomb(image, row)
            _refuse_deep(image, row)
            return image.convert(mode)
    except (UnpreparedError, MemoryError):
        raise
    except pil.DecompressionBombError as error:
        raise UnpreparedError("MG3541", f"is given an image too large: {error}", row=row) from None
    except Exception as error:  # noqa: BLE001 (decoders raise what they like)
        raise UnpreparedError(
            "MG3540",
            f"is given what is no image: {_reason(error)}",
            f"images are {', '.join(FORMATS)}, or arrays of uint8",
            row=row,
        ) from None


def _of_array(given: NDArray[Any], pil: Any) -> Any:
    """An array of uint8 (height, width), or with 1, 3 or 4 channels last."""
    array = given[..., 0] if given.ndim == 3 and given.shape[2] == 1 else given
    if array.dtype != np.uint8 or not (
        array.ndim == 2 or (array.ndim == 3 and array.shape[2] in {3, 4})
    ):
        shape = "x".join(map(str, given.shape))
        raise ValueError(
            f"arrays are uint8, height x width or with 1, 3 or 4 channels last, not {shape}"
        )
    return pil.fromarray(np.ascontiguousarray(array))


def pillow() -> tuple[Any, str]:
    """The module `PIL.Image`, and its release.

    Raises:
        UnpreparedError: MG3170, it is not installed.
    """
    try:
        import PIL
        from PIL import Image
    except ImportError:
        raise UnpreparedError(
            "MG3170",
            "needs images, and `pillow` is not installed",
            "pip install 'modelgate-ci[image]'",
        ) from None
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image, f"pillow {PIL.__version__}"


def _reason(error: Exception) -> str:
    """Without the address of the buffer, which says nothing to anyone."""
    text = " ".join(str(error).split())
    return "its format is not known" if "cannot identify" in text else text[:200]


def _refuse_deep(image: Any, row: int) -> None:
    """Pillow would clip such pixels at 255, and nobody would see it."""
    if image.mode[0] in "IF":
        raise UnpreparedError(
            "MG3540",
            f"is given an image of more than 8 bits a channel ({image.mode})",
            "save it with 8 bits, or scale it in a function: `prepare: {python: ...}`",
            row=row,
        )


def _refuse_bomb(image: Any, row: int) -> None:
    """Before a pixel is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise UnpreparedError(
            "MG3541",
            f"is given an image of {image.width} x {image.height} pixels; at most"
            f" {MOST_PIXELS:,} are decoded",
            row=row,
        )
