"""What is taken for what: columns for inputs, outputs for answers, labels for classes.

Whatever can be inferred is inferred and said; what is unclear is an error that says what to write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from modelgate.aggregates import Facts
from modelgate.escape import printable, shown

ScoresAre = Literal["probabilities", "logits", "positive"]


@dataclass(frozen=True, slots=True)
class Feed:
    """How one input of the model is filled.

    Attributes:
        tensor: the input's name.
        type: its element type.
        columns: the columns it is made of, in order.
        row_shape: the shape of one row.
    """

    tensor: str
    type: str
    columns: tuple[str, ...]
    row_shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the model's outputs are read as answers.

    Attributes:
        task: what is judged.
        scores: the output with one score a class, or a single score; None where there is none.
        scores_are: what these numbers are.
        labels: the output with the label answered; None where the scores decide.
        values: the output with the number answered, for regression.
        classes: in the order of the scores, in the words of the data.
        own: the same classes as the output with labels says them; empty where there is none.
        positive: index of the positive class; None unless there are two classes.
        threshold: positive scores at or above it are answered positive; None for the best score.
    """

    task: Literal["classification", "regression"]
    scores: str | None = None
    scores_are: ScoresAre = "probabilities"
    labels: str | None = None
    values: str | None = None
    classes: tuple[Any, ...] = ()
    own: tuple[Any, ...] = ()
    positive: int | None = None
    threshold: float | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs that have to be asked for."""
        wanted = (self.scores, self.labels, self.values)
        return tuple(name for name in wanted if name is not None)

    @property
    def positive_class(self) -> Any:
        """The positive class in the words of the data; None where there is none."""
        return None if self.positive is None else self.classes[self.positive]

    @property
    def facts(self) -> Facts:
        """What aggregates have to know."""
        return Facts(task=self.task, classes=self.classes, positive=self.positive)


def listed(names: tuple[Any, ...] | list[Any], most: int = 8) -> str:
    """Names for a message: quoted, the first few of them, none of them long."""
    told = ", ".join(_quoted(name) for name in names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told


def _quoted(name: Any) -> str:
    return shown(name) if isinstance(name, str) else printable(repr(name), 60)
