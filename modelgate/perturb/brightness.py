"""Images with more light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.pixels import repainted

AMOUNTS = (0.1, 0.2, 0.3, 0.4, 0.5)


@perturbation(of="image")
def brightness(
    images: NDArray[np.uint8], *, severity: int = 1, amount: float | None = None
) -> NDArray[np.uint8]:
    """Each image becomes lighter; what was nearly white is white.

    A good model answers as before: noon is no other thing than morning.

    Severity: 0.1, 0.2, 0.3, 0.4 or 0.5 is added to each pixel, of a range from 0 to 1.
    Settings: amount, added in place of the severity's, from -1 to 1; darker where negative.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, https://arxiv.org/abs/1903.12261
    """
    if amount is not None and (not -1 <= amount <= 1 or amount == 0):
        raise SettingError("'amount' lies from -1 to 1, and is not 0")
    added = np.float32(AMOUNTS[severity - 1] if amount is None else amount)
    return repainted(images, lambda light, _: light + added)
