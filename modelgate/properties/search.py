"""The search for inputs that break a property: drawn in bulk first, then by Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from modelgate.model import Model
from modelgate.properties.asked import Answered, Property
from modelgate.properties.shrinking import Found, fewer, shrunk
from modelgate.properties.space import Space

BY_HYPOTHESIS = 4
"""One in so many examples is drawn by Hypothesis, at most `MOST_BY_HYPOTHESIS`."""
FEW = 500
"""Below so many none is: a few hundred are tried for next to nothing, without loading it."""
MOST_BY_HYPOTHESIS = 256
TURNS = 8
"""Times that so many rows are drawn, where some of them are no trials."""
FEWEST = 256
"""Rows of a call that makes up for rows that were no trials."""
STARTS = 3
"""Inputs that are made simple at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search has found.

    Attributes:
        tried: inputs drawn that could break the property.
        broken: how many of them did.
        still: how many of those that broke it before do so still.
        again: rows that the model was asked about because they broke it before.
        found: the simplest that break it, the simplest first.
    """

    tried: int
    broken: int
    still: int
    again: int
    found: Sequence[Found]


def search(
    model: Model,
    rule: Property,
    space: Space,
    *,
    examples: int,
    seed: int,
    remembered: pa.RecordBatch | None = None,
) -> Searched:
    """Look for inputs that break a property.

    Args:
        model: is asked about `examples` rows, in a few calls; if some break it, also about the
            simpler ones.
        rule: the property.
        space: the rows that there are.
        examples: inputs that are tried, 1 or more; fewer where too few rows are trials.
        seed: the same one draws the same rows.
        remembered: rows of the space that broke it before; they are asked first, in a call of their
            own, so that what is found among the drawn ones is the same with them and without.
    """
    share = 0 if examples < FEW else examples // BY_HYPOTHESIS
    by_hypothesis = min(share, MOST_BY_HYPOTHESIS)
    dice = np.random.default_rng(seed)
    hunt = _Hunt(model, rule, space)
    if remembered is not None and len(remembered):
        hunt.again(remembered)
    hunt.sweep(dice, examples - by_hypothesis)
    if not hunt.broken and by_hypothesis:
        hunt.ask(space.searched(seed, by_hypothesis), examples - hunt.tried)
        hunt.sweep(dice, examples)
    found: Sequence[Found] = []
    starts = hunt.starts or hunt.known[:STARTS]
    if starts:
        found = (
            shrunk(model, rule, space, starts, seed)
            if rule.alone
            else fewer(model, rule, space, hunt.rows)
        )
    return Searched(
        tried=hunt.tried,
        broken=hunt.broken,
        still=len(hunt.known),
        again=hunt.asked_again,
        found=found,
    )


class _Hunt:
    """Counts what was tried, and keeps the first inputs that break it."""

    def __init__(self, model: Model, rule: Property, space: Space) -> None:
        self._model, self._rule, self._space = model, rule, space
        self.tried = self.broken = self.asked_again = 0
        self.starts: list[Answered] = []
        self.known: list[Answered] = []
        self.rows: pa.RecordBatch | None = None

    def again(self, remembered: pa.RecordBatch) -> None:
        """Ask about rows that broke it before; they count as none that was tried."""
        answered, _, broken = self._rule.judge(self._model, remembered)
        self.asked_again = len(remembered) * (1 if answered.after is None else 2)
        self.known = [answered.take(np.array([at])) for at in np.flatnonzero(broken)]

    def sweep(self, dice: np.random.Generator, wanted: int) -> None:
        """Draw until so many were tried in all; more than are missing, where some are no trials."""
        drawn = found = 0
        for _ in range(TURNS + wanted // self._space.most):
            missing = wanted - self.tried
            if missing <= 0 or (drawn > wanted and not found):
                return
            count = missing
            if drawn:
                share = max(found / drawn, 1 / TURNS)
                count = max(int(1.25 * missing / share), FEWEST)
            count = min(count, self._space.most)
            before = self.tried
            self.ask(self._space.drawn(dice, count), missing)
            drawn, found = drawn + count, found + self.tried - before

    def ask(self, rows: pa.RecordBatch, most: int) -> None:
        """Ask about some rows, of which the first `most` trials count."""
        answered, trials, broken = self._rule.judge(self._model, rows)
        trials &= np.cumsum(trials) <= most
        broken &= trials
        self.tried += int(trials.sum())
        self.broken += int(broken.sum())
        where = np.flatnonzero(broken)
        if len(where) and len(self.starts) < STARTS:
            spread = where[np.unique(np.linspace(0, len(where) - 1, STARTS).astype(int))]
            self.starts += [answered.take(np.array([at])) for at in spread]
            self.starts = self.starts[:STARTS]
            self.rows = rows if self.rows is None else self.rows
