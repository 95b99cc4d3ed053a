"""Rows that went unjudged: whether a question may pass all the same."""

from __future__ import annotations

from math import ceil

from modelgate.aggregates import Facts
from modelgate.judging import NO_LABEL, NOT_COMPARED, Gathered
from modelgate.needs import need_of, pair_of
from modelgate.question import MOST_MISSING, Question
from modelgate.suite import DataPart


def left_out(question: Question, gathered: Gathered, part: DataPart, role: str) -> str | None:
    """Why too many rows of a data set went unjudged for a pass; None where they did not.

    Args:
        question: that was asked.
        gathered: what the pass over the data set left behind.
        part: what the suite says of it.
        role: its name.
    """
    account = gathered.answers
    if not account.rows:
        return None
    reasons = _reasons(question, gathered)
    dropped = sum(reasons.values())
    if dropped <= part.may_drop * account.rows:
        return None
    why = "; ".join(f"{reason}: {count:,}" for reason, count in reasons.items())
    share = ceil(1e4 * dropped / account.rows) / 1e4  # rounded down, it would not allow them
    if 2 * dropped > account.rows:
        return f"{MOST_MISSING} ({why}): the others speak for themselves alone"
    return (
        f"{dropped:,} of {account.rows:,} rows could not be judged ({why}): mend them, or allow it"
        f" with data: {{{role}: {{may_drop: {share:g}}}}}"
    )


def _reasons(question: Question, gathered: Gathered) -> dict[str, int]:
    """Why -> rows. A comparison lacks the champion's answers too, but no label it does not need."""
    reasons, facts = dict(gathered.answers.dropped), gathered.facts
    if gathered.champion is None or not _compares(question, facts):
        return reasons
    lacking = dict(gathered.champion.dropped)
    need = pair_of(question.check, question.step, facts) if question.versus else None
    if need is not None and need.kind.unlabelled:
        reasons.pop(NO_LABEL[facts.task], None)
    else:  # these count as rows without a label
        lacking.pop(NOT_COMPARED, None)
    return reasons | lacking


def _compares(question: Question, facts: Facts) -> bool:
    """Whether it is about both models."""
    if question.versus:
        return True
    return any(need.paired for need in need_of(question.check, question.step, facts))
