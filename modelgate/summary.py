"""What a person wants to read of a report first: the order, the head and the foot of every page.

Drawing is the reporters' affair; which results, which words and how many is the same for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Severity, Status
from modelgate.report import Report, Result
from modelgate.sentences import title

ORDER = (
    Status.FAILED,
    Status.CRASHED,
    Status.UNDECIDED,
    Status.SKIPPED,
    Status.PASSED,
    Status.INFO,
)
"""What needs a reader's eye first comes first."""
SEVERITIES = tuple(Severity)
COLOURS = {"promote": "bold green", "block": "bold red", "hold": "bold yellow"}
LONGEST_NAME = 60
LONGEST_TEXT = 300
LONGEST_UNIT = 16
MOST_SHOWN = {Status.PASSED: 20, Status.INFO: 10}
MOST_BAD = 25


def chosen(results: Iterable[Result]) -> tuple[list[Result], list[str]]:
    """The results a person wants to read, weightiest first; and what was left out."""
    chosen: list[Result] = []
    left_out: list[str] = []
    everything = _told_apart(list(results))
    few = [result for result in everything if _few(result)]
    slices = {tuple((result.slice or {}).items()) for result in few}
    if len(slices) > 1:
        everything = [result for result in everything if not _few(result)]
        least = {result.minimum for result in few}
        fewer = f"fewer than {least.pop():,} rows" if len(least) == 1 else "too few rows"
        left_out.append(f"… and {len(slices):,} slices of {fewer}; the JSON report has them")
    for status in ORDER:
        alike = [result for result in everything if result.status is status]
        alike.sort(key=lambda result: SEVERITIES.index(result.severity))
        most = MOST_SHOWN.get(status, MOST_BAD)
        chosen += alike[:most]
        if len(alike) > most:
            left_out.append(f"… and {len(alike) - most:,} more {status}; the JSON report has them")
    return chosen, left_out


def _told_apart(results: Sequence[Result]) -> list[Result]:
    """The results; those that people would call the same, with the settings that differ."""
    titles = Counter(title(one) for one in results)
    return [
        replace(one, subject=f"{one.subject}{_settings(one)}") if titles[title(one)] > 1 else one
        for one in results
    ]


def _settings(result: Result) -> str:
    """What a step sets, and the role it asks where that is not the test set, as its name has it."""
    told = result.id.removesuffix(f" v {result.versus}").removeprefix(f"{result.check}[")
    settings, _, beside = told.removeprefix(result.subject).partition("]")
    role = beside[1:].partition("[")[0] if beside.startswith("@") else ""
    return printable(f"{settings}{f', of {role}' if role else ''}", LONGEST_NAME)


def _few(result: Result) -> bool:
    """Whether it says no more than that a slice is small, and nothing waits for it."""
    rows = result.n if result.n_effective is None else result.n_effective
    open_ = result.status is Status.UNDECIDED and result.severity is not Severity.BLOCKER
    quiet = open_ or result.status is Status.INFO
    return bool(result.slice) and quiet and rows < result.minimum


def tidy(result: Result) -> Result:
    """The same result with names and words of a length that fits a page."""
    return replace(
        result,
        check=printable(result.check, LONGEST_NAME),
        subject=printable(result.subject, LONGEST_NAME),
        unit=printable(result.unit, LONGEST_UNIT),
        slice=result.slice
        and {
            printable(column, LONGEST_NAME): printable(value, LONGEST_NAME)
            for column, value in result.slice.items()
        },
        reason=result.reason and printable(result.reason, LONGEST_TEXT),
        says=printable(result.says, LONGEST_TEXT),
    )


def why(report: Report) -> str:
    """The verdict's reason where the gate gave none."""
    if not report.results:
        return "No check was asked, so nothing is known about this model."
    return {
        "promote": "Every blocker passed.",
        "block": "A check showed the model to be worse than its limit.",
        "hold": "Not every blocker passed: not enough evidence either way.",
    }[report.verdict.decision]


def about(report: Report) -> str:
    """The model, the suite and the rows, in one line."""
    model, suite = _part(report, "model"), _part(report, "suite")
    parts = [printable(model.get("name") or model.get("path") or "a model", LONGEST_NAME)]
    named = suite.get("title") or suite.get("path")
    if named:
        parts.append(f"suite {printable(named, LONGEST_NAME)}")
    for role, data in _part(report, "data").items():
        if isinstance(data, Mapping):
            path = printable(data.get("path") or "rows", LONGEST_NAME)
            parts.append(path if role == "test" else f"{printable(role, 20)} {path}")
    return " · ".join(parts)


def rule(report: Report) -> str:
    """What chance has to do with it: said once in every report."""
    verdict = report.verdict
    block, passes = (
        number(level).replace(".0 %", " %") for level in (verdict.alpha_block, verdict.alpha_pass)
    )
    return (
        f"However many checks there are, a model without fault is blocked in at most {block} of"
        f" runs, and one worse than its limits is promoted in at most {passes}."
    )


def origin(report: Report) -> str:
    """What was judged, exactly: digest, rows, version, seconds."""
    parts = []
    digest = _part(report, "model").get("digest")
    if isinstance(digest, str):
        parts.append(f"model {printable(digest[:19])}")
    elif _part(report, "model").get("format") == "endpoint":
        parts.append("an endpoint, which has no digest")
    for role, data in _part(report, "data").items():
        if isinstance(data, Mapping) and isinstance(data.get("rows"), int):
            named = "" if role == "test" else f"{printable(role, 20)} "
            dropped = data.get("dropped") or 0
            lost = f", {printable(dropped, 20)} dropped" if dropped or not named else ""
            parts.append(f"{named}{number(data['rows'], 'rows')}{lost}")
    if version := report.provenance.get("modelgate"):
        parts.append(f"modelgate {printable(version, 20)}")
    seconds = report.provenance.get("seconds")
    if isinstance(seconds, int | float):
        parts.append(f"{seconds:.1f} s")
    return " · ".join(parts)


def recorded(report: Report) -> str:
    """Which decision of the log came of it; nothing where none did."""
    decision = report.provenance.get("decision")
    if not isinstance(decision, Mapping):
        return ""
    place, until = (printable(decision.get(key), 40) for key in ("sequence", "expires"))
    return f"recorded as entry {place} of the log, good until {until[:10]}"


def _part(report: Report, name: str) -> Mapping[str, Any]:
    part = report.subject.get(name)
    return part if isinstance(part, Mapping) else {}
