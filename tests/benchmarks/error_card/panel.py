"""A suite of comparisons, put to made-up answers: the real checks, the real gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Integers, Need
from modelgate.gate import settled, verdict
from modelgate.library import Library, builtin_root
from modelgate.needs import pair_of
from modelgate.outcome import Outcome
from modelgate.question import Question, judged, sound
from modelgate.report import Result, Verdict
from modelgate.stats.cells import Draws
from modelgate.suite import Suite
from modelgate.suite_file import parse_suite

Groups = Mapping[str, Integers]
"""Column -> (n,) the slice of each row, from 0."""
Asked = tuple[Question, Outcome]


@cache
def library() -> Library:
    """The checks that come with modelgate."""
    return Library(builtin_root())


def suite_of(text: str) -> Suite:
    """A suite as its parser reads it."""
    return parse_suite(text.encode(), name="card", path="card", checks=library())


@dataclass(slots=True)
class Panel:
    """The comparisons of a suite.

    Attributes:
        suite: of `metric` steps.
        facts: the question.
        quick: whether p-values are taken from the interval that decides a pass alone, where that
            is not drawn. A pass is the same with and without, a failure is not: for what asks about
            promotion only.
    """

    suite: Suite
    facts: Facts
    quick: bool = False
    _known: dict[Any, Result] = field(default_factory=dict)

    def asked(self, batch: Batch, groups: Groups | None = None) -> list[Asked]:
        """Every comparison's answer, slices in the order of their values."""
        found = []
        whole: dict[Need, Aggregate] = {}
        for step in self.suite.steps:
            check = library()[step.check]
            need = pair_of(check, step, self.facts)
            assert need is not None
            if not step.by:
                if need not in whole:
                    whole[need] = self._of(need, batch)
                found.append(self._answer(Question(check, step, versus=True), whole[need]))
            for (column,) in step.by:
                assert isinstance(column, str)
                for value, rows in _parts((groups or {})[column]):
                    question = Question(check, step, {column: value}, versus=True)
                    found.append(self._answer(question, self._of(need, batch.take(rows))))
        return found

    def decided(self, asked: Sequence[Asked]) -> tuple[list[Result], Verdict]:
        """The results of this suite's questions and its verdict.

        Args:
            asked: of this panel, or of one whose suite differs in margins alone.
        """
        questions = self._questions(asked)
        weighed = [
            self._result(question, outcome)
            for question, (_, outcome) in zip(questions, asked, strict=True)
        ]
        results, _ = settled(weighed, self.suite.policy)
        return results, verdict(results, self.suite.policy)

    def run(self, batch: Batch, groups: Groups | None = None) -> tuple[list[Result], Verdict]:
        """Ask, and decide."""
        return self.decided(self.asked(batch, groups))

    def _of(self, need: Need, batch: Batch) -> Aggregate:
        found = need.make(self.facts)
        found.add(batch.part_for(found))
        return found

    def _answer(self, question: Question, found: Aggregate) -> Asked:
        outcome = sound(question.ask({"found": found}))
        apart = outcome.difference
        if apart is not None and apart.at is not None and not isinstance(apart.at, Draws):
            at = None if self.quick else cache(apart.at)
            outcome = replace(outcome, difference=replace(apart, at=at))
        return question, outcome

    def _questions(self, asked: Sequence[Asked]) -> Iterator[Question]:
        steps = {step.where.line: step for step in self.suite.steps}
        assert len(steps) == len(self.suite.steps), "a line holds one step"
        for question, _ in asked:
            yield replace(question, step=steps[question.step.where.line])

    def _result(self, question: Question, outcome: Outcome) -> Result:
        """As `judged`; what was judged of the same counts before is not judged again."""
        told, apart = outcome.details, outcome.difference
        if apart is None or "gains" not in told or outcome.n_effective is not None:
            return judged(question, outcome, policy=self.suite.policy)
        step = question.step
        asked = (step.subject, str(step.settings), step.margin, question.part is None)
        key = (*asked, told["gains"], told["losses"], outcome.n)
        if key not in self._known:
            self._known[key] = judged(question, outcome, policy=self.suite.policy)
        known = self._known[key]
        return replace(
            known,
            id=question.id,
            slice=question.part,
            severity=step.severity,
            value=outcome.value,
            champion=apart.champion,
        )


def _parts(codes: Integers) -> Iterator[tuple[int, Integers]]:
    order = np.argsort(codes, kind="stable")
    values, starts = np.unique(codes[order], return_index=True)
    yield from zip(values.tolist(), np.split(order, starts[1:]), strict=True)
