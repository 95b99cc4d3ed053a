"""Images out of focus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.pixels import Floats, repainted

WIDTHS = (0.4, 0.6, 0.7, 0.8, 1.0)


@perturbation(of="image")
def blur(
    images: NDArray[np.uint8], *, severity: int = 1, width: float | None = None
) -> NDArray[np.uint8]:
    """Each image is blurred by a Gaussian.

    A good model answers as before as long as people can see what is shown.

    Severity: a standard deviation of 0.4, 0.6, 0.7, 0.8 or 1.0 pixels for an image of 32 pixels,
        and in proportion for a larger one.
    Settings: width, the standard deviation in pixels in place of the severity's, up to 50.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, https://arxiv.org/abs/1903.12261, as for small images.
    """
    if width is not None and not 0 < width <= 50:
        raise SettingError("'width' is larger than 0, and at most 50")
    if width is None:
        width = WIDTHS[severity - 1] * max(1.0, min(images.shape[1:3]) / 32)
    reach = max(1, round(3 * width))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    return repainted(images, lambda light, _: _smeared(_smeared(light, weights, 1), weights, 2))


def _smeared(light: Floats, weights: Floats, axis: int) -> Floats:
    """Along one axis; beyond the edge, the edge goes on."""
    reach, length = len(weights) // 2, light.shape[axis]
    margins = [(reach, reach) if number == axis else (0, 0) for number in range(light.ndim)]
    wide = np.pad(light, margins, mode="edge")
    smeared = np.zeros_like(light)
    for offset, weight in enumerate(weights):
        near = slice(offset, offset + length)
        smeared += weight * (wide[:, near] if axis == 1 else wide[:, :, near])
    return smeared
