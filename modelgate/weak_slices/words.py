"""What is said of a weak slice: to people, and as a step that a suite may hold it to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelgate.slices import Part, Span, described, plain, said
from modelgate.weak_slices import Weak
from modelgate.yaml_file.written import as_yaml


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that is the mean of something that each row has.

    Attributes:
        name: of the metric.
        loss: of a row, as `RowLosses` names it.
        unit: of the metric.
        share: whether the metric is the share of rows that cost nothing.
        most: the most that a row can cost; None where there is no bound.
    """

    name: str
    loss: str
    unit: str
    share: bool = False
    most: float | None = None

    def value(self, loss: float) -> float:
        """The metric of rows that cost so much on average."""
        return 1 - loss if self.share else loss


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("accuracy", "wrong", "share", share=True, most=1.0),
        Measure("log_loss", "log", "nats"),
        Measure("brier", "brier", "score", most=2.0),
        Measure("mae", "size", "target"),
    )
}


def named(part: Part) -> str:
    """A slice as people name it: "country = BR and age below 40"."""
    return " and ".join(described(column, said(value)) for column, value in part)


def step_for(measure: Measure, part: Part) -> str:
    """A step of a suite that asks about the slice from now on, in one line of YAML."""
    values = ", ".join(f"{as_yaml(column)}: {_written(value)}" for column, value in part)
    return f"- {{metric: {measure.name}, slice: {{{values}}}}}"


def row_of(measure: Measure, weak: Weak) -> dict[str, Any]:
    """A slice as a row of a table, JSON-ready."""
    return {
        "slice": {column: said(value) for column, value in weak.part},
        "named": named(weak.part),
        "rows": weak.rows,
        measure.name: measure.value(weak.loss),
        "elsewhere": measure.value(weak.rest),
        "gap": weak.gap,
        "interval": [weak.interval.low, weak.interval.high],
        "confirmed_on": weak.n,
        "p_value": weak.p_value,
        "confirmed": weak.confirmed,
        "step": step_for(measure, weak.part),
    }


def _written(value: Any) -> str:
    if not isinstance(value, Span):
        return as_yaml(value)
    bounds = {"at_least": value.at_least, "below": value.below}
    return (
        "{"
        + ", ".join(f"{side}: {plain(at)}" for side, at in bounds.items() if at is not None)
        + "}"
    )
