"""Answers with numbers, made worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Flags, Floats
from modelgate.replay import Recording, Replies
from modelgate.replay.slices import Slice
from modelgate.selftest.fault import Fault, Group, Make, Untried, control, percent

RISES = (0.02, 0.05, 0.10)
SLICE_RISES = (0.10, 0.20)
BIAS = 0.10
SCALE = 0.05
UNIT = 1.609344
"""Kilometres in a mile: a unit that is taken for another."""
OTHERWISE = 0.10
"""Rows among which an equally good model has its errors elsewhere."""
LEAST_HARM = 0.01
"""Share by which the error has to rise for a change to be a fault at all."""


@dataclass(frozen=True, slots=True)
class Values:
    """A model's answers to rows with numbers, to make worse.

    Attributes:
        answer: (n,) as the model gave them.
        truth: (n,) the right ones.
        usable: (n,) rows that count.
    """

    answer: Floats
    truth: Floats
    usable: Flags

    @classmethod
    def of(cls, recording: Recording) -> Values:
        """The answers of a recorded pass."""
        return cls(recording.replies["test"].answer, recording.truth, recording.usable)

    def error(self, answer: Floats | None = None, among: Flags | None = None) -> float:
        """The root of the mean squared error; in the unit of the target."""
        rows = self.usable if among is None else self.usable & among
        apart = (self.answer if answer is None else answer)[rows] - self.truth[rows]
        return sqrt(float((apart**2).mean()))

    def changed(self, answer: Any, among: Flags | None = None) -> Replies:
        """Other answers for the rows that count."""
        rows = self.usable if among is None else self.usable & among
        return Replies(np.where(rows, answer, self.answer))

    def noisy(self, rise: float, among: Flags | None, rng: Generator) -> Replies:
        """A model whose error is larger by that share, by chance."""
        size = self.error(among=among) * sqrt((1 + rise) ** 2 - 1)
        return self.changed(self.answer + size * rng.standard_normal(len(self.answer)), among)

    def biased(self, rise: float, rng: Generator) -> Replies:
        """A model that is off by one amount everywhere, to the side where it is off already."""
        off = float((self.answer - self.truth)[self.usable].mean())
        size = self.error() * sqrt((1 + rise) ** 2 - 1) * rng.uniform(0.9, 1.1)
        return self.changed(self.answer + (size if off >= 0 else -size))

    def scaled(self, by: float, rng: Generator) -> Replies:
        """A model that answers too high, or too low, by about that share."""
        return self.changed(self.answer * (1 + by * rng.uniform(0.9, 1.1)))

    def in_another_unit(self, among: Flags, _: Generator) -> Replies:
        """A model that takes miles for kilometres in some rows."""
        return self.changed(self.answer * UNIT, among)

    def constant(self, _: Generator) -> Replies:
        """The mean of the right answers for every row."""
        return self.changed(float(self.truth[self.usable].mean()))

    def shuffled(self, rng: Generator) -> Replies:
        """Its answers, given to other rows."""
        answer = self.answer.copy()
        answer[self.usable] = rng.permutation(answer[self.usable])
        return Replies(answer)

    def equal(self, rng: Generator) -> Replies:
        """A model that errs as much, some of it in other rows."""
        rows = np.flatnonzero(self.usable)
        some = rng.choice(rows, round(OTHERWISE * len(rows)), replace=False)
        answer = self.answer.copy()
        answer[some] = self.truth[some] + rng.permutation(self.answer[some] - self.truth[some])
        return Replies(answer)


def value_faults(
    given: Values, slices: Sequence[Slice], draws: int, few: int
) -> Iterator[Fault | Untried]:
    """Every fault, and those that are none for these answers.

    Args:
        given: the answers.
        slices: of the rows.
        draws: models of each kind.
        few: models of each slice.
    """
    yield control("copy", "are the model itself", lambda _: Replies(given.answer), 1, good=True)
    says = f"are as good, and err elsewhere in {percent(OTHERWISE)} of the rows"
    yield control("equal", says, given.equal, draws, good=True)
    yield control("constant", "answer every row alike", given.constant, 1)
    yield control("shuffled", "give each row the answer to another", given.shuffled, draws)
    if given.error() == 0:
        yield Untried("err more than the model", "it makes no error that could grow")
        return
    for rise in RISES:
        says = f"have an error (RMSE) larger by {percent(rise)}"
        make = partial(given.noisy, rise, None)
        yield _whole(f"noise-{rise * 100:g}", "overall", says, make, draws=draws, size=rise)
    says = f"are off to one side everywhere, so that the RMSE is larger by {percent(BIAS)}"
    yield _whole("bias", "noise", says, partial(given.biased, BIAS), draws=draws)
    for sign, side in ((1, "high"), (-1, "low")):
        says = f"answer {percent(SCALE)} too {side}"
        after = given.error(given.scaled(sign * SCALE, np.random.default_rng(0)).answer)
        if after < given.error() * (1 + LEAST_HARM):
            yield Untried(says, "that is no fault here: its error would not rise")
            continue
        yield _whole(
            f"scale-{side}", "noise", says, partial(given.scaled, sign * SCALE), draws=draws
        )
    for one in slices:
        yield from _of_slice(given, one, few)


def _whole(
    name: str, group: Group, says: str, make: Make, *, draws: int, size: float | None = None
) -> Fault:
    return Fault(
        name=name,
        kind=name,
        group=group,
        says=says,
        make=make,
        draws=draws,
        size=size,
        metric="rmse" if size else "",
    )


def _of_slice(given: Values, one: Slice, few: int) -> Iterator[Fault]:
    if given.error(among=one.rows) == 0:
        return
    for rise in SLICE_RISES:
        name = f"slice-{rise * 100:g}"
        yield Fault(
            name=f"{name}[{one.says}]",
            kind=name,
            group="slice",
            says=f"have an error (RMSE) larger by {percent(rise)} where {one.says}",
            make=partial(given.noisy, rise, one.rows),
            draws=few,
            size=rise,
            metric="rmse",
            place=one,
        )
    yield Fault(
        name=f"unit[{one.says}]",
        kind="unit",
        group="slice",
        says=f"answer in another unit (x {UNIT:.4g}) where {one.says}",
        make=partial(given.in_another_unit, one.rows),
        draws=1,
        place=one,
    )
