"""What a suite does with faulty models, as a page for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modelgate import delivery
from modelgate.console import Page
from modelgate.figures import number
from modelgate.reporters import ReportOption
from modelgate.selftest import CAUGHT, Kind, SelfTest
from modelgate.selftest.advice import Advice
from modelgate.selftest.trying import Tried, share
from modelgate.selftest.written import written

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

MOST_TOLD = 8
GOOD, BAD, WEAK = ("✓", "green"), ("✗", "bold red"), ("·", "dim")
GROUPS = {
    "overall": "worse answers everywhere",
    "noise": "worse answers here and there",
    "scores": "scores that are too sure, or not sure enough",
    "class": "a class that is found less often",
    "slice": "worse answers in a slice",
    "columns": "columns that are taken for one another",
    "words": "a stale vocabulary",
    "threshold-more": "the positive class answered too often",
    "threshold-fewer": "the positive class answered too seldom",
}


_OF_ONE = {
    "are the model itself": "is the very same",
    "are": "is",
    "answer": "answers",
    "err": "errs",
    "give": "gives",
}
_SINGULAR = re.compile(r"are the model itself|(?:^|(?<= and ))(?:are|answer|err|give)\b")


def deliver(found: SelfTest, option: ReportOption) -> None:
    """Write the result of a selftest where the option says.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    delivery.deliver(option, partial(show, found), partial(written, found))


def show(found: SelfTest, console: Console) -> None:
    """Print the page."""
    page = _Page(console)
    for part in page.parts(found):
        page.put(part)


@dataclass(frozen=True, slots=True)
class _Row:
    """Faults that are one line of the table."""

    says: str
    tried: tuple[Tried, ...]
    caught: bool
    tolerated: bool

    @property
    def models(self) -> int:
        return sum(one.models for one in self.tried)

    @property
    def promoted(self) -> int:
        return sum(one.promoted for one in self.tried)


