"""Red for blue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation


@perturbation(of="image")
def channel_order(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first three channels come in the opposite order: RGB as BGR.

    OpenCV reads images so, and nothing fails when they are mixed up. A good model's answers hardly
    change where colour does not matter; where they do not change at all, it may not see colour.
    Images of fewer than three channels stay as they are, and so does a fourth channel.
    """
    changed = images.copy()
    if images.shape[3] >= 3:
        changed[..., :3] = images[..., 2::-1]
    return changed
