"""Images in a mirror."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation


@perturbation(of="image")
def flip(
    images: NDArray[np.uint8], *, over: Literal["left_right", "top_bottom"] = "left_right"
) -> NDArray[np.uint8]:
    """Each image is mirrored, left to right.

    Of most things in photographs a good model says the same; letters, digits and whatever has a
    left and a right are another matter.

    Settings: over, which sides change places.
    """
    return np.ascontiguousarray(images[:, :, ::-1] if over == "left_right" else images[:, ::-1])
