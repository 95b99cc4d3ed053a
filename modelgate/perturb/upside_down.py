"""Images on their heads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation


@perturbation(of="image")
def upside_down(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each image is turned by half a turn.

    Cameras and scanners are mounted so. Whether a good model answers as before is yours to say: a
    cat stays one, a 6 becomes a 9. Nothing is lost, and none of it is blurred.
    """
    return np.ascontiguousarray(images[:, ::-1, ::-1])
