"""For the tests of checks, ours and yours: ask one check as a suite would, and toy models.

from modelgate.testing import run_check

def test_accuracy_of_a_coin() -> None:
    result = run_check(
        "metric", subject="accuracy", truth=[0, 1] * 50, answer=[0] * 100, at_least=0.9
    )
    assert result.status == "failed"
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.aggregates.answers import Answers
from modelgate.answers_given import Given, facts_of, gathered
from modelgate.asking.function import CallableAsker
from modelgate.bench import Bench
from modelgate.binding import Reading
from modelgate.cases.reading import read_cases
from modelgate.gate import settled
from modelgate.giving import Asked
from modelgate.judging import Gathered
from modelgate.kept import Kept
from modelgate.library import Library, builtin_root, examples_of
from modelgate.model import Artifact, Champion, Model
from modelgate.provided import Examples, Probe, Sample
from modelgate.report import Result
from modelgate.runner import results_of
from modelgate.suite import Step
from modelgate.suite_file import parse_suite
from modelgate.tables_given import surveyed

if TYPE_CHECKING:
    from modelgate.predictions import Predictions


class Predicts(Protocol):
    """A model as far as a toy needs to be one."""

    def predict(self, inputs: Any) -> Predictions:
        """The answers, one a row."""
        ...


def run_check(
    name: str,
    *,
    subject: str = "all",
    truth: Sequence[Any] | NDArray[Any] | None = None,
    answer: Sequence[Any] | NDArray[Any] | None = None,
    scores: NDArray[Any] | None = None,
    weight: Sequence[float] | None = None,
    classes: Sequence[Any] | None = None,
    champion_answer: Sequence[Any] | NDArray[Any] | None = None,
    champion_scores: NDArray[Any] | None = None,
    task: str = "classification",
    model: Predicts | None = None,
    champion: Predicts | None = None,
    sample: Sample | None = None,
    answers: Answers | None = None,
    probe: Probe | None = None,
    bench: Bench | None = None,
    kept: Kept | None = None,
    examples: Mapping[str, Any] | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    margin: float | str | None = None,
    severity: str | None = None,
    settings: Mapping[str, Any] | None = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
    reference: Mapping[str, Any] | None = None,
    tables: Mapping[str, Any] | None = None,
    answered: Mapping[str, Predictions] | None = None,
    target: str | None = None,
    features: Sequence[str] | None = None,
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
        champion_answer: (n,) of another model; then the result is that of the comparison.
        champion_scores: (n, classes) of it.
        task: "classification" or "regression".
        model: anything with `predict(inputs) -> Predictions`, for checks that ask for a `Model`.
        champion: the same, for checks that ask for a `Champion`.
        sample: the rows, for checks that ask for a `Sample`.
        answers: the account of raw answers, for checks that ask for it.
        probe: the model with its first rows, for checks that ask for it.
        bench: its file to be opened afresh, likewise.
        kept: what a project keeps of earlier trials, likewise.
        examples: the check's hand-written data, in place of what lies beside its file.
        at_least: the limit from below; the check's own where both are None.
        at_most: the limit from above.
        margin: how much worse than the champion is tolerable, as a suite writes it.
        severity: the check's own where None.
        settings: the check's further settings.
        columns: name -> (n,) values, for checks that ask for `Groups` of rows, or search them.
        reference: `truth`, `answer`, `scores` and `weight` of the rows in the role "reference".
        tables: role -> rows as `evaluate` takes them, or columns as lists, for checks that survey
            rows as they stand.
        answered: role -> the model's answers to these rows.
        target: the column with the right answers, in the tables that have it.
        features: the columns that feed the model; all but the target where None.
        root: a project whose own `checks/` count too.

    Returns:
        The result, as it would stand in the report of a suite of this one step.

    Raises:
        UsageError: MG2104 no such check, MG2108 no such setting, and whatever else a suite's parser
            would say of such a step.
        ValueError: a label is none of the classes, or the lengths differ.
    """
    library = Library(builtin_root(), *([root] if root else []))
    written = {name: subject, **(settings or {})}
    engine = {"at_least": at_least, "at_most": at_most, "margin": margin, "severity": severity}
    written |= {key: value for key, value in engine.items() if value is not None}
    step = _step(library, written, tables or {})
    check = library[name]
    versus = champion_answer is not None or champion_scores is not None
    found: dict[str, Gathered] = {}
    if truth is not None:
        given = Given(truth=truth, answer=answer, scores=scores, weight=weight)
        other = Given(truth=truth, answer=champion_answer, scores=champion_scores)
        facts = facts_of(task, given, classes)
        rival = other if versus else None
        found["test"] = gathered(check, step, facts, given, champion=rival, columns=columns)
        if reference is not None:
            found["reference"] = gathered(check, step, facts, Given(**reference))
    if sample is not None:
        found.setdefault("test", Gathered(_sample_facts(model, sample, classes))).sample = sample
    roles, surveys = surveyed(
        check,
        step,
        tables or {},
        answered=answered or {},
        reading=_reading(task, classes, answered or {}),
        target=target,
        features=features,
    )
    toy = _Toy(None if probe is None else probe.artifact)
    file = check.case_file(step.settings, classes or ())
    asked = Asked(
        toy,
        probe,
        found,
        {"test": answers or Answers()},
        roles,
        {name: examples_of(check) if examples is None else Examples(examples)},
        champion=toy.artifact if versus else None,
        models={} if model is None else {"test": cast("Model", model)},
        champions={} if champion is None else {"test": cast("Champion", champion)},
        benches={} if bench is None else {"test": bench},
        kept={} if kept is None else {"test": kept},
        cases={} if file is None else {file: read_cases(file)},
        classes=tuple(classes or ()),
        surveys=surveys,
    )
    results, _ = settled(results_of(check, step, asked))
    return results[-1]


def _sample_facts(model: Predicts | None, sample: Sample, classes: Sequence[Any] | None) -> Facts:
    """The model's own, where it tells them; else by the answers."""
    facts = getattr(model, "facts", None)
    if isinstance(facts, Facts):
        return facts
    if sample.answers.values is not None:
        return Facts(task="regression")
    known = tuple(classes or range(int(sample.truth.max(initial=1)) + 1))
    return Facts("classification", known, 1 if len(known) == 2 else None)


def _reading(
    task: str, classes: Sequence[Any] | None, answered: Mapping[str, Predictions]
) -> Reading:
    """How given answers are read: their classes are counted where they are not named."""
    if task == "regression":
        return Reading(task="regression", values="answer")
    scores = next((one.scores for one in answered.values() if one.scores is not None), None)
    known = tuple(classes or range(2 if scores is None else scores.shape[1]))
    positive = 1 if len(known) == 2 else None
    return Reading(task="classification", labels="answer", classes=known, positive=positive)


def _step(library: Library, written: Mapping[str, Any], roles: Iterable[str]) -> Step:
    """A step as the suite's own parser reads it: JSON is YAML."""
    data: dict[str, Any] = {role: {} for role in roles}
    asked: dict[str, Any] = {"checks": [written]}
    text = json.dumps(asked | ({"data": data} if data else {}), ensure_ascii=False)
    suite = parse_suite(text.encode(), name="run_check", path="run_check", checks=library)
    return suite.steps[0]


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
