"""What a model makes of inputs that are none of its business, as outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.behaviour.answers import said, shown
from modelgate.behaviour.shares import share_of_wrong
from modelgate.cells import index_of
from modelgate.errors import UnaskedError, UsageError
from modelgate.model import Model
from modelgate.out_of_domain.made import made as make
from modelgate.outcome import Outcome
from modelgate.predictions import Predictions
from modelgate.provided import Sample
from modelgate.stats.interval import LEVEL
from modelgate.stats.unpaired import Lot, means_apart
from modelgate.surveys.row_sample import AnsweredRows

MOST = 500
"""Rows of the domain that inputs are made from."""
SHOWN = 3

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Inputs with the answers to them.

    Attributes:
        model: whose answers they are.
        rows: n of them.
        answers: n.
    """

    model: Model
    rows: pa.RecordBatch
    answers: Predictions

    @property
    def best(self) -> Floats:
        """(n,) the best probability; NaN where the answer is not finite.

        Raises:
            UnaskedError: MG2275, there are no probabilities.
        """
        if self.answers.scores is None:
            raise UnaskedError("MG2275", "the model answers without probabilities")
        found: Floats = np.asarray(self.answers.scores, dtype=np.float64).max(axis=1)
        return found

    def silent(self, sure: float, abstain: str | None) -> Flags:
        """(n,) whether the model abstains: by a class, or by no probability as high as `sure`.

        Raises:
            UsageError: MG2276, the model has no such class.
            UnaskedError: as `best` says.
        """
        if abstain is None:
            return self.best < sure
        names = [str(label) for label in self.model.facts.classes]
        if abstain not in names:
            raise UsageError("MG2276", f"the model has no class {abstain!r} to abstain with")
        assert self.answers.labels is not None
        found: Flags = self.answers.labels == names.index(abstain)
        if self.answers.scores is None:
            return found
        finite: Flags = np.isfinite(self.answers.scores).all(axis=1)
        return found & finite  # no number is no decision to abstain

    def shown(self, places: Sequence[int] | NDArray[Any]) -> tuple[dict[str, Any], ...]:
        """The first of these places, as evidence."""
        columns = tuple(name for name in self.model.columns if name in self.rows.schema.names)
        entries = []
        for place in [int(one) for one in places[:SHOWN]]:
            entry = {
                "type": "input",
                "input": shown(self.rows.select(list(columns)), place, columns),
                "answer": said(self.model.facts, self.answers, place),
            }
            if self.answers.scores is not None:
                entry["score"] = float(np.max(self.answers.scores[place]))
            entries.append(entry)
        return tuple(entries)


def made_of(model: Model, sample: Sample, how: str) -> Inputs:
    """Inputs made from rows of the domain, see `made`.

    Raises:
        UnaskedError: MG2274, no column can be made up so.
    """
    few = np.arange(min(len(sample), MOST), dtype=np.int64)
    rows = sample.rows.take(index_of(few)).select(list(model.columns))
    inputs, touched = make(model.decoded(rows, sized=True), how, sample.seed)
    if not touched:
        raise UnaskedError("MG2274", f"no column that feeds the model can be made up by {how!r}")
    return Inputs(model, inputs, model.predict(inputs))


def rows_of(model: Model, elsewhere: AnsweredRows | None) -> Inputs:
    """The rows of a data set from elsewhere.

    Raises:
        UnaskedError: MG2273, there are none.
    """
    if elsewhere is None or not len(elsewhere):
        raise UnaskedError("MG2273", "the data set from elsewhere has no rows")
    return Inputs(model, elsewhere.rows, elsewhere.answered)


def confident(inputs: Inputs, sure: float) -> Outcome:
    """The share whose best probability is `sure` or more; one that is not finite counts too."""
    hits = ~(inputs.best < sure)
    return _share(
        hits,
        says=f"{int(hits.sum()):,} of {len(hits):,} inputs from elsewhere are answered with a"
        f" probability of {sure:g} or more.",
        evidence=inputs.shown(np.flatnonzero(hits)),
    )


