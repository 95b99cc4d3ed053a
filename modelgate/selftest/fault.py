"""What a faulty model is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.random import Generator

from modelgate.replay import Ask, Replies
from modelgate.replay.slices import Slice

Group = Literal[
    "control", "overall", "scores", "threshold", "noise", "class", "slice", "columns", "words"
]
Make = Callable[[Generator], Replies]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to be worse; or, for a control, to be surely good or surely bad.

    Attributes:
        name: stable: "drop-5", "slice-5[country = BR]".
        kind: what it is counted with: "drop-5", "slice-5".
        group: what kinds are alike.
        says: what its models do, after "models that": "answer 5 points fewer rows rightly".
        make: what one such model says, drawn at random.
        draws: how many models are drawn.
        size: by how much it is worse: a share, or a share of the champion's error; None where that
            is no plain number.
        metric: the metric that `size` is of.
        place: the slice that is answered worse; None for all rows.
        label: the class that is answered otherwise; None where there is no such class.
        good: whether such a model ought to be promoted.
        asked: what such a model says of rows of a check's own; None where nobody knows.
    """

    name: str
    kind: str
    group: Group
    says: str
    make: Make
    draws: int
    size: float | None = None
    metric: str = ""
    place: Slice | None = None
    label: Any = None
    good: bool = False
    asked: Ask | None = None


@dataclass(frozen=True, slots=True)
class Untried:
    """A fault that cannot be made of this model.

    Attributes:
        says: what its models would do.
        why: why there are none.
    """

    says: str
    why: str


def control(name: str, says: str, make: Make, draws: int, *, good: bool = False) -> Fault:
    """A model of which everybody knows what has to become of it."""
    return Fault(
        name=name, kind=name, group="control", says=says, make=make, draws=draws, good=good
    )


def percent(share: float) -> str:
    """A share, in whole percent."""
    return f"{share * 100:.0f} %"
