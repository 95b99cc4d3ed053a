"""`modelgate explain CHECK|PERTURBATION|ERROR-CODE`: what each of them asks, changes, means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelgate.cli.page import Page
    from modelgate.declare import Check
    from modelgate.perturb import Perturbation

CODE = re.compile(r"mg[0-9]+", re.IGNORECASE)
OF = {
    "text": "a column of text",
    "number": "a column of numbers",
    "category": "a column of categories",
    "table": "whole rows",
    "image": "images",
}


@click.command(
    name="explain",
    short_help="what a check asks, a perturbation changes, or an error code means",
    epilog="Examples: modelgate explain metric; modelgate explain MG2104",
)
@click.argument("name", metavar="CHECK|PERTURBATION|ERROR-CODE")
def command(name: str) -> None:
    """Say what a check asks and measures, what a perturbation changes, or what an error means."""
    from modelgate.cli.list import library_here
    from modelgate.cli.page import Page
    from modelgate.errors import UsageError, did_you_mean
    from modelgate.escape import shown

    if CODE.fullmatch(name):
        return _code(Page(), name.upper())
    library = library_here()
    if name in library.perturbations and name not in library:
        return _perturbation(Page(), library.perturbations[name])
    if name not in library:
        asks = _asks(name, library)
        if asks:
            message = f"{shown(name)} is no check of its own, but a subject of {asks!r}"
            raise UsageError("MG2007", message, hint=f"`modelgate explain {asks}` tells of it")
        known = [*library, *library.perturbations]
        message = f"no check is called {shown(name)}; {did_you_mean(name, known)}"
        hint = "`modelgate list checks` tells them apart; a code is written as MG2104"
        raise UsageError("MG2007", message, hint=hint)
    return _check(Page(), library[name])


def _asks(subject: str, library: Mapping[str, Check]) -> str | None:
    """The check that a subject of this name belongs to: "metric" of "accuracy".

    Where several can be asked about it, the one with the most subjects.
    """
    from typing import get_args

    subjects = {
        name: get_args(check.settings[check.subject].type)
        for name, check in library.items()
        if check.subject
    }
    of = [name for name, known in subjects.items() if subject in known]
    return max(of, key=lambda name: len(subjects[name]), default=None)


def _code(page: Page, code: str) -> None:
    from modelgate.error_codes import explanations
    from modelgate.errors import UsageError, did_you_mean
    from modelgate.escape import shown

    known = explanations()
    if code not in known:
        near = did_you_mean(code, known)
        near = near if near.startswith("did") else f"there are {len(known)} codes"
        raise UsageError("MG2007", f"no error has the code {shown(code)}; {near}")
    said = known[code]
    page.heading(f"{said.code}  {said.title}")
    for text in (said.cause, said.mend):
        page.gap()
        page.paragraph(text)


def _check(page: Page, check: Check) -> None:
    from modelgate import check_text

    page.heading(check.name, f"{check.family}, for {' and '.join(check.tasks)}")
    _told(page, check.ask)
    asked = (
        "by: COLUMN asks it of the rows of each value; then at most major"
        if check.asks_aggregate
        else "cannot be asked"
    )
    page.gap()
    page.heading("In a suite")
    page.table(
        [
            ("subject", check_text.subject(check)),
            ("limit", check_text.limit(check)),
            ("severity", f"{check.severity.value}, unless the suite says otherwise"),
            ("slices", asked),
        ]
    )
    _settings(page, check, check.ask)
    page.gap()
    page.heading("Example")
    page.verbatim(check_text.example(check))


def _perturbation(page: Page, one: Perturbation) -> None:
    page.heading(one.name, f"a perturbation of {OF[one.of]}")
    _told(page, one.change)
    _settings(page, one, one.change)


def _told(page: Page, function: Callable[..., object]) -> None:
    """The docstring, but for what it says of the settings: that stands below their table."""
    from modelgate import check_text

    page.paragraph(check_text.summary(function))
    for title, text in check_text.sections(function):
        if title == "Settings":
            continue
        page.gap()
        page.paragraph(f"{title}: {text}" if title else text)


def _settings(page: Page, one: Check | Perturbation, function: Callable[..., object]) -> None:
    from modelgate import check_text

    rows = check_text.settings(one)
    if not rows:
        return
    page.gap()
    page.heading("Settings")
    page.table([("", "default", "takes"), *((name, given, takes) for name, takes, given in rows)])
    said = [text for title, text in check_text.sections(function) if title == "Settings"]
    for text in said:
        page.paragraph(text, indent=2)
