"""What was picked to be labelled, and what could be decided with these labels."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

from modelgate.stats.paired import paired_low
from modelgate.stats.planning import ALPHA, POWER
from modelgate.stats.tails import normal_quantile

DISAGREE, UNSURE, SPREAD = "the models disagree", "unsure", "spread over the answers"
TIERS = (DISAGREE, UNSURE, SPREAD)
UNLABELLED = "label"
"""The target's column where the data has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A row worth a label.

    Attributes:
        row: its number, from 0.
        reason: why it was picked.
        said: what each model answers.
        values: its cells, without the target.
    """

    row: int
    reason: str
    said: tuple[Any, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curated:
    """What was picked out of the rows.

    Attributes:
        rows: in the data.
        labelled: of them, rows that have a label already.
        unanswered: rows without a label that some model does not answer, and so are not picked.
        apart: rows without a label on which the models disagree, picked or not.
        apart_labelled: rows with a label on which they disagree.
        classes: whether the models answer with classes; else with quantities.
        models: their names.
        columns: of the data that can be written, without the target.
        left_out: columns of tensors, which no cell of a CSV file holds.
        target: the column to fill.
        picked: in the order in which they are best labelled.
    """

    rows: int
    labelled: int
    unanswered: int
    apart: int
    apart_labelled: int
    classes: bool
    models: tuple[str, ...]
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    target: str
    picked: tuple[Picked, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Reason -> rows."""
        reasons = [one.reason for one in self.picked]
        return {reason: reasons.count(reason) for reason in TIERS}

    @property
    def left(self) -> int:
        """Rows on which the models disagree that have no label even then."""
        return self.apart - self.counts[DISAGREE]

    @property
    def rules_out(self) -> float | None:
        """The drop of accuracy that is likely ruled out by then, in [0, 1].

        That is: by one of two equally good models against the other, with 80 % chance, where on
        each row on which they disagree one of them is right. None where nothing is compared.
        """
        if not self.classes or len(self.models) < 2:
            return None
        known = self.apart + self.apart_labelled - self.left
        unlucky = normal_quantile(POWER) * sqrt(known) / 2
        losses = min(known / 2 + unlucky, known)
        return -paired_low(known - losses, losses + self.left, self.rows, ALPHA)

    def __repr__(self) -> str:
        """How many, of how many."""
        counts = ", ".join(f"{count:,} {reason}" for reason, count in self.counts.items() if count)
        return f"<Curated: {len(self.picked):,} of {self.rows:,} rows: {counts}>"