class _Page(Page):
    """Draws the parts."""

    def parts(self, found: SelfTest) -> Iterator[RenderableType]:
        yield from self.head(found)
        yield ""
        yield self.text("Models of which the end is known", "bold")
        for one in found.controls:
            bad = one in found.misbehaved
            mark, style = BAD if bad else WEAK if _holds_most(one) else GOOD
            yield self.hanging(self.text(mark, style), [self.text(_control(one, bad=bad))])
        yield ""
        yield self.text("Worse models, and what became of them", "bold")
        yield self.table([_row(kind) for kind in found.kinds])
        for other in found.untried[:MOST_TOLD]:
            says = f"not tried: models that {other.says} ({other.why})"
            yield self.indented(self.text(says, "dim"))
        if found.slices_left_out:
            left = f"{found.slices_left_out} more slices were not tried: too many for one run"
            yield self.indented(self.text(left, "dim"))
        yield from self.steps(found)
        yield from self.holes(found)
        yield from self.advice(found.advice)
        yield ""
        yield self.text(_end(found), "bold green" if found.exit_code == 0 else "bold yellow")

    def head(self, found: SelfTest) -> Iterator[RenderableType]:
        subject = found.subject
        data = subject["data"]
        models = sum(one.models for kind in found.kinds for one in kind.tried)
        yield self.text(f"{_suite(found)}: would it catch a worse model?", "bold")
        kept = data["kept"]
        rows = f"{kept:,} rows" if kept == data["rows"] else f"{kept:,} of {data['rows']:,} rows"
        more = f" It was asked about {found.asked:,} changed rows besides." if found.asked else ""
        yield self.text(
            f"{models:,} faulty models were made of the answers of {subject['model']['name']} to"
            f" {rows} of {data['path']}, and judged against"
            f" {subject['champion'] or 'its own answers'} in {found.seconds:.0f} s.{more}",
        )

    def table(self, rows: Sequence[_Row]) -> Table:
        from rich.table import Table

        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("", no_wrap=True)
        table.add_column("models that", overflow="fold", ratio=1, min_width=24)
        for heading in ("let through", "90 %", "held", "blocked"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.expand = True
        for row in rows:
            mark, style = WEAK if row.tolerated else GOOD if row.caught else BAD
            between = share(row.promoted, row.models)
            says = f"{row.says} (your suite tolerates that)" if row.tolerated else row.says
            table.add_row(
                self.text(mark, style),
                self.text(says),
                self.text(f"{row.promoted} of {row.models}"),
                self.text(f"{between.low * 100:.0f}–{between.high * 100:.0f} %"),  # noqa: RUF001 (a range has an en dash)
                self.text(str(sum(one.held for one in row.tried))),
                self.text(str(sum(one.blocked for one in row.tried))),
            )
        return table

    def steps(self, found: SelfTest) -> Iterator[RenderableType]:
        """Which steps were put to some models alone, or to none."""
        if found.apart:
            told = f"{', '.join(found.apart)}: asked of the model itself and of those that misread"
            yield self.indented(self.text(f"{told}, where nothing else stops them", "dim"))
        if found.unasked:
            told = f"put to no model here: {', '.join(found.unasked)}"
            yield self.indented(self.text(told, "dim"))

    def holes(self, found: SelfTest) -> Iterator[RenderableType]:
        """The faults that slip through, one by one."""
        worst = _worst_first(found.holes)
        if not worst:
            return
        yield ""
        for one in worst[:MOST_TOLD]:
            says = (
                f"Your suite would let through {one.promoted} of {one.models} models that"
                f" {one.fault.says}."
            )
            yield self.hanging(self.text(*BAD), [self.text(says)])
        if len(worst) > MOST_TOLD:
            yield self.indented(
                self.text(
                    f"and {len(worst) - MOST_TOLD} more faults: the JSON report has them", "dim"
                )
            )

    def advice(self, advice: Sequence[Advice]) -> Iterator[RenderableType]:
        """What to write into the suite."""
        if advice:
            yield ""
            yield self.text("What to write below `checks:`", "bold")
        for one in advice:
            what = GROUPS.get(one.group, one.group)
            yield ""
            if one.step is None:
                yield self.text(f"Against {what} no step was found: it takes more labelled rows.")
                continue
            verb = "in place of the step that asks the same" if one.instead else "one step more"
            yield self.text(f"Against {what}, {verb}:")
            for line in one.step.splitlines():
                yield self.indented(self.text(line), 4)
            tried = f"Tried: it catches {one.caught} of {one.models} of those let through"
            tried += ", and still promotes the model itself." if one.promotes else "."
            yield self.indented(self.text(tried, "dim"))


def _worst_first(holes: Sequence[Kind]) -> list[Tried]:
    """The faults of which models are let through: the worst of each kind, then the second ..."""
    ranked = []
    for kind in holes:
        some = sorted(
            (one for one in kind.counted if one.promoted),
            key=lambda one: -one.promoted / one.models,
        )
        ranked += [(place, -one.promoted / one.models, one) for place, one in enumerate(some)]
    return [one for *_, one in sorted(ranked, key=lambda entry: entry[:2])]


def _row(kind: Kind) -> _Row:
    everything = kind.tried
    first = everything[0].fault
    says = first.says
    if first.place is not None:
        places = f"one of {len(everything)} slices" if len(everything) > 1 else "a slice"
        says = says.replace(f"where {first.place.says}", f"in {places}")
    elif first.group == "columns" and len(everything) > 1:
        says = f"take one column for another: one of {len(everything)} pairs"
    elif first.group == "words":
        says = f"{says.partition(', ')[0]} (a stale vocabulary)"
    elif first.group == "class" and len(everything) > 1:
        says = f"{says.rpartition(' of the class ')[0]} of one of {len(everything)} classes"
    return _Row(
        says=says,
        tried=everything,
        caught=kind.caught,
        tolerated=all(one.tolerance is not None for one in everything),
    )


def _control(one: Tried, *, bad: bool) -> str:
    ends = [
        f"{count} {word}"
        for count, word in (
            (one.promoted, "promoted"),
            (one.held, "held"),
            (one.blocked, "blocked"),
        )
        if count
    ]
    ended = ends[0].partition(" ")[2] if one.models == 1 else ", ".join(ends)
    many = "A model" if one.models == 1 else f"{one.models} models"
    says = one.fault.says
    if one.models == 1:
        says = _SINGULAR.sub(lambda found: _OF_ONE[found.group()], says)
    why = ""
    if (bad or one.fault.name == "copy") and one.because:
        why = f" (because of {', '.join(list(one.because)[:2])})"
    more = ""
    if _holds_most(one):
        more = ": these rows are too few to tell; write wider margins, or add rows"
    return f"{many} that {says}: {ended}{why}{more}"


def _holds_most(one: Tried) -> bool:
    """Whether most models that are as good would wait for more rows."""
    return one.fault.good and one.fault.name != "copy" and 2 * one.promoted < one.models


def _suite(found: SelfTest) -> str:
    suite = found.subject["suite"]
    return str(suite["title"] or suite["path"])


def _end(found: SelfTest) -> str:
    code = f"exit code {found.exit_code}"
    most, least = (number(share).replace(".0", "") for share in (1 - CAUGHT, CAUGHT))
    if any(one.fault.name == "copy" for one in found.misbehaved):
        return f"UNSOUND: the suite promotes no model, however good it is, {code}"
    if found.misbehaved:
        return f"UNSOUND: {len(found.misbehaved)} controls did not end as they have to, {code}"
    if found.holes:
        kinds = f"{len(found.holes)} of {len(found.kinds)} kinds of faults"
        return f"UNSOUND: of {kinds} more than {most} are let through, {code}"
    return f"SOUND: of each kind of fault at least {least} are caught, {code}"
