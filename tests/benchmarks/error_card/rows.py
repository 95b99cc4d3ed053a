"""The rows of the error card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.error_card import (
    changes,
    continuity,
    coverage,
    coverage_of_pairs,
    false_block,
    labels_needed,
    power,
    ready_made,
    repeats,
    reuse,
    shifted,
    stability,
    wrong_promotion,
)
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


def coverage_rates(**how: Any) -> Iterator[Rate]:
    """Of the metrics of one model, and of differences of two."""
    yield from coverage.rates(**how)
    yield from coverage_of_pairs.rates(**how)


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
        3,
        "An equally good candidate is mostly promoted",
        "A gate that holds everything is never wrong and of no use. Models trained with two seeds"
        " on six real data sets are compared on 1,000 rows (drawn with repetition where there are"
        " fewer) by the suite that comes out of the box, and at least 80 % have to go through; of"
        " one accuracy question with a tolerance of 2 points and 2,000 rows at least 95 %. Models"
        " of resampled rows differ on three to five times as many rows; what becomes of them is"
        " told.",
        ready_made.rates,
    ),
    Row(
        4,
        "A drop of two points is found nearly as often as by the best test there can be",
        "The gate's chance to show a drop of two points, or to rule it out, is compared with that"
        " of the best conceivable test made for the case. Cells in which even that finds it in less"
        " than 10 % of runs are told only.",
        power.rates,
    ),
    Row(
        5,
        "Columns that have not shifted raise an alarm in at most 5 % of runs, all together",
        "Two data sets of one law are compared column by column: numbers, whole numbers, mostly"
        " zeros, truth values and categories in turn, every third with missing values. Then one"
        " column shifts by more than 0.05. What we find is set against scipy's usual tests of the"
        " same columns, with Bonferroni's correction: of the runs in which one of the two alone"
        " finds the shift, at least half must be ours.",
        shifted.rates,
    ),
    Row(
        6,
        "The population stability index raises a false alarm in at most 6 % of runs",
        "Its usual limits, 0.1 and 0.25, mean nothing without the number of rows. Ours has a"
        " p-value; before any limit on the index it must keep its 5 %, with any number of rows and"
        " bins, however the bins were chosen.",
        stability.rates,
    ),
    Row(
        7,
        "A row more changes no verdict by a change of method",
        "With few rows other formulas are used than with many. Where one takes over from the other"
        " a verdict's chance may not move by more than two points beyond what either formula alone"
        " does.",
        continuity.rates,
    ),
    Row(
        8,
        "Each end of an interval misses the truth in at most 6 % of runs",
        "The ends of the intervals are what decides, and each is meant to miss in 5 % of runs."
        " Where an interval is wider than it need be it is told and not held against it; heavy"
        " tails, for which no method is honest with few rows, are told as well.",
        coverage_rates,
    ),
    Row(
        9,
        "Where both models answer alike no label is needed",
        "Accuracy is compared with all labels and with those of the rows alone on which the models"
        " differ. The verdict must be the same, with at most a tenth of the labels.",
        labels_needed.rates,
    ),
    Row(
        10,
        "Many looks at one test set do not carry a worse model through",
        "In a strict suite at most 5 % of test sets may promote any of 20 candidates that lack the"
        " margin. With the anchor, twenty steps down of half a margin each may on average lose no"
        " more than the margin. Of candidates that are all equally good, those pass that are lucky"
        " on these rows: by how much the last one's accuracy there exceeds its true one is told. A"
        " strict suite tells nobody that number.",
        reuse.rates,
    ),
    Row(
        11,
        "The same question gets the same answer",
        "The same model, rows and suite are judged again and again, with one thread and with two:"
        " the reports must be equal to the last byte. With the rows shuffled every figure in them"
        " must be.",
        repeats.rates,
    ),
    Row(
        12,
        "What is asked of changed rows errs no more often than it says",
        "Rows are changed and asked about again. Flips just as frequent as the limit may pass in at"
        " most 5 % of runs and fail in at most 1 %; the ends of the intervals of robustness, and of"
        " its difference from the champion, may each miss in at most 6 %.",
        changes.rates,
    ),
)
