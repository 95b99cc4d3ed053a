"""What the engine gives to a check, besides aggregates, surveys and the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate
from modelgate.model import Artifact
from modelgate.predictions import Predictions

if TYPE_CHECKING:
    import pyarrow as pa


class Examples(dict[str, Any]):
    """The hand-written data of a check: the YAML beside its file, or what the suite names."""


class Groups(dict[tuple[Any, ...], Aggregate]):
    """The aggregate of each group of rows: values of the columns -> aggregate.

    The columns are those that a setting names, see `check(groups=...)`.
    """


@dataclass(frozen=True, slots=True)
class Bound:
    """The limit that the step's value is held to, for checks that name what lies beyond it.

    Attributes:
        at_least: the value must not lie below; None where no such limit is set.
        at_most: the value must not lie above; likewise.
    """

    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The same aggregate, of the rows in the role "reference".

    Attributes:
        found: the aggregate.
    """

    found: Aggregate


class Probe(Protocol):
    """The model with its first rows, for questions about the artifact itself.

    What a check asks here is bounded, and counted in the report.
    """

    @property
    def artifact(self) -> Artifact:
        """What was loaded."""
        ...

    @property
    def rows(self) -> int:
        """Rows there are to ask about, at most 64; made up from the signature without data."""
        ...

    @property
    def seen(self) -> Mapping[str, NDArray[Any]]:
        """Output -> the raw answers to these rows, in one call, as the engine first got them."""
        ...

    def outputs(self, rows: int, *, batch: int | None = None) -> Mapping[str, NDArray[Any]]:
        """The raw answers of a fresh call about the first `rows` rows.

        Args:
            rows: 1 to `Probe.rows`.
            batch: rows a call; all at once where None.

        Raises:
            ModelError, ModelCrashedError: the model did not answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Some rows of a data set that can be judged, with the answers that were given to them.

    At most `SAMPLED` of them, every row as likely as any other, drawn by seed and position alone;
    where rows belong together, one of a group.

    Attributes:
        rows: n rows of the columns that feed the models, in the order of the file.
        answers: the model's, from the pass; it need not be asked again.
        champion: the champion's, in the same classes; None where there is none.
        truth: (n,) positions of the right classes, or the target itself for regression.
        positions: (n,) numbers of the rows in their data set, from 0.
        seed: for what is drawn further.
    """

    rows: pa.RecordBatch
    answers: Predictions
    champion: Predictions | None
    truth: NDArray[Any]
    positions: NDArray[np.int64]
    seed: int

    def __len__(self) -> int:
        return len(self.truth)


SAMPLED = 2_000
"""Rows of a `Sample`, at most."""
