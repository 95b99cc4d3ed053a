"""Images small enough to stand in a report: a digit a pixel, from 0 (dark) to 9 (bright)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.counterexamples import SIDE
from modelgate.pictured import grey_of


def thumbnail(image: NDArray[Any]) -> dict[str, Any]:
    """An image for evidence: what it is, and how it looks from afar.

    Args:
        image: (height, width), or with the channels first or last; any numbers.

    Returns:
        `height` and `width` of the image, and `grey`, at most `SIDE` lines of at most `SIDE`
        digits; brightness is relative to the darkest and the brightest pixel.
    """
    grey = grey_of(image)
    height, width = grey.shape
    step = max(-(-height // SIDE), -(-width // SIDE), 1)
    rows, columns = (np.arange(0, side, step) for side in (height, width))
    small = np.add.reduceat(np.add.reduceat(grey, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    small = np.nan_to_num(small / counts, nan=0.0, posinf=0.0, neginf=0.0)
    span = float(np.ptp(small)) or 1.0
    digits = np.minimum((small - small.min()) / span * 10, 9).astype(np.int64)
    return {
        "type": "image",
        "height": height,
        "width": width,
        "grey": ["".join(map(str, line)) for line in digits.tolist()],
    }
