"""Images as the pixels that a model takes: decoded, resized, cut, scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from modelgate.model import Signature, Tensor
from modelgate.prepare import IMAGE, KIND, Feeds, Step, UnpreparedError, fitted
from modelgate.prepare.decoding import opened, pillow

INPUT = "image"
"""What the outward input is called."""
_CHANNELS = {"RGB": 3, "BGR": 3, "L": 1}
_MOST_SIDE = 16_384


class Images(Step):
    """Images, decoded by pillow: (rows, channels, height, width), or with the channels last.

    In this order: as `channels` (grey, or colours in either order); with `shorter`, resized until
    the shorter side has so many pixels; to `size`, by cutting out the middle (`crop: center`; the
    image is first resized to cover it) or by resizing to it whatever its proportions; times
    `scale`, less `mean`, by `std` (one number a channel).
    """

    kind: ClassVar[KIND] = "image"

    def __init__(self, content: bytes, settings: Mapping[str, Any], signature: Signature) -> None:
        """Find out what the model takes.

        Args:
            content: nothing.
            settings: `size` [height, width], `shorter`, `resize`, `crop`, `layout`, `channels`,
                `scale`, `mean`, `std`.
            signature: of the model.

        Raises:
            UnpreparedError: MG3170 pillow is not installed; MG3172 the model takes no images, or
                others.
        """
        del content
        if len(signature.inputs) != 1:
            names = ", ".join(repr(one.name[:60]) for one in signature.inputs)
            raise UnpreparedError("MG3172", f"takes {names}; images are one input")
        self._signature, self._tensor = signature, signature.inputs[0]
        if self._tensor.type == "string":
            raise UnpreparedError("MG3172", "takes text, and is to be given pixels")
        row = signature.row_shape(self._tensor)
        self._first, self._layout, size, channels = _shape(row, settings)
        self._height, self._width = size
        self._mode = settings.get("channels") or ("L" if channels == 1 else "RGB")
        self._shorter = settings.get("shorter")
        self._crop = settings.get("crop") == "center"
        self._filter = settings.get("resize") or "bilinear"
        self._scale = _number(settings.get("scale", 1.0))
        self._mean, self._std = settings.get("mean"), settings.get("std")
        self._pil, self.by = pillow()
        self._refuse_unfit(channels)
        self.takes = (Tensor(INPUT, IMAGE, (None,)),)
        self.settings = {
            "size": [self._height, self._width],
            "shorter": self._shorter,
            "resize": self._filter,
            "crop": "center" if self._crop else None,
            "layout": self._layout,
            "channels": self._mode,
            "scale": self._scale,
            "mean": self._mean,
            "std": self._std,
        }
        self.widths = {self._tensor.name: (self._tensor.type, self._row)}

    @property
    def _row(self) -> tuple[int, ...]:
        count = _CHANNELS[self._mode]
        if self._layout == "NHWC":
            return (self._height, self._width, count)
        return (count, self._height, self._width)

    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """See `Step`."""
        pixels = self._pixels(feeds[INPUT], rows)  # (rows, height, width, channels) uint8
        if self._mode == "BGR":
            pixels = pixels[..., ::-1]
        whole = self._tensor.type.startswith(("int", "uint"))
        plain = self._scale == 1.0 and self._mean is None and self._std is None
        values: NDArray[Any] = pixels
        if not (whole and plain):
            values = pixels.astype(np.float32)
            if self._scale != 1.0:
                values *= np.float32(self._scale)
            if self._mean is not None:
                values -= np.asarray(self._mean, np.float32)
            if self._std is not None:
                values /= np.asarray(self._std, np.float32)
        if self._layout == "NCHW":
            values = np.moveaxis(values, 3, 1)
        if self._first:  # one whole image a call, its first axis included
            values = values[:, np.newaxis]
        made = fitted(values, self._tensor, self._signature, rows, "the preparation of images")
        return {self._tensor.name: made}

    def _pixels(self, given: NDArray[Any], rows: int) -> NDArray[np.uint8]:
        if given.dtype == np.uint8 and (done := self._as_they_are(given)) is not None:
            return done
        made = np.empty((rows, self._height, self._width, _CHANNELS[self._mode]), np.uint8)
        for row in range(rows):
            image = self._sized(self._opened(given[row], row))
            made[row] = np.asarray(image, np.uint8).reshape(made.shape[1:])
        return made

    def decoded(self, given: NDArray[Any], rows: int, *, sized: bool) -> NDArray[np.uint8]:
        """The images as arrays that `__call__` takes in their place, and then answers alike.

        Args:
            given: (rows,) as to `__call__`.
            rows: how many.
            sized: bring them to one size, the last at which they can still be given; done anyway
                where their sizes differ.

        Returns:
            (rows, height, width, channels), the colours as RGB.
        """
        images = [self._opened(given[row], row) for row in range(rows)]
        if sized or len({image.size for image in images}) > 1:
            images = [self._first_sized(image) for image in images]
        made = [np.asarray(image, np.uint8) for image in images]
        return np.stack([one[..., np.newaxis] if one.ndim == 2 else one for one in made])

    def _opened(self, given: Any, row: int) -> Any:
        return opened(given, "L" if self._mode == "L" else "RGB", self._pil, row)

    def _first_sized(self, image: Any) -> Any:
        """All but what is done alike to each image of this size."""
        if self._shorter is None:
            return self._sized(image)
        resample = self._pil.Resampling[self._filter.upper()]
        image = image.resize(_shortened(image.size, self._shorter), resample)
        left, top = (round((side - self._shorter) / 2) for side in image.size)
        return image.crop((left, top, left + self._shorter, top + self._shorter))

    def _as_they_are(self, given: NDArray[Any]) -> NDArray[np.uint8] | None:
        """Arrays of the model's own size and channels; None where pillow has work to do."""
        count = _CHANNELS[self._mode]
        if given.ndim == 3 and count == 1:
            given = given[..., np.newaxis]
        same = given.shape[1:] == (self._height, self._width, count)
        return given if same and self._shorter is None else None

    def _sized(self, image: Any) -> Any:
        size = (self._width, self._height)
        resample = self._pil.Resampling[self._filter.upper()]
        if self._shorter is not None:
            image = image.resize(_shortened(image.size, self._shorter), resample)
        if image.size == size:
            return image
        if not self._crop:
            return image.resize(size, resample)
        if self._shorter is None or any(a < b for a, b in zip(image.size, size, strict=True)):
            image = image.resize(_covering(image.size, size), resample)
        left, top = (round((a - b) / 2) for a, b in zip(image.size, size, strict=True))
        return image.crop((left, top, left + self._width, top + self._height))

    def _refuse_unfit(self, channels: int | None) -> None:
        count = _CHANNELS[self._mode]
        if channels is not None and channels != count:
            raise UnpreparedError(
                "MG3172",
                f"takes images of {channels} channels; {self._mode} has {count}",
                "write `channels: RGB`, `BGR` or `L` below `image:`",
            )
        for name, told in (("mean", self._mean), ("std", self._std)):
            if told is not None and len(told) != count:
                raise UnpreparedError(
                    "MG3172",
                    f"takes {count} channels; `{name}` has {len(told)} numbers",
                    "write one number a channel",
                )


