"""A second comparison, with the anchor of the test set: tolerated drops cannot add up.

Each candidate may be worse than the champion by the margin. Twenty such steps down are a long way,
and no comparison with the champion alone would see them: a version that was the champion when the
test set was first looked at is therefore compared with as well, under the same margins.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from modelgate.judgement import Started, asker_of, judge
from modelgate.recomputing import recomputed
from modelgate.report import Report, Result
from modelgate.trial import Trial

ANCHOR = "anchor"


def anchored(report: Report, trial: Trial, candidate: Started, anchor: Started) -> Report:
    """The report with the comparisons with the anchor, and the verdict of all of them.

    The rows are read once more, for the questions that are compared alone; what the candidate
    answers to them is remembered, where anything is.

    Args:
        report: of the trial against the champion.
        trial: that was held.
        candidate: the model once more.
        anchor: the version that it is compared with.
    """
    assert trial.suite is not None
    steps = tuple(
        step
        for step in trial.suite.steps
        if step.data == "test"
        and not step.margin.none
        and trial.library[step.check].compare is not None
    )
    if not steps or "test" not in trial.places:
        return report
    suite = replace(trial.suite, steps=steps)
    second = Trial(
        trial.library,
        suite,
        asker_of(candidate, trial.options, suite.model),
        replace(trial.options, keep=None),
        {"test": trial.places["test"]},
        champion=asker_of(anchor, trial.options, suite.model),
        settled=trial.settled,
    )
    found = judge(second, time.monotonic())
    compared = {one.id: _renamed(one) for one in found.results if one.versus is not None}
    subject = {**report.subject, ANCHOR: found.subject["champion"]}
    results = tuple(_with(report.results, compared))
    return recomputed(replace(report, subject=subject, results=results))


def _renamed(result: Result) -> Result:
    return replace(result, id=f"{result.id.removesuffix('champion')}{ANCHOR}", versus=ANCHOR)


def _with(results: Sequence[Result], compared: dict[str, Result]) -> Iterator[Result]:
    """Each comparison with the anchor behind its counterpart."""
    for one in results:
        yield one
        if one.id in compared:
            yield compared[one.id]
