"""Images stored too small."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.errors import UsageError
from modelgate.perturb import SettingError, perturbation

QUALITIES = (80, 65, 50, 30, 15)
LONGEST = 65_500
"""Pixels of a side, at most, in a file of this format."""


@perturbation(of="image")
def jpeg(
    images: NDArray[np.uint8], *, severity: int = 1, quality: int | None = None
) -> NDArray[np.uint8]:
    """Each image is stored as JPEG and read again.

    A good model answers as before: whoever sends an image over the net may do the same. Images of
    other than three channels are stored one channel at a time. Needs Pillow.

    Severity: a quality of 80, 65, 50, 30 or 15.
    Settings: quality, from 1 to 95, in place of the severity's.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, https://arxiv.org/abs/1903.12261
    """
    try:
        from PIL import Image
    except ImportError as error:
        message = "the perturbation 'jpeg' needs Pillow, which is not installed"
        hint = "pip install 'modelgate-ci[image]'"
        raise UsageError("MG2174", message, hint=hint) from error
    if quality is not None and not 1 <= quality <= 95:
        raise SettingError("'quality' lies from 1 to 95")
    changed = images.copy()
    if not images.size or max(images.shape[1:3]) > LONGEST:
        return changed
    asked = QUALITIES[severity - 1] if quality is None else quality
    for place, image in enumerate(images):
        if image.shape[2] == 3:
            changed[place] = _stored(Image, image, asked)
        else:
            for channel in range(image.shape[2]):
                changed[place, :, :, channel] = _stored(Image, image[:, :, channel], asked)
    return changed


def _stored(pillow: Any, image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The image after a way through a file."""
    file = BytesIO()
    pillow.fromarray(np.ascontiguousarray(image)).save(file, "JPEG", quality=quality)
    with pillow.open(file) as read:
        return np.asarray(read)
