"""The rule applied once more to recorded numbers."""

from __future__ import annotations

from dataclasses import replace

from modelgate.gate import settled, verdict
from modelgate.outcome import Status
from modelgate.report import Report
from modelgate.suite import Policy


def recomputed(report: Report) -> Report:
    """The same results, their statuses and the verdict found anew from the recorded numbers.

    What only the trial could know (a bound, a reason) is kept; what the rule makes of it is not.
    """
    policy = Policy(
        on_hold=str(report.verdict.policy.get("on_hold", "hold")),
        alpha_block=report.verdict.alpha_block,
        alpha_pass=report.verdict.alpha_pass,
    )
    open_ = [
        replace(one, status=Status.UNDECIDED)
        if one.status is Status.FAILED and one.p_worse is not None
        else one
        for one in report.results
    ]
    results, families = settled(open_, policy)
    return replace(
        report,
        results=tuple(results),
        verdict=replace(verdict(results, policy), families=families),
    )
