"""A property, and the ways to ask a model about rows for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.cells import index_of
from modelgate.errors import CheckCrashedError, ModelgateError
from modelgate.escape import one_line, shown
from modelgate.model import Model
from modelgate.predictions import Predictions

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """Rows with what the model said to them, once or twice.

    Attributes:
        rows: n rows of the columns that feed the model, and others that the property asked for.
        answers: to them.
        changed: the same rows changed; None where they were asked as they are.
        after: the answers to those, or the second ones to `rows`; None where asked once.
    """

    rows: pa.RecordBatch
    answers: Predictions
    changed: pa.RecordBatch | None = None
    after: Predictions | None = None

    def take(self, index: NDArray[np.int64]) -> Answered:
        """The rows at `index`."""
        at = index_of(index)
        return Answered(
            rows=self.rows.take(at),
            answers=self.answers.take(index),
            changed=None if self.changed is None else self.changed.take(at),
            after=None if self.after is None else self.after.take(index),
        )


Ask = Callable[[Model, pa.RecordBatch], Answered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What has to hold of the answers to any input.

    Attributes:
        name: what people call it.
        says: the property as the end of a sentence: "every score is a number".
        ask: how the model is asked.
        held: (answered) -> (n,) whether it holds of each row. Not-a-number has to break it.
        counts: (answered) -> (n,) which rows can break it at all; the others are no trials.
        beside: columns that are drawn beside the model's own -> the column they are drawn like.
        alone: whether a row breaks it by itself, whatever rows stand around it in a call.
    """

    name: str
    says: str
    ask: Ask
    held: Callable[[Answered], Flags]
    counts: Callable[[Answered], Flags] | None = None
    beside: Mapping[str, str] = field(default_factory=dict)
    alone: bool = True

    def judge(self, model: Model, rows: pa.RecordBatch) -> tuple[Answered, Flags, Flags]:
        """Ask about n rows, 1 or more.

        Returns:
            The answers; (n,) which rows are trials; (n,) which of these break the property.

        Raises:
            CheckCrashedError: MG4070, the property raised; MG4071, it answered no truth value a
                row; MG4072, the model did not answer every row.
        """
        answered = self.ask(model, rows)
        count = len(rows)
        for one in (answered.answers, answered.after):
            if one is not None and len(one) != count:
                raise CheckCrashedError(
                    "MG4072", f"the model gave {len(one)} answers to {count} rows"
                )
        trials = np.ones(count, dtype=np.bool_)
        if self.counts is not None:
            trials = self._flags(self.counts, answered)
        return answered, trials, trials & ~self._flags(self.held, answered)

    def _flags(self, function: Callable[[Answered], Flags], answered: Answered) -> Flags:
        try:
            with np.errstate(all="ignore"):  # a comparison with NaN is false, and no news
                flags = np.asarray(function(answered))
        except ModelgateError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {one_line(error)}"
            raise CheckCrashedError(
                "MG4070", f"the property {shown(self.name)} raised {reason}"
            ) from error
        wanted = (len(answered.rows),)
        if flags.dtype != np.bool_ or flags.shape != wanted:
            raise CheckCrashedError(
                "MG4071",
                f"the property {shown(self.name)} answered {flags.dtype} of shape {flags.shape};"
                f" it has to answer booleans of shape {wanted}, one a row",
            )
        return flags


def alone(model: Model, rows: pa.RecordBatch) -> Answered:
    """Ask about the rows as they are."""
    return Answered(rows=rows, answers=model.predict(rows))


def beside(change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Ask:
    """Ask about the rows and, in the same call, about the changed ones."""

    def ask(model: Model, rows: pa.RecordBatch) -> Answered:
        changed = change(rows)
        both = pa.Table.from_batches(
            [rows.select(list(model.columns)), changed.select(list(model.columns))]
        )
        answers = model.predict(both)
        first, second = _halves(answers, len(rows))
        return Answered(rows=rows, answers=first, changed=changed, after=second)

    return ask


def twice(model: Model, rows: pa.RecordBatch) -> Answered:
    """Ask about every row twice in one call."""
    asked = beside(lambda given: given)(model, rows)
    return Answered(rows=rows, answers=asked.answers, after=asked.after)


def reordered(model: Model, rows: pa.RecordBatch) -> Answered:
    """Ask about the rows, and in a second call about the same rows in another order."""
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    if (order == np.arange(len(rows))).all():
        order = order[::-1]
    back = np.argsort(order, kind="stable")
    answers = model.predict(rows)
    again = model.predict(rows.take(index_of(order)))
    if len(again) != len(rows):
        return Answered(rows=rows, answers=answers, after=again)
    return Answered(rows=rows, answers=answers, after=again.take(back))


def _halves(answers: Predictions, rows: int) -> tuple[Predictions, Predictions]:
    if len(answers) != 2 * rows:
        raise CheckCrashedError(
            "MG4072", f"the model gave {len(answers)} answers to {2 * rows} rows"
        )
    return answers.take(slice(0, rows)), answers.take(slice(rows, None))
