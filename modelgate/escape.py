"""Foreign text made fit for a message: it cannot move the cursor or turn the line round."""

from __future__ import annotations

import unicodedata

HARMFUL = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that are shown as escapes: controls (ESC, newline, backspace), format
characters (bidi overrides, zero width, tags), lone surrogates, line separators, and what no font
has to show."""
ELLIPSIS = "…"


def printable(text: object, longest: int | None = None) -> str:
    r"""`text` on one line, without any character that a terminal obeys.

    Args:
        text: anything; its `str` is taken.
        longest: characters the answer may have, 3 or more; what is longer loses its middle, since
            the ends of long names are what tells them apart. None for no limit.

    Returns:
        The text, with each harmful character written as Python would: "\n", "\x1b", "\u202e".

    Source:
        N. Boucher, R. Anderson (2023), "Trojan Source: Invisible Vulnerabilities", USENIX Security.
    """
    raw = str(text)
    if longest is not None and len(raw) > 20 * longest:
        raw = raw[: 10 * longest] + raw[-10 * longest :]
    shown = "".join(_one(character) for character in raw)
    if longest is None or len(shown) <= longest:
        return shown
    tail = (longest - 1) // 2
    return shown[: longest - 1 - tail] + ELLIPSIS + shown[len(shown) - tail :]


def shown(value: object, longest: int = 60) -> str:
    """A value in quotes for a message: one line, at most `longest` characters of it."""
    return f"'{printable(value, longest)}'"


def one_line(error: BaseException, longest: int = 160) -> str:
    """What a foreign exception says, as the end of a line; its name where it says nothing."""
    return printable(" ".join(str(error).split()) or type(error).__name__, longest)


def _one(character: str) -> str:
    if " " <= character <= "~" or unicodedata.category(character) not in HARMFUL:
        return character
    return character.encode("unicode_escape").decode("ascii")


def writable(text: str) -> str:
    """The text, with an escape for each byte of a name that is no UTF-8: a database takes none."""
    return text.encode("utf-8", "backslashreplace").decode()