def _shape(
    row: tuple[int | None, ...] | None, settings: Mapping[str, Any]
) -> tuple[bool, str, tuple[int, int], int | None]:
    """Whether a row has an axis of one more, the layout, height and width, and channels."""
    told, layout = settings.get("size"), settings.get("layout")
    first = row is not None and len(row) == 4 and row[0] in {1, None}
    axes = row[1:] if first and row is not None else row
    height = width = channels = None
    if axes is not None and len(axes) == 3:
        layout = layout or _layout(axes)
        height, width, channels = axes if layout == "NHWC" else (axes[1], axes[2], axes[0])
    elif axes is not None and len(axes) == 2:
        height, width = axes
        channels = 1
    elif axes is None or len(axes) != 1:
        shape = "x".join("?" if axis is None else str(axis) for axis in row or ()) or "one number"
        raise UnpreparedError("MG3172", f"takes {shape} a row, which is no image")
    size = _size(told, (height, width))
    return first, layout or "NCHW", size, channels


def _layout(axes: tuple[int | None, ...]) -> str:
    """Where the channels stand: first or last."""
    first, last = axes[0] in {1, 3}, axes[2] in {1, 3}
    if first == last:
        raise UnpreparedError(
            "MG3172",
            "does not tell by its input's shape where the channels stand",
            "write `layout: NCHW` or `layout: NHWC` below `image:`",
        )
    return "NCHW" if first else "NHWC"


def _size(told: tuple[int, int] | None, declared: tuple[int | None, int | None]) -> tuple[int, int]:
    height, width = declared
    if told is not None:
        if any(a is not None and a != b for a, b in zip(declared, told, strict=True)):
            raise UnpreparedError(
                "MG3172",
                f"takes images of {height or '?'} x {width or '?'}; `size` says"
                f" {told[0]} x {told[1]}",
                "write `size: [HEIGHT, WIDTH]` as the model takes it",
            )
        return int(told[0]), int(told[1])
    if height is None or width is None:
        raise UnpreparedError(
            "MG3172", "takes images of any size", "write `size: [HEIGHT, WIDTH]` below `image:`"
        )
    return height, width


def _number(told: float | str) -> float:
    """A number, or a fraction such as "1/255"."""
    if isinstance(told, str):
        above, _, below = told.partition("/")
        return float(above) / float(below)
    return float(told)


def _shortened(size: tuple[int, int], shorter: int) -> tuple[int, int]:
    """Both sides, the shorter one so long; rounded as torchvision's `Resize` does."""
    low = min(size)
    return _bounded(size, (shorter * size[0] // low, shorter * size[1] // low))


def _covering(size: tuple[int, int], least: tuple[int, int]) -> tuple[int, int]:
    """Both sides times the smallest factor with which none lies below `least`."""
    factor = max(b / a for a, b in zip(size, least, strict=True))
    width, height = (max(round(a * factor), b) for a, b in zip(size, least, strict=True))
    return _bounded(size, (width, height))


def _bounded(size: tuple[int, int], made: tuple[int, int]) -> tuple[int, int]:
    """What an image is resized to.

    Raises:
        UnpreparedError: MG3541, a strip that would become larger than any picture.
    """
    if max(made) > _MOST_SIDE:
        raise UnpreparedError(
            "MG3541", f"is given an image of {size[0]} x {size[1]} pixels: it is no picture"
        )
    return made
