"""The table of gains over an answer without input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.losses import ProbabilityLosses
from modelgate.aggregates.residuals import Explained
from modelgate.aggregates.targets import Targets
from modelgate.errors import UsageError, did_you_mean
from modelgate.metrics import naive
from modelgate.metrics.measure import Measured
from modelgate.metrics.table import known


@dataclass(frozen=True, slots=True)
class Gain:
    """One entry of the table.

    Attributes:
        need: the aggregate it reads.
        measure: what was found.
        unit: that of the metric.
    """

    need: Need
    measure: Callable[[Any], Measured]
    unit: str


_MEASURES: dict[str, tuple[type[Aggregate], Callable[[Any], Measured]]] = {
    "accuracy": (Confusion, naive.gain_accuracy),
    "balanced_accuracy": (Confusion, naive.gain_balanced),
    "log_loss": (ProbabilityLosses, naive.gain_log_loss),
    "brier": (ProbabilityLosses, naive.gain_brier),
    "rmse": (Explained, naive.gain_rmse),
    "mae": (Targets, naive.gain_mae),
    "r2": (Explained, naive.gain_r2),
}
GAINS = MappingProxyType(_MEASURES)


def gain_of(name: str, facts: Facts) -> Gain:
    """The gain in a metric.

    Raises:
        UsageError: MG2190 there is no such gain; MG2191 the metric judges another kind of answer.
    """
    if name not in GAINS:
        raise UsageError(
            "MG2190", f"no naive answer is known for {name!r}; {did_you_mean(name, GAINS)}"
        )
    kind, measure = GAINS[name]
    return Gain(Need(kind), measure, known(name, facts).unit)
