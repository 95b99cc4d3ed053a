"""Every model by itself and against others, by one metric."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from modelgate.aggregates import Facts, Need
from modelgate.declare import Check
from modelgate.errors import UsageError, Where, did_you_mean
from modelgate.escape import shown
from modelgate.leaderboard.answers import Book
from modelgate.metrics.table import METRICS
from modelgate.needs import need_in
from modelgate.outcome import Difference, Outcome
from modelgate.question import Question
from modelgate.regrouping import asked_of
from modelgate.stats.interval import LEVEL
from modelgate.stats.inversion import p_at_least, p_at_most, widened
from modelgate.stats.multiplicity import holm
from modelgate.stats.tails import normal_quantile
from modelgate.suite import Step

ALPHA = 0.05
"""Chance that any difference is called real that is none, over all pairs of models."""
MOST_PAIRED = 20
"""Models of which every pair is compared; those that follow are compared with the first alone."""
USUAL = {"classification": "accuracy", "regression": "rmse"}
SCORED = frozenset({"auroc", "auprc", "log_loss", "brier", "top_k_accuracy"})
"""Metrics that need scores beside the answers."""
UNRANKED = frozenset({"bias", "confusion"})
"""Metrics of which neither more nor less is better, or that compare nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two models on the same rows.

    Attributes:
        ahead, behind: their places in the order.
        found: the first against the second.
        p_value: two-sided, against "they are equally good", adjusted for all pairs.
    """

    ahead: int
    behind: int
    found: Difference
    p_value: float

    @property
    def real(self) -> bool:
        """Whether the first is shown to be better."""
        return self.p_value <= ALPHA

    @property
    def deviation(self) -> float:
        """The standard error of the difference; 0 where no row tells the two apart."""
        interval, value = self.found.interval, self.found.value
        if interval is None or (value == 0 and not self.found.discordant):
            return 0.0
        # Where a few rows carry the difference, the farther end tells of rows that were not seen.
        nearer = min(value - interval.low, interval.high - value)
        return max(nearer, 0.0) / normal_quantile((1 + LEVEL) / 2)


class Duels:
    """Asks the check `metric` of the models in a book, alone and two by two.

    Attributes:
        name: of the metric.
        better: the side that is good.
    """

    def __init__(self, check: Check, book: Book, metric: str) -> None:
        self._check, self._book, self.name = check, book, metric
        self.better = METRICS[metric].better
        self._step = step_of(check, metric)

    def alone(self, model: int) -> Outcome:
        """The metric of one model."""
        assert self._check.needs is not None
        need = self._check.needs(self._book.facts, self._step.settings)
        return self._asked(need, Question(self._check, self._step), model)

    def against(self, model: int, other: int) -> Outcome:
        """The metric of one model, and how far it is from another's."""
        assert self._check.pairs is not None
        need = self._check.pairs(self._book.facts, self._step.settings)
        assert need is not None
        return self._asked(need, Question(self._check, self._step, versus=True), model, other)

    def pairs(self, order: list[int]) -> list[Pair]:
        """The pairs that are compared, by places in the order, with p-values over all pairs.

        The first is picked by the very rows that judge it, and any model could have come first: so
        every pair is a question (Holm). Pairs that are not asked about count as not shown.
        """
        asked = list(combinations(range(min(len(order), MOST_PAIRED)), 2))
        asked += [(0, place) for place in range(MOST_PAIRED, len(order))]
        outcomes = [self.against(order[one], order[two]) for one, two in asked]
        p_values = np.ones(len(order) * (len(order) - 1) // 2)
        p_values[: len(asked)] = [self._p_value(outcome) for outcome in outcomes]
        adjusted = holm(p_values).tolist()
        nothing = Difference(champion=None, value=0.0, interval=None)
        return [
            Pair(one, two, outcome.difference or nothing, p_value)
            for (one, two), outcome, p_value in zip(asked, outcomes, adjusted, strict=False)
        ]

    def _asked(
        self, need: Need, question: Question, model: int, other: int | None = None
    ) -> Outcome:
        state = need_in(self._book.part, need).make(self._book.facts)
        for batch in self._book.batches(model, other):
            state.add(batch.part_for(state))
        return asked_of(question, {"found": state})

    def _p_value(self, outcome: Outcome) -> float:
        """Two-sided: twice the smaller of both sides'. 1 where it is not known."""
        apart = outcome.difference
        rows = outcome.n if outcome.n_effective is None else outcome.n_effective
        if apart is None or apart.interval is None or not rows >= outcome.minimum:
            return 1.0
        at = apart.at or widened(apart.value, apart.interval)
        return min(1.0, 2 * min(p_at_least(at, 0.0), p_at_most(at, 0.0)))


def step_of(check: Check, metric: str) -> Step:
    """The step that a suite would write to ask this metric, without a limit."""
    settings: dict[str, Any] = {name: one.default for name, one in check.settings.items()}
    return Step(
        check=check.name,
        subject=metric,
        settings=settings | {"metric": metric},
        severity=check.severity,
        where=Where("--metric"),
        limit_where=Where("--metric"),
    )


def refuse_unranked(metric: str | None, facts: Facts | None = None) -> None:
    """Refuse a metric that ranks no models.

    Raises:
        UsageError: MG2081, there is none of that name, or it does not rank.
    """
    if metric is None:
        return
    ranks = {
        name
        for name, entry in METRICS.items()
        if entry.compare is not None
        and name not in UNRANKED
        and (facts is None or entry.task == facts.task)
    }
    if metric not in METRICS:
        near = did_you_mean(metric, sorted(ranks))
        raise UsageError("MG2081", f"no metric is called {shown(metric)}; {near}")
    if metric not in ranks:
        task = "" if facts is None else f" of {facts.task}"
        raise UsageError(
            "MG2081",
            f"{metric} does not rank models{task}",
            hint=f"these do: {', '.join(sorted(ranks))}",
        )


def groups_of(pairs: list[Pair], models: int) -> list[int | None]:
    """The group that each place belongs to, from 1; None beyond those that are all compared.

    A group is headed by the first model that is in none; to it belong all that are not shown to be
    worse than its head.
    """
    real = {(pair.ahead, pair.behind) for pair in pairs if pair.real}
    found: list[int | None] = [None] * models
    group = 0
    for head in range(models):
        if found[head] is not None or (head >= MOST_PAIRED and group):
            continue
        group += 1
        found[head] = group
        last = models if head == 0 else min(models, MOST_PAIRED)
        for place in range(head + 1, last):
            if found[place] is None and (head, place) not in real:
                found[place] = group
    return found
