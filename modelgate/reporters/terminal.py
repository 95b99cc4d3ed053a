"""The report on a terminal: what was decided, why, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from modelgate import capabilities
from modelgate.console import Page
from modelgate.counterexamples import drawn, is_counterexample
from modelgate.counterexamples import told as counterexample
from modelgate.curves import beside, is_curve
from modelgate.curves import table as table_of
from modelgate.figures import Figures, difference
from modelgate.outcome import Severity, Status
from modelgate.report import Report, Result
from modelgate.reporters import Reporter
from modelgate.sentences import advice, sentence, title
from modelgate.summary import (
    COLOURS,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_UNIT,
    about,
    chosen,
    origin,
    recorded,
    rule,
    tidy,
    why,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

WIDTH = 80
"""Columns of a report that goes to a file."""
TABLE_NEEDS = 72
"""Columns below which each result takes two lines in place of a row of a table."""
STATUS, GAP = 11, 2
"""Columns of the longest status, and between two columns."""
NAME_NEEDS, LONGEST_WORD = 20, 30
"""Columns that the names of results need; the longest word that is not broken."""
MOST_EXPLAINED = 12
MOST_COUNTEREXAMPLES = 3
MOST_TABLES = 6
LONGEST_LINE = 600
ASK_AGAIN = "To ask about it in every run, write into the suite's checks:"
LONGEST_STEP = 1000
"""A step of a suite is of no use without its end."""

MARKS = {  # what needs a reader's eye first comes first
    Status.FAILED: ("✗", "bold red"),
    Status.CRASHED: ("!", "bold magenta"),
    Status.UNDECIDED: ("?", "yellow"),
    Status.SKIPPED: ("–", "cyan"),  # noqa: RUF001 (a dash that is no minus)
    Status.PASSED: ("✓", "green"),
    Status.INFO: ("·", "dim"),
}
EXPLAINED = (Status.FAILED, Status.CRASHED, Status.UNDECIDED, Status.SKIPPED)
SIDES = {"at_least": "≥", "at_most": "≤", "": ""}


class Terminal(Reporter):
    """For people: colours and width of the terminal, plain text where there is none."""

    name: ClassVar[str] = "terminal"

    def render(self, report: Report) -> str:
        """The report as plain text, 80 columns wide."""
        from rich.console import Console

        paper = StringIO()
        self.show(report, Console(file=paper, width=WIDTH, color_system=None))
        return paper.getvalue()

    def show(self, report: Report, console: Console) -> None:
        """Print the report, as wide as the console and in what its encoding can say."""
        page = _Page(console)
        for part in page.parts(report):
            page.put(part)


class _Page(Page):
    """Draws the parts of a report."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self.wide = self.width >= TABLE_NEEDS

    def parts(self, report: Report) -> Iterator[RenderableType]:
        yield from self.head(report)
        shown, left_out = chosen(tidy(result) for result in report.results)
        if shown:
            yield ""
            yield self.table(shown) if self.wide and self.fits(shown) else self.stack(shown)
        for line in left_out:
            yield self.indented(self.text(line, "dim"), 2)
        head = report.verdict.because[0] if report.verdict.because else ""
        yield from self.explained([result for result in shown if _needs_words(result)], head)
        yield from self.tolerated(shown)
        for result in [one for one in shown if is_curve(one)][:MOST_TABLES]:
            yield ""
            yield self.grid(result, table_of(result), beside(result))
        for result in [one for one in shown if capabilities.is_matrix(one)][:MOST_TABLES]:
            yield ""
            yield self.grid(result, capabilities.table(result), capabilities.beneath(result))
        if report.findings:
            yield ""
            yield self.text("What stands out", "bold")
            for finding in report.findings:
                lines = [self.text(finding.says, longest=LONGEST_TEXT)]
                if "step" in finding.evidence:
                    lines.append(self.text(ASK_AGAIN, "dim"))
                    lines.append(self.text(finding.evidence["step"], longest=LONGEST_STEP))
                yield self.hanging(self.text("·", "dim"), lines)
        yield ""
        yield self.text(rule(report), "dim")
        if judged := origin(report):
            yield self.text(judged, "dim")
        if kept := recorded(report):
            yield self.text(kept, "dim")
            yield self.text(report.provenance.get("looks", ""), "dim")
        decision = report.verdict.decision
        yield self.text(
            f"{decision.upper()}, exit code {report.verdict.exit_code}", COLOURS[decision]
        )

    def head(self, report: Report) -> Iterator[RenderableType]:
        decision = report.verdict.decision
        first, *others = report.verdict.because or (why(report),)
        known = {sentence(result) for result in report.results}
        lines = [self.text(first, "bold", LONGEST_TEXT)]
        further = [other for other in others if other not in known]
        lines += [self.text(other, longest=LONGEST_TEXT) for other in further[:3]]
        lines.append(self.text(about(report), "dim"))
        yield self.hanging(self.text(decision.upper(), COLOURS[decision]), lines)
        if report.taken:
            yield ""
            for line in report.taken:
                yield self.indented(self.text(line, "dim", LONGEST_TEXT), 2)

    def fits(self, results: Sequence[Result]) -> bool:
        """Whether the names keep room beside the numbers, so that no word of them is broken."""
        cells = [(*_cells(one), f"{one.n:,}") for one in results]
        numbers = sum(max(map(len, column)) for column in zip(*cells, strict=True))
        words = [word for one in results for word in title(one).split()]
        longest = min(max(map(len, words), default=0), LONGEST_WORD)
        beside = STATUS + GAP * (len(cells[0]) + 1)
        return self.width - beside - numbers >= max(longest, NAME_NEEDS)

    def table(self, results: Iterable[Result]) -> Table:
        from rich.table import Table

        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("", no_wrap=True)
        table.add_column("check", overflow="fold", ratio=1, min_width=20)
        for heading in ("value", "90 % interval", "limit", "rows"):
            table.add_column(heading, justify="right", overflow="fold")
        table.expand = True
        for result in results:
            numbers = (*_cells(result), f"{result.n:,}" if result.n else "")
            table.add_row(
                self.status(result), self.name(result), *(self.text(each) for each in numbers)
            )
        return table

    def stack(self, results: Iterable[Result]) -> Table:
        from rich.table import Table

        table = Table.grid()
        table.add_column(overflow="fold")
        for result in results:
            value, interval, limit = _cells(result)
            between = f"({interval})" if interval else ""
            numbers = " ".join(part for part in (value, between, limit) if part)
            line = self.status(result)
            line.append_text(self.text(" ")).append_text(self.name(result))
            table.add_row(line)
            if numbers:
                table.add_row(self.indented(self.text(numbers), 2))
        return table

    def grid(self, result: Result, lines: list[list[str]], below: str) -> Table:
        """What a result is made of, as lines of cells, the first of them headings."""
        from rich.padding import Padding
        from rich.table import Table

        first, *others = lines
        cells = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        for place, heading in enumerate(first):
            side: Literal["left", "right"] = "right" if place else "left"
            cells.add_column(self.text(heading), justify=side, overflow="fold")
        for line in others:
            cells.add_row(*(self.text(cell) for cell in line))
        whole = Table.grid()
        whole.add_column(overflow="fold")
        whole.add_row(self.text(title(result), longest=2 * LONGEST_NAME))
        whole.add_row(Padding(cells, (0, 0, 0, 2)))
        if below:
            whole.add_row(self.indented(self.text(below, "dim")))
        return whole

    def status(self, result: Result) -> Text:
        mark, style = MARKS[result.status]
        return self.text(f"{mark} {result.status}", style)

    def name(self, result: Result) -> Text:
        named = self.text(title(result), longest=2 * LONGEST_NAME)
        if result.status in EXPLAINED and result.severity is not Severity.BLOCKER:
            waived = result.waiver is not None and result.waiver["live"]
            weight = "waived" if waived else result.severity
            named.append_text(self.text(f" ({weight})", "dim"))
        return named

    def explained(self, results: list[Result], head: str) -> Iterator[RenderableType]:
        """Why these keep the gate shut, and what to do; `head` is not said again."""
        told: set[str] = set()
        for result in results[:MOST_EXPLAINED]:
            mark, style = MARKS[result.status]
            words = sentence(result)
            lines: list[RenderableType] = [self.text(title(result) if words == head else words)]
            if result.reason and result.reason.rstrip(".") not in words:
                lines.append(self.text(result.reason))
            lines += self.evidence(result, words)
            todo = advice(result)
            if todo and todo not in told:
                told.add(todo)
                lines.append(self.hanging(self.text("→"), [self.text(todo, "italic")]))
            yield ""
            yield self.hanging(self.text(mark, style), lines)
        if len(results) > MOST_EXPLAINED:
            more = len(results) - MOST_EXPLAINED
            yield ""
            yield self.indented(
                self.text(f"{more} more are explained in the JSON report", "dim"), 2
            )

    def tolerated(self, results: list[Result]) -> Iterator[RenderableType]:
        """Cases that somebody wrote, and that are answered wrongly as often as they may be."""
        passed = (one for one in results if one.status is Status.PASSED)
        for result in [
            one for one in passed if {"wrong", "critical"} <= set(one.details) and one.says
        ]:
            mark, style = MARKS[result.status]
            words = f"{sentence(result).rstrip('.')}, within the limit."
            yield ""
            yield self.hanging(
                self.text(mark, style), [self.text(words), *self.evidence(result, words)]
            )

    def evidence(self, result: Result, words: str) -> Iterator[Text]:
        """Inputs that were answered wrongly, and what else a check shows; the first of each."""
        answered = [entry for entry in result.evidence if is_counterexample(entry)]
        for entry in answered[:MOST_COUNTEREXAMPLES]:
            first, *others = counterexample(entry)
            yield self.text(first, "dim", LONGEST_LINE)
            yield from (self.text(f"  {line}", "dim", LONGEST_LINE) for line in others)
        for entry in answered[:1]:
            yield from (self.text(f"  {line}", "dim") for line in drawn(entry))
        for entry in result.evidence[:2]:
            proof = _one_line(entry)
            if not is_counterexample(entry) and not _told(proof, words):
                yield self.text(proof, "dim", 2 * LONGEST_NAME)


