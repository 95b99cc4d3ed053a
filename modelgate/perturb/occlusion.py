"""Images with something in front."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import uniform

SHARES = (0.02, 0.05, 0.1, 0.15, 0.25)
GREY = 127


@perturbation(of="image")
def occlusion(
    images: NDArray[np.uint8], *, seed: int, severity: int = 1, share: float | None = None
) -> NDArray[np.uint8]:
    """A grey rectangle of the image's own form covers a part of it.

    A good model reads what is left, as long as people can.

    Severity: 2, 5, 10, 15 or 25 % of the area.
    Settings: share, of the area in place of the severity's.
    Source: M. D. Zeiler and R. Fergus (2014), "Visualizing and understanding convolutional
        networks", ECCV.
    """
    if share is not None and not 0 < share < 1:
        raise SettingError("'share' lies between 0 and 1")
    changed = images.copy()
    height, width = images.shape[1:3]
    side = (SHARES[severity - 1] if share is None else share) ** 0.5
    high, wide = max(1, round(side * height)), max(1, round(side * width))
    tops = (uniform(seed, len(images), 1) * (height - high + 1)).astype(np.int64)
    lefts = (uniform(seed, len(images), 2) * (width - wide + 1)).astype(np.int64)
    for image, top, left in zip(changed, tops, lefts, strict=True):
        image[top : top + high, left : left + wide] = GREY
    return changed
