"""Images of a poor sensor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.pixels import Floats, repainted

WIDTHS = (0.04, 0.06, 0.08, 0.09, 0.1)


@perturbation(of="image")
def pixel_noise(
    images: NDArray[np.uint8], *, seed: int, severity: int = 1, amount: float | None = None
) -> NDArray[np.uint8]:
    """Each pixel is moved a little, up or down, by normal noise.

    A good model answers as before: every camera does so in poor light.

    Severity: a standard deviation of 0.04, 0.06, 0.08, 0.09 or 0.1, of a range from 0 to 1.
    Settings: amount, the standard deviation in place of the severity's, up to 1.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, https://arxiv.org/abs/1903.12261, as for small images.
    """
    if amount is not None and not 0 < amount <= 1:
        raise SettingError("'amount' is larger than 0, and at most 1")
    width = np.float32(WIDTHS[severity - 1] if amount is None else amount)
    draws = np.random.default_rng(seed)  # drawn in order: an image's noise depends on its place

    def noisy(light: Floats, _: slice) -> Floats:
        return light + width * draws.standard_normal(light.shape, dtype=np.float32)

    return repainted(images, noisy)
