"""Images in a haze."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.pixels import Floats, repainted

FACTORS = (0.75, 0.5, 0.4, 0.3, 0.15)


@perturbation(of="image")
def contrast(
    images: NDArray[np.uint8], *, severity: int = 1, factor: float | None = None
) -> NDArray[np.uint8]:
    """Each image loses contrast: its pixels come nearer to the mean of each channel.

    A good model answers as before as long as people can see what is shown.

    Severity: 0.75, 0.5, 0.4, 0.3 or 0.15 of the distance to the mean is left.
    Settings: factor, what is left in place of the severity's, from 0 to 10; above 1, more contrast.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, https://arxiv.org/abs/1903.12261, as for small images.
    """
    if factor is not None and (not 0 <= factor <= 10 or factor == 1):
        raise SettingError("'factor' lies from 0 to 10, and is not 1")
    left = np.float32(FACTORS[severity - 1] if factor is None else factor)

    def paler(light: Floats, _: slice) -> Floats:
        mean = light.mean(axis=(1, 2), keepdims=True)
        return np.asarray((light - mean) * left + mean)

    return repainted(images, paler)