def _needs_words(result: Result) -> bool:
    """Whether it keeps the gate shut, or is information of which there is none."""
    return result.status in EXPLAINED or (result.status is Status.INFO and result.value is None)


def _cells(result: Result) -> tuple[str, str, str]:
    """Value, interval and limit; a long unit is written with the value alone."""
    shown = rest = difference(result)
    long = len(result.unit) > LONGEST_UNIT // 3 and result.unit not in {"share", "second"}
    if long or result.difference is not None:
        rest = difference(result, bare=True)
    return shown.value, rest.interval, _limit(rest)


def _limit(shown: Figures) -> str:
    return f"{SIDES[shown.side]} {shown.limit}" if shown.side else ""


def _one_line(item: Any) -> str:
    """A piece of evidence; rows are counted from 1, as people do."""
    if isinstance(item, Mapping):
        return ", ".join(_said(key, value) for key, value in item.items() if key != "type")
    return str(item)


def _told(proof: str, words: str) -> bool:
    """Whether a sentence names this piece of evidence already, such as row 7 of "rows 3, 7"."""
    return re.search(rf"(?<!\w){re.escape(proof.removeprefix('row '))}(?!\w)", words) is not None


def _said(key: Any, value: Any) -> str:
    if key == "row" and isinstance(value, int):
        return f"row {value + 1:,}"
    return str(value) if key == "text" else f"{key} = {value}"
