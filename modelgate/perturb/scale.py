"""Images of something nearer or farther."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import uniform
from modelgate.perturb.material.pixels import resampled

FACTORS = (1.05, 1.1, 1.2, 1.35, 1.5)


@perturbation(of="image")
def scale(
    images: NDArray[np.uint8], *, seed: int, severity: int = 1, factor: float | None = None
) -> NDArray[np.uint8]:
    """What each image shows grows or shrinks; the image keeps its size.

    A good model answers as before. Where something shrinks, the edge is repeated around it; where
    it grows, its margins are lost.

    Severity: a factor of 1.05, 1.1, 1.2, 1.35 or 1.5; one in two images shrinks by it instead.
    Settings: factor, for all alike in place of the severity's; below 1 it shrinks.
    """
    if factor is not None:
        if not 0.05 <= factor <= 20 or factor == 1:
            raise SettingError("'factor' lies from 0.05 to 20, and is not 1")
        return resampled(images, (1 / factor, 0.0, 0.0, 1 / factor))
    grown = uniform(seed, len(images)) < 0.5
    by = FACTORS[severity - 1]
    changed = images.copy()
    changed[grown] = resampled(images[grown], (1 / by, 0.0, 0.0, 1 / by))
    changed[~grown] = resampled(images[~grown], (by, 0.0, 0.0, by))
    return changed
