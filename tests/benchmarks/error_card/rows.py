"""The rows of the error card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.error_card import coverage, false_block, wrong_promotion
from tests.benchmarks.error_card.rate import Rate

Rates = Callable[..., Iterator[Rate]]


@dataclass(frozen=True, slots=True)
class Row:
    """One promise, and how it is measured.

    Attributes:
        number: of the row.
        title: in a line.
        meaning: for a reader who is no statistician.
        rates: (long, runs, processes) -> what was measured.
        quick: whether it is measured without `--long`.
    """

    number: int
    title: str
    meaning: str
    rates: Rates
    quick: bool = False


ROWS = (
    Row(
        1,
        "A good candidate is blocked in at most 1 % of runs",
        "Both models are equally good, and a suite of 40 questions compares them. However many"
        " questions are asked, the suite as a whole must hardly ever say BLOCK.",
        false_block.rates,
        quick=True,
    ),
    Row(
        2,
        "A candidate that is worse by the margin is promoted in at most 5 % of runs",
        "The candidate lacks just as much as the suite would not tolerate any more. Whatever the"
        " metric and however few the rows, luck must hardly ever carry it through.",
        wrong_promotion.rates,
        quick=True,
    ),
    Row(
        8,
        "Each end of an interval misses the truth in at most 6 % of runs",
        "The ends of the intervals are what decides, and each is meant to miss in 5 % of runs."
        " Where an interval is wider than it need be it is told and not held against it; heavy"
        " tails, for which no method is honest with few rows, are told as well.",
        coverage.rates,
    ),
)
