"""Two long texts, cut such that the place where they part is seen."""

from __future__ import annotations

CUT = "..."


def excerpts(one: str, other: str, longest: int) -> tuple[str, str]:
    """Both texts from shortly before the first difference on, where one is too long.

    Args:
        one: a text.
        other: the same text, changed.
        longest: characters that each may have, cuts included; 20 or more.

    Returns:
        Both as they are where they are no longer than that; their beginnings where they are one.
    """
    if max(len(one), len(other)) <= longest:
        return one, other
    both = zip(one, other, strict=False)
    shorter = min(len(one), len(other))
    parts = next((place for place, (a, b) in enumerate(both) if a != b), shorter)
    start = 0 if one == other else max(0, parts - longest // 3)
    if start:  # a word is not cut in two, unless it is very long
        space = one.find(" ", start, parts)
        start = start if space < 0 else space + 1
    return _from(one, start, longest), _from(other, start, longest)


def _from(text: str, start: int, longest: int) -> str:
    head = CUT if start else ""
    room = longest - len(head)
    if len(text) - start <= room:
        return head + text[start:]
    return f"{head}{text[start : start + room - len(CUT)]}{CUT}"
