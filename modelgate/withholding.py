"""A verdict without its numbers: whoever cannot see the scores cannot climb them.

Source: A. Blum and M. Hardt (2015), "The ladder: a reliable leaderboard for machine learning
competitions", arXiv:1502.04585. Theirs tells a score when it rises by a step; this tells none.
"""

from __future__ import annotations

from dataclasses import replace

from modelgate.outcome import Status
from modelgate.report import Report, Result, counts
from modelgate.sentences import title

TOLD = "the suite's `reuse: strict` withholds the numbers; the decision holds them"
MOST = 5
"""Questions that the verdict names."""


def without_numbers(report: Report) -> Report:
    """The report with verdict and statuses alone.

    It cannot be promoted, nor verified: what was signed holds every number.
    """
    results = tuple(map(_bare, report.results))
    open_ = [one for one in results if counts(one) and one.status is not Status.PASSED]
    because = tuple(one.says for one in open_[:MOST])
    if report.verdict.decision == "promote":
        because = report.verdict.because[:1]
    return replace(
        report,
        verdict=replace(report.verdict, because=because or ("Every question passed.",)),
        results=results,
        findings=(),
        taken=(*report.taken, TOLD),
    )


def _bare(result: Result) -> Result:
    """What was asked, and its status."""
    status = "not decided" if result.status is Status.UNDECIDED else str(result.status)
    return Result(
        id=result.id,
        check=result.check,
        subject=result.subject,
        versus=result.versus,
        slice=result.slice,
        data=result.data,
        severity=result.severity,
        kind=result.kind,
        status=result.status,
        value=None,
        unit=result.unit,
        better=result.better,
        limit=result.limit,
        n=result.n,
        minimum=result.minimum,
        reason=result.reason if result.status in {Status.SKIPPED, Status.CRASHED} else None,
        says=f"{title(result)}: {status}.",
        waiver=result.waiver,
        where=result.where,
    )
