"""Row 5: how often columns are said to have shifted, where none has and where one has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.random import Generator

from modelgate.drift.columns import ColumnShift, compared
from modelgate.drift.family import family_of
from modelgate.profiles.column import ColumnProfile
from tests.benchmarks.error_card.columns import KINDS, Column, Kind, columns
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate

ALARMS = 0.05
FLOOR = 0.05
"""The usual limit of a shift; power is asked about larger ones."""
SIZES = ((50, 50), (50, 2_000), (300, 1_000), (2_000, 2_000))
FURTHER_SIZES = ((50, 100_000), (1_000, 100_000), (10_000, 10_000), (100_000, 100_000))
MANY = {1: 1, 5: 1, 30: 4, 300: 32}
"""Number of columns -> by what the runs are divided."""
NOISE = {1: 1.4, 5: 1.6, 30: 1.9, 300: 2.3}
"""Number of columns -> a shift that about half of the runs show, in the noise of the distance."""


@dataclass(frozen=True, slots=True)
class Case:
    """Two data sets.

    Attributes:
        rows: of the reference.
        others: of the current one.
        columns: of both.
        shifted: kind of the one column that has shifted; None where none has.
    """

    rows: int
    others: int
    columns: int
    shifted: Kind | None = None

    @property
    def name(self) -> str:
        """For the card."""
        many = "1 column" if self.columns == 1 else f"{self.columns} columns"
        what = f", {self.shifted} shifted by {self.apart:.2f}" if self.shifted else ""
        return f"{many}, n={self.rows} and {self.others}{what}"

    @property
    def apart(self) -> float:
        """How far the shifted column's laws lie apart."""
        noise = sqrt(1 / self.rows + 1 / self.others)
        return max(1.1 * FLOOR, NOISE[self.columns] * noise)


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """False alarms of tests alone, and with the floor; then what is found of a real shift."""
    for many, fewer in MANY.items():
        if many > 30 and not long:
            continue
        sizes = (*SIZES, *FURTHER_SIZES) if long else SIZES[:3:2]
        cells = [(case.name, case) for case in (Case(*size, many) for size in sizes)]
        share = max(1, runs // fewer)
        for name, _, found in counted(alarms, cells, runs=share, processes=processes):
            tests, floored = found.tolist()
            yield Rate(cell=f"{name}: alarm of the tests", count=tests, runs=share, goal=ALARMS)
            yield Rate(cell=f"{name}: and above 0.05", count=floored, runs=share, goal=ALARMS)
    for many in (1, 30, 300) if long else (1, 30):
        cells = [(case.name, case) for case in _shifted(many, long=long)]
        share = max(1, runs // (4 + MANY[many]))
        for name, _, found in counted(finds, cells, runs=share, processes=processes):
            yield _compared(name, share, *found.tolist())


def _shifted(many: int, *, long: bool) -> Iterator[Case]:
    sizes = ((300, 1_000), (2_000, 2_000), (4_000, 6_000)) if long else ((300, 1_000),)
    kinds = {1: KINDS, 30: KINDS[:4], 300: KINDS[:2]}[many]
    for rows, others in {1: sizes, 30: sizes[:2], 300: sizes[1:2]}[many]:
        for kind in kinds:
            yield Case(rows, others, many, kind)


def _compared(name: str, runs: int, ours: int, theirs: int, only_ours: int, only: int) -> Rate:
    """Of the runs in which one of the two finds the shift alone, those in which it is ours."""
    told = f"{name}: found {ours / runs:.1%}, by the battery {theirs / runs:.1%}; alone"
    apart = only_ours + only
    if apart == 0:
        return Rate(cell=told, exact=0.5, goal=0.5, at_least=True)
    return Rate(cell=told, count=only_ours, runs=apart, goal=0.5, at_least=True)


def alarms(case: Case, rng: Generator, runs: int) -> Counts:
    """Runs in which any column is called shifted: by the tests alone, and above the floor."""
    found = np.zeros(2, dtype=np.int64)
    for _ in range(runs):
        shifts = compared(*_drawn(case, rng)).shifts
        found += [bool(family_of(shifts, floor).drifted) for floor in (0.0, FLOOR)]
    return found


def finds(case: Case, rng: Generator, runs: int) -> Counts:
    """Runs in which the shifted column is found: by us, by the battery, by one of them alone."""
    found = np.zeros(4, dtype=np.int64)
    for _ in range(runs):
        reference, current = _drawn(case, rng)
        shifts = compared(reference, current).shifts
        drifted = family_of(shifts, 0.0).drifted
        ours = any(one.column == "x0" and one.aspect == "values" for one in drifted)
        theirs = _by_battery(reference["x0"], current["x0"], shifts)
        found += [ours, theirs, ours and not theirs, theirs and not ours]
    return found


def _drawn(case: Case, rng: Generator) -> tuple[dict[str, ColumnProfile], dict[str, ColumnProfile]]:
    laws = columns(case.columns)
    if case.shifted is not None:
        laws = (Column(case.shifted), *laws[1:])
    apart = [0.0 if place or case.shifted is None else case.apart for place in range(len(laws))]
    reference = {f"x{k}": law.draw(rng, case.rows, f"x{k}") for k, law in enumerate(laws)}
    current = {
        f"x{k}": law.draw(rng, case.others, f"x{k}", far)
        for k, (law, far) in enumerate(zip(laws, apart, strict=True))
    }
    return reference, current


def _by_battery(one: ColumnProfile, two: ColumnProfile, tests: tuple[ColumnShift, ...]) -> bool:
    """Whether scipy's usual test of the column finds it, among as many tests (Bonferroni)."""
    from scipy import stats

    if one.numbers is not None and two.numbers is not None:
        samples = [np.repeat(side.values, side.counts) for side in (one.numbers, two.numbers)]
        chance = float(stats.ks_2samp(*samples).pvalue)
    else:
        names = sorted({*one.categories, *two.categories})
        table = [[side.categories.get(name, 0) for name in names] for side in (one, two)]
        chance = float(stats.chi2_contingency(table).pvalue)
    return chance * len(tests) <= ALARMS
