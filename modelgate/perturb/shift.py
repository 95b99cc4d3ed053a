"""Images of something out of the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import uniform

SHARES = (0.03, 0.06, 0.1, 0.15, 0.2)
WAYS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


@perturbation(of="image")
def shift(
    images: NDArray[np.uint8], *, seed: int, severity: int = 1, pixels: int | None = None
) -> NDArray[np.uint8]:
    """Each image is moved aside: up, down, left, right, or aslant.

    A good model answers as before: what is shown is the same. What comes in repeats the edge.

    Severity: 3, 6, 10, 15 or 20 % of the image's shorter side, at least that many pixels as the
        severity says.
    Settings: pixels, in place of the severity's.
    Source: L. Engstrom et al. (2019), "Exploring the landscape of spatial robustness", ICML.
    """
    if pixels is not None and pixels < 1:
        raise SettingError("'pixels' is 1 or more")
    height, width = images.shape[1:3]
    by = max(severity, round(SHARES[severity - 1] * min(height, width)))
    by = by if pixels is None else pixels
    drawn = (uniform(seed, len(images)) * len(WAYS)).astype(np.int64)
    changed = images.copy()
    for number, (down, right) in enumerate(WAYS):
        chosen = drawn == number
        if images.size and chosen.any():
            rows = np.clip(np.arange(height) - down * by, 0, height - 1)
            columns = np.clip(np.arange(width) - right * by, 0, width - 1)
            changed[chosen] = images[chosen][:, rows][:, :, columns]
    return changed
