"""Which hand-written cases a model answers rightly, and what is shown of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.behaviour.answers import LONGEST, said
from modelgate.binding.labels import key
from modelgate.cases import Case, Cases, Input, Moves
from modelgate.predictions import Predictions

Floats = NDArray[np.float64]
Levels = tuple[float, float]
UNWATCHED: Levels = (float("nan"), float("nan"))
NEARLY = 1e-9
"""By so much a score may move that is not to move at all: rounding of sums."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What became of n cases.

    Attributes:
        asked: (n,) whether there was anything to judge; a direction may have no room to move.
        wrong: (n,) whether a case is answered wrongly; never where it was not judged.
        first: (n,) the place of each case's first input among all of them.
        against: (n,) the place of the input that speaks most against the model.
        levels: (n, 2) what a DIR case watches, of its first input and of that one; else NaN.
    """

    asked: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    first: NDArray[np.int64]
    against: NDArray[np.int64]
    levels: Floats


def judged(cases: Cases, facts: Facts, answers: Predictions) -> Verdicts:
    """Judge each case by the answers to all of its inputs.

    An answer that is not finite, or a label of no class, makes its case wrong.

    Args:
        cases: n cases.
        facts: of the question; whatever the cases expect is known to it.
        answers: to all inputs, in the order of `rows_of`.
    """
    sizes = [len(case.inputs) for case in cases.cases]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    found = Verdicts(
        asked=np.ones(len(sizes), dtype=np.bool_),
        wrong=np.zeros(len(sizes), dtype=np.bool_),
        first=first,
        against=first.copy(),
        levels=np.full((len(sizes), 2), np.nan),
    )
    court = _Court(facts, answers)
    for place, case in enumerate(cases.cases):
        start = int(first[place])
        row, asked, levels = court.worst(case, start, start + sizes[place])
        found.asked[place] = asked
        found.levels[place] = levels
        if row is not None:
            found.wrong[place] = True
            found.against[place] = row
    return found


class _Court:
    """The answers to all inputs, and how they are held against a case."""

    def __init__(self, facts: Facts, answers: Predictions) -> None:
        self.places = {key(label): place for place, label in enumerate(facts.classes)}
        self.positive = facts.positive
        self.labels, self.scores, self.values = answers.labels, answers.scores, answers.values
        if self.labels is None:
            assert self.values is not None
            self.sound = np.isfinite(self.values)
            return
        self.sound = self.labels >= 0
        if self.scores is None:
            self.scores = (self.labels[:, None] == np.arange(len(facts.classes))).astype(float)
        else:
            self.sound = self.sound & np.isfinite(self.scores).all(axis=1)

    def worst(self, case: Case, start: int, end: int) -> tuple[int | None, bool, Levels]:
        """The input that is answered wrongly; whether anything was to be judged; what moved."""
        unsound = np.flatnonzero(~self.sound[start:end])
        if len(unsound):
            return start + int(unsound[0]), True, UNWATCHED
        if case.kind == "MFT":
            return None if self._is_right(case, start) else start, True, UNWATCHED
        if case.kind == "INV":
            apart = self._apart(case, start, end)
            place = int(np.argmax(apart))
            return (start + 1 + place if apart[place] > 0 else None), True, UNWATCHED
        assert case.moves is not None
        return self._moved(case, case.moves, start, end)

    def _is_right(self, case: Case, row: int) -> bool:
        if self.labels is None:
            assert self.values is not None
            value = float(self.values[row])
            return any(abs(value - float(one)) <= case.tolerance for one in case.expect)
        return int(self.labels[row]) in {self.places[key(label)] for label in case.expect}

    def _apart(self, case: Case, start: int, end: int) -> Floats:
        """(inputs - 1,) above 0 where an answer is not that to the first input."""
        if self.labels is None:
            assert self.values is not None
            far = np.abs(self.values[start + 1 : end] - self.values[start]) - case.tolerance
            return np.asarray(far, dtype=np.float64)
        return np.asarray(self.labels[start + 1 : end] != self.labels[start], dtype=np.float64)

    def _moved(
        self, case: Case, moves: Moves, start: int, end: int
    ) -> tuple[int | None, bool, Levels]:
        """As `worst`, of a direction."""
        level = self._level(moves, start, end)
        if self.labels is not None:
            unless = {self.places[key(label)] for label in moves.unless}
            if int(self.labels[start]) in unless or not _has_room(case, moves, level[0]):
                return None, False, UNWATCHED
        far = level[0] - level[1:] if moves.up else level[1:] - level[0]
        place = int(np.argmax(far))
        wrong = not far[place] <= case.tolerance + NEARLY
        return (start + 1 + place if wrong else None), True, (level[0], level[1 + place])

    def _level(self, moves: Moves, start: int, end: int) -> Floats:
        """(inputs,) the number that is watched."""
        if self.labels is None:
            assert self.values is not None
            return np.asarray(self.values[start:end], dtype=np.float64)
        assert self.scores is not None
        weights = np.zeros(self.scores.shape[1])
        if moves.of is None:
            weights[-1 if self.positive is None else self.positive] = 1
        elif not moves.of:
            weights[self.labels[start]] = 1
        for label, weight in moves.of or ():
            weights[self.places[key(label)]] += weight
        return np.asarray(self.scores[start:end] @ weights, dtype=np.float64)


def _has_room(case: Case, moves: Moves, level: float) -> bool:
    """Whether the score of the first answer could move the wrong way by more than the tolerance.

    Source: `Expect.monotonic` of CheckList, which sets such cases aside.
    """
    if moves.of is None or moves.of:
        return True
    return level > case.tolerance if moves.up else level < 1 - case.tolerance


def shown_cases(
    cases: Cases,
    facts: Facts,
    answers: Predictions,
    verdicts: Verdicts,
    order: Sequence[int],
) -> tuple[dict[str, Any], ...]:
    """Evidence for people: what was given, what is right, what was answered."""
    return tuple(_shown(cases.cases[one], facts, answers, verdicts, one) for one in order)


def _shown(
    case: Case, facts: Facts, answers: Predictions, verdicts: Verdicts, place: int
) -> dict[str, Any]:
    first, against = int(verdicts.first[place]), int(verdicts.against[place])
    entry: dict[str, Any] = {"type": "input", "input": _short(case.input)}
    was, answer = said(facts, answers, first), said(facts, answers, against)
    if against != first:
        entry["changed"] = _short(case.inputs[against - first])
        entry["was"] = was
    within = f" ± {case.tolerance:g}" if facts.task == "regression" and case.tolerance else ""
    entry["expected"] = [f"{one:g}{within}" if within else one for one in case.expect]
    if case.kind == "INV":
        entry["expected"] = "the same"
    elif case.moves is not None:
        entry["expected"] = f"a score that is not {'lower' if case.moves.up else 'higher'}"
        before, after = (float(f"{level:.3g}") for level in verdicts.levels[place])
        if facts.task == "classification" and isfinite(before):
            entry |= {"score_of": _watched(case.moves, facts, was), "was": before}
            answer = after
    entry |= {"answer": answer, "where": str(case.where)}
    return entry | {k: v for k, v in (("test", case.test), ("capability", case.capability)) if v}


def _watched(moves: Moves, facts: Facts, first: Any) -> str:
    """The class whose score is watched, or the sum of several, as people would write it."""
    if moves.of is None:
        return str(facts.classes[-1 if facts.positive is None else facts.positive])
    terms = [
        f"{'-' if weight < 0 else '+'} {'' if abs(weight) == 1 else f'{abs(weight):g} '}{label}"
        for label, weight in moves.of
    ]
    return " ".join(terms).removeprefix("+ ") or str(first)


def _short(given: Input) -> Input:
    if isinstance(given, str):
        return given if len(given) <= LONGEST else f"{given[:LONGEST]}..."
    return given
