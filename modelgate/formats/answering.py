"""A model of any format, once it is open inside the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modelgate.model import Signature

Feeds = Mapping[str, NDArray[Any]]


class Answering(Protocol):
    """What each format's file makes of a model."""

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was found while opening it; JSON can hold it."""
        ...

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Any]:
        """One call of the model.

        Args:
            feeds: by input (rows, ...).
            outputs: those wanted.

        Returns:
            One array an output: (rows, ...).

        Raises:
            Refusal: it does not take these rows, or broke off.
        """
        ...


def facts_of(by: str, *, width: int, trees: int = 0, **more: Any) -> dict[str, Any]:
    """The facts that every format tells.

    Args:
        by: the library that runs the model, with its version.
        width: numbers that one row becomes inside, as far as that is known; 1 or more.
        trees: how many.
        more: what else is worth a line in the report.
    """
    counts = {"weights": 0, "nodes": 0, "trees": trees, "widest": max(1, width)}
    return {"by": by, "producer": by, **counts, **more}


def matrix(feeds: Feeds, names: Sequence[str]) -> NDArray[Any]:
    """(rows, columns) one column an input, in this order."""
    return np.column_stack([feeds[name] for name in names])


def two_columns(positive: NDArray[Any]) -> NDArray[Any]:
    """(rows, 2) the probabilities of both classes, of those of the second."""
    return np.stack([1 - positive, positive], axis=1)
