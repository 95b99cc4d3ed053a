"""The report: the one thing that is stored, posted, shown and promoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from modelgate.escape import printable
from modelgate.outcome import NONE_YET, Severity, Status

SCHEMA = "modelgate.report/1"
Decision = Literal["promote", "block", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An outcome with its limit and its status: one line of the report.

    Attributes:
        id: stable in one suite: "metric[accuracy]", "metric[recall][country=BR]".
        check, subject: as the suite names them.
        versus: "champion" for a comparison, else None.
        slice: column -> value, for a part of the rows.
        data: the role that was asked.
        value, interval, unit: what was measured; interval is two-sided at `level`.
        limit: {"at_least": x}, {"at_most": x} or {"margin": x}; empty for information.
        champion: the champion's value, for a comparison.
        difference, difference_interval: candidate - champion, in `unit`.
        discordant: rows that one of the two models alone answers rightly.
        usual_error: standard error of the difference for an equally good candidate, by the rows and
            the champion alone: what an automatic margin was chosen by.
        p_worse: against "not worse" or "within the limit"; small where worse is shown.
        p_within: against "worse by the margin or more" or "outside the limit"; small where that is
            ruled out.
        detectable: the smallest shortfall that would be shown with 80 % chance.
        rows_needed: rows in all that would settle it with 80 % chance.
        labels_needed: how many of them would need a label; None where all would.
        n, n_effective: rows judged, and what the weights leave of them.
        minimum: rows below which nothing is decided.
        method: how value and interval were found.
        reason: why there is no answer, or why it is not decided.
        says: the sentence for people.
        waiver: {"owner", "reason", "expires", "live"} where somebody lets it pass for a while; as
            long as that lasts its severity is minor.
        evidence: what speaks against the model, worst first.
        where: {"file", "line"} of the suite.
    """

    id: str
    check: str
    subject: str
    versus: str | None = None
    slice: Mapping[str, Any] | None = None
    data: str | None
    severity: Severity
    kind: str
    status: Status
    value: float | None
    interval: tuple[float, float] | None = None
    level: float | None = None
    unit: str = "share"
    better: str = "higher"
    limit: Mapping[str, float] = field(default_factory=dict)
    champion: float | None = None
    difference: float | None = None
    difference_interval: tuple[float, float] | None = None
    discordant: int | None = None
    usual_error: float | None = None
    p_worse: float | None = None
    p_within: float | None = None
    detectable: float | None = None
    rows_needed: int | None = None
    labels_needed: int | None = None
    method: str = ""
    n: int = 0
    n_effective: float | None = None
    minimum: int = 0
    reason: str | None = None
    says: str = ""
    waiver: Mapping[str, Any] | None = None
    evidence: tuple[Any, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the suite decided, and why.

    Attributes:
        decision: promote, block or hold.
        exit_code: 0 promote, 1 block, 4 a check could not be completed, 11 hold.
        because: sentences, the weightiest first.
        policy: the rule's settings.
        alpha_block, alpha_pass: the suite's chance of a wrong failure, and of a wrong pass.
        families: severity -> how many questions share how much of `alpha_block`.
    """

    decision: Decision
    exit_code: int
    because: tuple[str, ...]
    policy: Mapping[str, Any] = field(default_factory=dict)
    alpha_block: float = 0.01
    alpha_pass: float = 0.05
    families: Mapping[str, Any] = field(default_factory=dict)

    @property
    def liftable(self) -> bool:
        """Whether a recorded approval may open the gate all the same."""
        return self.exit_code == 11 and self.policy.get("on_hold") == "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that stands out, with the row or slice that shows it."""

    says: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """All that was found. JSON-ready but for its classes; `reporters` draw it.

    Attributes:
        verdict: the decision.
        subject: {"model": {...}, "champion": null, "suite": {...}, "data": {role: {...}}}.
        taken: what was taken for what, in sentences: inputs, outputs, classes, target.
        results: in the order of the suite.
        findings: at most five, the weightiest first.
        provenance: what may differ between equal runs: versions, times, host.
    """

    verdict: Verdict
    subject: Mapping[str, Any]
    taken: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    schema: str = SCHEMA

    def __repr__(self) -> str:
        """The verdict and why, in a line: all of it would fill pages of a console."""
        because = printable(" ".join(self.verdict.because[:1]), 200)
        return f"<Report: {self.verdict.decision}, {len(self.results)} results. {because}>"

    def _repr_html_(self) -> str:
        """The verdict, why, and a line a result, for notebooks; nothing in it is obeyed."""
        said = (*self.verdict.because, *self.taken, *(one.says for one in self.findings))
        heads = "".join(f"<th>{head}</th>" for head in ("", "check", "value", "interval", "limit"))
        rows = "".join(
            "<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in _row(result)) + "</tr>"
            for result in self.results
        )
        return (
            f"<p><b>{_safe(self.verdict.decision.upper())}</b></p>"
            f"<ul>{''.join(f'<li>{_safe(one)}</li>' for one in said)}</ul>"
            f"<table><tr>{heads}</tr>{rows}</table>"
        )


def _row(result: Result) -> tuple[str, ...]:
    """Status, name, value, interval and limit of a result, in its own unit."""
    scale, unit = (100.0, "%") if result.unit == "share" else (1.0, result.unit)
    low, high = (f"{scale * end:.4g}" for end in result.interval or (0.0, 0.0))
    between = f"{low} to {high}" if result.interval else ""
    value = "" if result.value is None else f"{scale * result.value:.4g} {unit}".rstrip()
    sides = {"at_least": "≥", "at_most": "≤"}
    limits = " ".join(
        f"{sides.get(side, side)} {scale * bound:.4g}" for side, bound in result.limit.items()
    )
    return str(result.status), result.id, value, between, limits


def _safe(text: str) -> str:
    """Text of a model, a file or a suite, as nothing but text."""
    from html import escape

    return escape(printable(text, 300))


EXITS: Mapping[Decision, tuple[int, ...]] = {"promote": (0,), "block": (1,), "hold": (4, 11)}
"""The exit codes that a decision may have."""


MOST_ALPHA = 0.05
"""The chance of a wrong pass, or of a wrong failure, that a suite may allow at most."""


def contradiction(report: Report) -> str | None:
    """Why the verdict cannot follow from the results; None where it can.

    A white list: a promotion needs a blocker, every blocker passed by its own numbers, and no major
    that failed or broke off. What a gate may add on top (test-set wear, `--quick`) only ever turns
    a promotion into a hold, so a hold with nothing but passed results is no contradiction.
    """
    verdict = report.verdict
    if verdict.exit_code not in EXITS[verdict.decision]:
        return f"exit code {verdict.exit_code} does not belong to {verdict.decision!r}"
    if not max(verdict.alpha_pass, verdict.alpha_block) <= MOST_ALPHA:
        return f"no suite may let more than {MOST_ALPHA:.0%} go wrong"
    heavy = [result for result in report.results if counts(result)]
    for result in heavy:
        if result.status is Status.PASSED and not _holds(result, verdict.alpha_pass):
            return f"{result.id} is called passed, but its numbers do not show it"
    failed = [result for result in heavy if result.status is Status.FAILED]
    if verdict.decision == "block":
        return None if failed else "it says block, but no blocker and no major failed"
    if failed:
        return f"it says {verdict.decision}, but {failed[0].id} failed"
    if verdict.decision == "hold":
        crashed = any(result.status is Status.CRASHED for result in heavy)
        fits = crashed == (verdict.exit_code == 4)
        return None if fits else "its exit code does not tell whether a check broke off"
    return _unearned(heavy)


def counts(result: Result) -> bool:
    """Whether a result bears on the verdict."""
    if result.status is Status.SKIPPED and result.reason == NONE_YET:
        return False
    return result.severity is not Severity.MINOR and result.status is not Status.INFO


def _holds(result: Result, alpha: float) -> bool:
    """Whether the numbers of a passed result keep its limit; a NaN keeps none.

    Args:
        result: without a limit it is information, and passes nothing.
        alpha: the chance of a wrong pass that is allowed.
    """
    if not result.limit:
        return False
    if result.kind == "statistical":
        rows = result.n if result.n_effective is None else result.n_effective
        if not rows >= result.minimum or not (result.p_within or 0.0) <= alpha:
            return False
    if "margin" in result.limit:  # which needs fewer labels than the two values
        return _within(result)
    if result.value is None or (result.kind == "statistical" and result.interval is None):
        return False
    low, high = result.interval or (result.value, result.value)
    return all(
        (side == "at_least" and low >= bound) or (side == "at_most" and high <= bound)
        for side, bound in result.limit.items()
    )


def _within(result: Result) -> bool:
    """Whether the numbers of a comparison rule out a loss of the margin."""
    if result.difference_interval is None:
        return False
    low, high = result.difference_interval
    margin = result.limit["margin"]
    return low > -margin if result.better == "higher" else high < margin


def _unearned(heavy: list[Result]) -> str | None:
    blockers = [result for result in heavy if result.severity is Severity.BLOCKER]
    if not blockers:
        return "it says promote, but no blocker was judged"
    for result in blockers:
        if result.status is not Status.PASSED:
            return f"it says promote, but blocker {result.id} is {result.status}"
    for result in heavy:
        if result.status not in {Status.PASSED, Status.UNDECIDED}:
            return f"it says promote, but {result.id} is {result.status}"
    return None
