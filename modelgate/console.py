"""Text on a terminal: harmless, in characters that it has, as wide as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from modelgate.escape import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

WIDEST = 110
"""Lines longer than this are hard to follow, however wide the window is."""
PLAIN = str.maketrans(
    {"✗": "x", "✓": "+", "–": "-", "·": "|", "≥": ">=", "≤": "<=", "→": "->", "…": "...", "µ": "u"}  # noqa: RUF001 (what a terminal without Unicode cannot show)
)


class Page:
    """Where a command writes. Every text on it goes through `text`.

    Attributes:
        width: columns of a line.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = min(console.width, WIDEST)
        self._unicode = _can_say("".join(map(chr, PLAIN)), console.encoding)

    def text(self, content: object, style: str = "", longest: int | None = None) -> Text:
        """Foreign text or ours: one line, no markup, nothing that a terminal obeys."""
        from rich.text import Text

        shown = printable(content, longest)
        if not self._unicode:
            encoding = self._console.encoding
            shown = shown.translate(PLAIN)
            shown = shown.encode(encoding, "backslashreplace").decode(encoding)
        return Text(shown, style)

    def hanging(self, mark: Text, lines: Iterable[RenderableType]) -> Table:
        """Lines to the right of a mark."""
        from rich.table import Table

        table = Table.grid(padding=(0, 2 if len(mark) > 2 else 1, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for line in lines:
            table.add_row(mark, line)
            mark = self.text("")
        return table

    def indented(self, line: Text, by: int = 2) -> RenderableType:
        """A line that begins, and goes on after a break, `by` columns from the edge."""
        from rich.padding import Padding

        return Padding(line, (0, 0, 0, by))

    def put(self, part: RenderableType) -> None:
        """Write one part, without blanks at the ends of its lines."""
        with self._console.capture() as drawn:
            self._console.print(part, width=self.width, markup=False, highlight=False, emoji=False)
        for line in drawn.get().splitlines():
            self._console.file.write(f"{line.rstrip()}\n")
        self._console.file.flush()


def _can_say(characters: str, encoding: str) -> bool:
    try:
        characters.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
