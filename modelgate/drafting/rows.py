"""Steps about the rows themselves: whether they are those that a model was trained on."""

from __future__ import annotations

from collections.abc import Callable

from modelgate.report import Report, Result
from modelgate.suite import Suite

CHECKS = ("split_overlap", "missing_rate", "drift")
STEPS = """\
  - split_overlap: all
  - missing_rate: rise
  - drift: features
"""
ASKED = f"""
  # Whether these rows are others than those that the model was trained on, and of the same kind. A
  # warning each: none tells that an answer is worse.
{STEPS}"""
UNASKED = """
  # EDIT: name the rows that the model was trained on, above, and remove the `#` here: whether the
  # rows of a test are others than those, and of the same kind.
""" + STEPS.replace("  - ", "  # - ")
NAMED = "  reference: {{path: {path}}}\n"
UNNAMED = "  # reference: {path: ../data/train.csv}\n"


def held_to(
    reference: str | None, parse: Callable[[str], Suite], judged: Callable[[Suite], Report]
) -> tuple[str, list[Result]]:
    """The steps, and what becomes of the rows by them; as comments without a reference.

    Args:
        reference: the rows that the model was trained on.
        parse: a suite from its text.
        judged: the champion by a suite, asked itself.
    """
    if reference is None:
        return UNASKED, []
    report = judged(parse(f"checks:\n{STEPS}"))
    return ASKED, [one for one in report.results if one.check in CHECKS]
