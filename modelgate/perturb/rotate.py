"""Images a little askew."""

from __future__ import annotations

from math import cos, isfinite, radians, sin

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import uniform
from modelgate.perturb.material.pixels import resampled

DEGREES = (5.0, 10.0, 15.0, 20.0, 30.0)


@perturbation(of="image")
def rotate(
    images: NDArray[np.uint8], *, seed: int, severity: int = 1, degrees: float | None = None
) -> NDArray[np.uint8]:
    """Each image is turned about its middle, to the left or to the right.

    A good model answers as before as long as people would. What comes in at the corners repeats
    the edge.

    Severity: 5, 10, 15, 20 or 30 degrees.
    Settings: degrees, in place of the severity's; anticlockwise where positive, for all alike.
    Source: L. Engstrom et al. (2019), "Exploring the landscape of spatial robustness", ICML.
    """
    if degrees is not None:
        if not isfinite(degrees) or degrees % 360 == 0:
            raise SettingError("'degrees' is a turn, not none")
        return _turned(images, degrees)
    left = uniform(seed, len(images)) < 0.5
    changed = images.copy()
    changed[left] = _turned(images[left], DEGREES[severity - 1])
    changed[~left] = _turned(images[~left], -DEGREES[severity - 1])
    return changed


def _turned(images: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    angle = radians(degrees)
    return resampled(images, (cos(angle), sin(angle), -sin(angle), cos(angle)))
