"""Images changed a portion at a time, so that large ones need not stand in memory as floats."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
PORTION = 1 << 22
"""Numbers that are changed at a time: 16 MiB of them."""


def repainted(
    images: NDArray[np.uint8], change: Callable[[Floats, slice], Floats]
) -> NDArray[np.uint8]:
    """The images after a change of their light.

    Args:
        images: (n, height, width, channels).
        change: takes (m, height, width, channels) from 0 to 1 and where they stand among the n;
            what it answers is rounded to the nearest of 256 steps, beyond 0 and 1 to these.
    """
    changed = images.copy()
    for part in portions(images):
        light = change(images[part].astype(np.float32) / np.float32(255), part)
        changed[part] = np.rint(np.clip(light, 0, 1) * np.float32(255)).astype(np.uint8)
    return changed


def portions(images: NDArray[np.uint8]) -> Iterator[slice]:
    """The images by and by; none where they have no pixels."""
    if images.size:
        step = max(1, PORTION // images[0].size)
        for first in range(0, len(images), step):
            yield slice(first, min(first + step, len(images)))


def resampled(
    images: NDArray[np.uint8], matrix: tuple[float, float, float, float]
) -> NDArray[np.uint8]:
    """The images turned or stretched about their middle; beyond the edge, the edge goes on.

    Args:
        images: (n, height, width, channels).
        matrix: (a, b, c, d): the pixel at (y, x) from the middle is taken from
            (a * y + b * x, c * y + d * x) of the original, between four pixels.
    """
    height, width = images.shape[1:3]
    a, b, c, d = matrix
    y = np.arange(height, dtype=np.float64)[:, None] - (height - 1) / 2
    x = np.arange(width, dtype=np.float64)[None, :] - (width - 1) / 2
    row = np.clip(a * y + b * x + (height - 1) / 2, 0, max(height - 1, 0))  # (height, width)
    column = np.clip(c * y + d * x + (width - 1) / 2, 0, max(width - 1, 0))
    top, left = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    low = (row - top).astype(np.float32)[..., None]
    far = (column - left).astype(np.float32)[..., None]

    def between(light: Floats, _: slice) -> Floats:
        upper = light[:, top, left] * (1 - far) + light[:, top, right] * far
        lower = light[:, bottom, left] * (1 - far) + light[:, bottom, right] * far
        return np.asarray(upper * (1 - low) + lower * low)

    return repainted(images, between)
