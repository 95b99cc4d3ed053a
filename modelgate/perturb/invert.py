"""Negatives of images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation


@perturbation(of="image")
def invert(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Light becomes dark: each pixel becomes 255 less itself.

    Black on white against white on black: a model of scans should read both, or the pipeline has to
    make sure that it never sees the other.
    """
    return 255 - images