def abstention(inputs: Inputs, sure: float, abstain: str | None, *, inside: bool) -> Outcome:
    """The share that the model abstains from: good elsewhere, and bad inside of the domain."""
    silent = inputs.silent(sure, abstain)
    where = "rows of the domain" if inside else "inputs from elsewhere"
    found = _share(
        silent,
        says=f"The model abstains from {int(silent.sum()):,} of {len(silent):,} {where}.",
        evidence=inputs.shown(np.flatnonzero(silent == inside)),
    )
    return replace(found, better="lower" if inside else "higher")


def not_finite(inputs: Inputs) -> Outcome:
    """How many are answered with NaN or infinity.

    Raises:
        UnaskedError: MG2275, the model answers with labels alone.
    """
    answers = inputs.answers
    given = answers.values if answers.scores is None else answers.scores
    if given is None:
        raise UnaskedError("MG2275", "the model answers with labels alone, which are all finite")
    rows = len(inputs.rows)
    places = np.flatnonzero(~np.isfinite(np.asarray(given).reshape(rows, -1)).all(axis=1))
    return Outcome(
        value=float(len(places)),
        better="lower",
        kind="exact",
        unit="input",
        n=rows,
        says=f"{len(places):,} of {rows:,} inputs from elsewhere are answered with NaN or"
        " infinity.",
        evidence=inputs.shown(places),
    )


def out_of_range(inputs: Inputs, truth: Floats, slack: float) -> Outcome:
    """The share of numbers answered outside the range of the targets.

    Args:
        inputs: that were answered.
        truth: (m,) targets of the domain.
        slack: by so much of it the range is wider at both ends.

    Raises:
        UnaskedError: MG2275, the model answers with no numbers.
    """
    values = inputs.answers.values
    if values is None:
        raise UnaskedError("MG2275", "a range is asked of models that answer with numbers")
    low, high = float(truth.min()), float(truth.max())
    wide = slack * (high - low)
    with np.errstate(invalid="ignore"):
        hits = ~((values >= low - wide) & (values <= high + wide))
    return _share(
        hits,
        says=f"{int(hits.sum()):,} of {len(hits):,} inputs from elsewhere are answered outside"
        f" {low - wide:.4g} to {high + wide:.4g}.",
        evidence=inputs.shown(np.flatnonzero(hits)),
    )


def confidence_drop(inside: Floats, outside: Floats) -> Outcome:
    """How much lower the mean best probability is elsewhere.

    Args:
        inside: (n,) best probabilities in the domain.
        outside: (m,) elsewhere.
    """
    inside = inside[np.isfinite(inside)]
    if min(len(inside), len(outside)) < 2 or not np.isfinite(outside).all():
        reason = "too few inputs, or answers that are not finite"
        return Outcome(value=None, better="higher", reason=reason)
    # Inputs that are all answered alike may hide one that is not: no width is 0.
    one, two = (
        Lot(float(x.mean()), max(float(x.var(ddof=1)), 1 / len(x)), len(x))
        for x in (inside, outside)
    )
    return Outcome(
        value=one.mean - two.mean,
        interval=means_apart(one, two),
        at=lambda level: means_apart(one, two, level),
        better="higher",
        n=min(len(inside), len(outside)),
        lowest=-1.0,
        highest=1.0,
        method="Welch",
        says=f"The mean best probability is {one.mean:.3f} in the domain and {two.mean:.3f}"
        " elsewhere.",
        details={"inside": one.mean, "outside": two.mean, "level": LEVEL},
    )


def _share(hits: Flags, **told: Any) -> Outcome:
    """A share of inputs; a single input is a fact, not a sample of any."""
    if len(hits) == 1:
        return Outcome(value=float(hits[0]), better="lower", kind="exact", n=1, **told)
    return share_of_wrong(int(hits.sum()), len(hits), **told)
