"""For the tests of checks, ours and yours: ask one check as a suite would, and toy models.

from modelgate.testing import run_check

def test_accuracy_of_a_coin() -> None:
    result = run_check("metric", subject="accuracy", truth=[0, 1] * 50, answer=[0] * 100,
                       at_least=0.9)
    assert result.status == "failed"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Batch, Facts
from modelgate.aggregates.answers import Answers
from modelgate.asking.function import CallableAsker
from modelgate.declare import REQUIRED, Check, Examples, Probe
from modelgate.errors import UsageError, Where, did_you_mean
from modelgate.judging import Gathered
from modelgate.library import Library, builtin_root
from modelgate.model import Artifact, Model
from modelgate.outcome import Severity
from modelgate.passing import need_of
from modelgate.report import Result
from modelgate.runner import Asked, results_of
from modelgate.suite import Limit, Step


def run_check(
    name: str,
    *,
    subject: str = "all",
    truth: Sequence[Any] | NDArray[Any] | None = None,
    answer: Sequence[Any] | NDArray[Any] | None = None,
    scores: NDArray[Any] | None = None,
    weight: Sequence[float] | None = None,
    classes: Sequence[Any] | None = None,
    task: str = "classification",
    model: Model | None = None,
    answers: Answers | None = None,
    probe: Probe | None = None,
    examples: Mapping[str, Any] | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    severity: str | None = None,
    settings: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> Result:
    """Ask one check about given answers.

    Args:
        name: the check's, as a suite writes it.
        subject: the value of the step's first key.
        truth: (n,) right answers: labels, or numbers for regression.
        answer: (n,) the model's; the class of the best score where only `scores` are given.
        scores: (n, classes) probabilities.
        weight: (n,) of the rows.
        classes: in the order of the scores; the sorted labels where None. Two classes have a
            positive one: the second.
        task: "classification" or "regression".
        model: anything with `predict(inputs) -> Predictions`, for checks that ask for a `Model`.
        answers: the account of raw answers, for checks that ask for it.
        probe: the model with its first rows, for checks that ask for it.
        examples: the check's hand-written data, in place of what lies beside its file.
        at_least: the limit from below; the check's own where both are None.
        at_most: the limit from above.
        severity: the check's own where None.
        settings: the check's further settings.
        root: a project whose own `checks/` count too.

    Returns:
        The result, as it would stand in a report.

    Raises:
        UsageError: MG2104 no such check, MG2105 no such setting.
    """
    library = Library(builtin_root(), *([root] if root else []))
    if name not in library:
        raise UsageError("MG2104", f"no check is called {name!r}; {did_you_mean(name, library)}")
    check = library[name]
    step = _step(check, subject, Limit(at_least=at_least, at_most=at_most), severity, settings)
    gathered: dict[str, Gathered] = {}
    if truth is not None:
        facts = _facts(task, truth, answer, classes)
        gathered["test"] = _gathered(
            check, step, facts, truth=truth, answer=answer, scores=scores, weight=weight
        )
    given = {name: Examples(examples)} if examples is not None else {}
    artifact = probe.artifact if probe is not None else None
    asked = Asked(_Toy(artifact), probe, gathered, {"test": answers or Answers()}, {}, given, model)
    return results_of(check, step, asked)[0]


def _step(
    check: Check, subject: str, limit: Limit, severity: str | None, told: Mapping[str, Any] | None
) -> Step:
    settings = {
        name: setting.default
        for name, setting in check.settings.items()
        if setting.default is not REQUIRED
    }
    for name in told or {}:
        if name not in check.settings:
            raise UsageError(
                "MG2105",
                f"check {check.name!r} has no setting {name!r};"
                f" {did_you_mean(name, list(check.settings))}",
            )
    settings.update(told or {})
    if check.subject is not None:
        settings[check.subject] = subject
    here = Where("run_check")
    return Step(
        check=check.name,
        subject=subject,
        settings=settings,
        limit=limit or Limit(at_least=check.at_least, at_most=check.at_most),
        severity=check.severity if severity is None else Severity(severity),
        where=here,
        limit_where=here,
    )


def _facts(task: str, truth: Any, answer: Any, classes: Sequence[Any] | None) -> Facts:
    if task == "regression":
        return Facts(task="regression")
    if classes is None:
        seen = [*truth, *(answer if answer is not None else [])]
        classes = sorted(set(seen))
    return Facts("classification", tuple(classes), 1 if len(classes) == 2 else None)


def _gathered(
    check: Check, step: Step, facts: Facts, *, truth: Any, answer: Any, scores: Any, weight: Any
) -> Gathered:
    if facts.task == "regression":
        right, given = np.asarray(truth, dtype=float), np.asarray(answer, dtype=float)
    else:
        at = {label: position for position, label in enumerate(facts.classes)}
        right = np.array([at[label] for label in truth], dtype=np.int64)
        given = (
            np.argmax(scores, axis=1)
            if answer is None
            else np.array([at[label] for label in answer], dtype=np.int64)
        )
    batch = Batch(
        truth=right,
        answer=given,
        scores=None if scores is None else np.asarray(scores, dtype=float),
        weight=None if weight is None else np.asarray(weight, dtype=float),
        row=np.arange(len(right)),
    )
    whole = {need: need.make(facts) for need in need_of(check, step, facts)}
    for aggregate in whole.values():
        aggregate.add(batch)
    return Gathered(facts, whole=whole)


class _Toy(CallableAsker):
    """A model that nobody asks."""

    def __init__(self, artifact: Artifact | None) -> None:
        super().__init__(lambda frame: frame)
        self.artifact = artifact or self.artifact


class Toy:
    """A model that is smaller than what it tests, asked through `Probe`.

    Attributes:
        outputs_of: rows, call number -> (rows, k) answers.
    """

    def __init__(self, artifact: Artifact, answers: Any, rows: int = 64) -> None:
        self.artifact = artifact
        self.rows = rows
        self._answers = answers
        self._calls = 0
        self.seen = self.outputs(rows)

    def outputs(self, rows: int, *, batch: int | None = None) -> Mapping[str, NDArray[Any]]:
        """See `Probe.outputs`."""
        self._calls += 1
        return {"answer": self._answers(rows, batch, self._calls)}
