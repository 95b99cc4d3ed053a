"""Text in columns on a terminal; unwrapped and without colour where it goes to a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from textwrap import wrap

import click

from modelgate.escape import printable

WIDEST = 100
"""Longer lines are hard to follow, however wide the window is."""
UNWRAPPED = 1 << 20
PROSE = 80
"""Running text is wrapped at this width even for a pipe; a row of a table stays one line there."""


class Page:
    """Where `list` and `explain` write; every text is made harmless on its way.

    Attributes:
        width: columns of a line; as good as endless where programs read it.
    """

    def __init__(self) -> None:
        watched = sys.stdout.isatty()
        self.width = min(get_terminal_size().columns, WIDEST) if watched else UNWRAPPED
        self._colour = False if "NO_COLOR" in os.environ else None  # None: as the terminal is

    def heading(self, text: str, beside: str = "") -> None:
        """A line in bold, with something less weighty beside it."""
        tail = f"  {click.style(printable(beside), dim=True)}" if beside else ""
        self._put(click.style(printable(text), bold=True) + tail)

    def gap(self) -> None:
        """An empty line."""
        self._put("")

    def paragraph(self, text: str, indent: int = 0) -> None:
        """Lines of running text."""
        blank = " " * indent
        width = PROSE if self.width == UNWRAPPED else self.width
        lines = wrap(
            printable(text),
            width,
            initial_indent=blank,
            subsequent_indent=blank,
            break_on_hyphens=False,  # an address is copied whole
        )
        for line in lines:
            self._put(line)

    def verbatim(self, text: str, indent: int = 2) -> None:
        """Lines as they are."""
        for line in text.splitlines():
            self._put(" " * indent + printable(line))

    def table(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Rows of equally many cells, two columns in; the last cell is wrapped."""
        rows = [tuple(printable(cell) for cell in row) for row in rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
        left = 2 + sum(width + 2 for width in widths)
        for first, *more in rows:
            cells = [first, *more]
            last = wrap(cells[-1], max(self.width - left, 20)) or [""]
            head = click.style(f"{first:{widths[0]}}", fg="cyan") if len(cells) > 1 else ""
            middle = [
                f"{cell:{width}}" for cell, width in zip(cells[1:-1], widths[1:], strict=True)
            ]
            self._put(("  " + "  ".join([head, *middle, last[0]])).rstrip())
            for line in last[1:]:
                self._put(" " * left + line)

    def _put(self, line: str) -> None:
        click.echo(line, color=self._colour)
