"""Results in words: one voice for the gate and for every reporter.

The words are "shown", "ruled out" and "not enough rows": they say what the rows can tell and what
not, to readers who are no statisticians. Foreign text goes in and comes out as it is; each reporter
escapes what it writes.
"""

from __future__ import annotations

from math import floor, inf, log10, nan

from modelgate.figures import Figures, apart, figures, number
from modelgate.outcome import NONE_YET, Severity, Status
from modelgate.report import Result
from modelgate.slices import described


def title(result: Result) -> str:
    """What a result is called among people: "accuracy v champion", "recall, country = BR"."""
    name = _name(result)
    return f"{name} v {result.versus}" if result.versus else name


def _name(result: Result) -> str:
    own = result.check == "metric" and result.subject
    parts = [result.subject if own else _question(result)]
    if result.slice:
        parts.append(", ".join(described(*one) for one in result.slice.items()))
    return ", ".join(parts)


def sentence(result: Result) -> str:
    """One result in one sentence: the check's own words, else written from its numbers."""
    if result.says:
        return result.says
    name = title(result)
    waiver = result.waiver
    if waiver is not None and not waiver["live"] and result.status is Status.FAILED:
        return f"{name} is not passed, and {result.reason}."
    if result.status is Status.CRASHED:
        return f"{name} could not be completed: {result.reason or 'no reason was given'}."
    if result.status is Status.SKIPPED:
        return f"{name} was not asked: {result.reason or 'no reason was given'}."
    if result.difference is not None:
        return _compared(result)
    shown = figures(result)
    if not shown.value:
        return f"{name} has no value: {result.reason or 'no reason was given'}."
    if not shown.side:
        between = f", between {shown.low} and {shown.high}" if shown.interval else ""
        return f"{name} is {shown.value}{between}{_rows(result)}; it is held to no limit."
    if result.status is Status.UNDECIDED:
        return _undecided(name, shown, result)
    if not shown.interval:
        return _exact(name, shown, result)
    return _decided(name, shown, result)


def advice(result: Result) -> str:
    """What a reader can do about a result that keeps the gate shut; "" where there is nothing."""
    if result.status is Status.CRASHED:
        return _broken_off(result)
    if result.status is Status.SKIPPED:
        first = result.reason == NONE_YET  # nothing to give, and nothing to take out
        return "" if first else "Give it what it needs, or take it out of the suite."
    if result.check == "naive_gain" and result.value is not None and result.value <= 0:
        return "It answers no better than without looking at the input: see what it answers first."
    if result.status is Status.UNDECIDED:
        told = result.reason and (not result.n or _kept(result))
        return "" if told else _more_rows(result)
    if result.status is not Status.FAILED:
        return ""
    if result.versus and result.better == "lower":
        return "Look at the rows where this model is further off than the champion."
    if result.versus:
        return "Look at the rows that the champion answers rightly and this model does not."
    if result.slice:
        return "Look at these rows first: more of their kind in training usually helps."
    if result.check == "metric":
        return (
            "Compare inputs and labels with those of training: swapped columns, another scaling or"
            " another order of classes look like this."
        )
    return f"`modelgate explain {result.check}` says what it measures and why it matters."


def _broken_off(result: Result) -> str:
    """What to do about a check that broke off: an error of ours has a text of its own."""
    code, *_ = (result.reason or "").split()[:1] or [""]
    minor = result.severity is Severity.MINOR
    until = "." if minor else "; until it answers, nothing passes."
    if code.startswith("MG"):
        return f"`modelgate explain {code}` says what to do{until}"
    return f"Run again with --debug to see where it broke off{until}"


def _question(result: Result) -> str:
    said = result.subject in {"", "all", "implied", "true", "True", result.check}
    return result.check if said else f"{result.check} {result.subject}"


def _compared(result: Result) -> str:
    """How far from the champion, in words: "could be 1.7 points worse to 0.9 better"."""
    worse = apart(result)
    values = figures(result).value
    against = "" if result.champion is None else number(result.champion, result.unit)
    both = f" {values} against {against}" if values and against else ""
    head = f"{_name(result)}{both}, {result.n:,} row{'' if result.n == 1 else 's'}"
    better = worse.low.removeprefix("-")
    surely = worse.high.startswith("-") or worse.high == worse.low == "0"
    if not worse.interval:
        return f"{head}: not compared, {result.reason or 'there are not enough rows'}."
    if result.status is Status.FAILED:
        return (
            f"{head}: {worse.value} worse than the {result.versus}, at least {worse.low};"
            f" {worse.limit} would be tolerable."
        )
    if result.status is Status.PASSED:
        if surely:
            return f"{head}: better than the {result.versus}, by {worse.high[1:]} at least."
        return (
            f"{head}: at most {worse.high} worse than the {result.versus}; a drop of {worse.limit}"
            " is ruled out."
        )
    if result.reason and result.p_within is not None and _kept(result):
        return f"{head}: within the tolerance of {worse.limit}, but {result.reason}."
    if not worse.low.startswith("-"):
        could = f"{worse.low} to {worse.high} worse"
    else:
        could = f"{worse.high} worse to {better} better"
    why = f" ({result.reason})" if result.reason else ""
    return f"{head}: could be {could} than the {result.versus}{why}. Tolerance {worse.limit}."


def _rows(result: Result) -> str:
    return f" on {result.n:,} row{'' if result.n == 1 else 's'}" if result.n else ""


def _confidence(result: Result) -> str:
    """One end of a two-sided interval holds with more than its level: 95 % for 90 %."""
    return number((1 + (result.level or 0.9)) / 2).replace(".0 %", " %")


def _decided(name: str, shown: Figures, result: Result) -> str:
    passed = result.status is Status.PASSED
    least = shown.side == "at_least"
    bound = f"at least {shown.low}" if passed is least else f"at most {shown.high}"
    if passed:
        side = "less" if least else "more"
        end = f"{side} than the {shown.limit} {_asked(shown)} is ruled out"
    else:
        end = f"shown to be {_beyond(shown)} the {shown.limit} {_asked(shown)}"
    return (
        f"{name} is {shown.value}{_rows(result)},"
        f" {bound} with {_confidence(result)} confidence: {end}."
    )


def _exact(name: str, shown: Figures, result: Result) -> str:
    if result.status is Status.PASSED:
        return f"{name} is {shown.value}, within the {shown.limit} {_asked(shown)}."
    return f"{name} is {shown.value}, {_beyond(shown)} the {shown.limit} {_asked(shown)}."


def _undecided(name: str, shown: Figures, result: Result) -> str:
    if not shown.interval:
        why = result.reason or "there are not enough rows"
        return f"{name} is {shown.value}{_rows(result)}: not decided, {why}."
    if result.reason and _kept(result):
        keeps = "at least" if shown.side == "at_least" else "at most"
        return (
            f"{name} is {shown.value}{_rows(result)}, surely {keeps} the {shown.limit}"
            f" {_asked(shown)}, but {result.reason}."
        )
    least = shown.side == "at_least"
    assert result.value is not None
    good = (result.value >= result.limit[shown.side]) is least
    if good or result.value == result.limit[shown.side]:
        end = f"as {'low' if least else 'high'} as {shown.low if least else shown.high}"
        side = "less" if least else "more"
        return (
            f"{name} is {shown.value}{_rows(result)}, but could be {end}:"
            f" {side} than the {shown.limit} {_asked(shown)} is not ruled out."
        )
    assert result.interval is not None
    beyond = (
        result.interval[1] < result.limit[shown.side]
        if least
        else (result.interval[0] > result.limit[shown.side])
    )
    if beyond:
        return (
            f"{name} is {shown.value}{_rows(result)}, most likely {_beyond(shown)} the"
            f" {shown.limit} {_asked(shown)}; of so many questions one may look so by chance."
        )
    end = f"{shown.high if least else shown.low} is possible too"
    return (
        f"{name} is {shown.value}{_rows(result)} and looks {_beyond(shown)} the {shown.limit}"
        f" {_asked(shown)}, but {end}: not shown."
    )


def _kept(result: Result) -> bool:
    """Whether the whole interval keeps the limit, so that something else is in the way."""
    if result.difference is not None:
        (low, high), margin = result.difference_interval or (nan, nan), result.limit["margin"]
        return low > -margin if result.better == "higher" else high < margin
    low, high = result.interval or (nan, nan)
    least, most = result.limit.get("at_least", -inf), result.limit.get("at_most", inf)
    return low >= least and high <= most


def _asked(shown: Figures) -> str:
    return "asked for" if shown.side == "at_least" else "allowed"


def _beyond(shown: Figures) -> str:
    return "below" if shown.side == "at_least" else "above"


def _more_rows(result: Result) -> str:
    if result.kind == "measured":
        return "Run it again on a quieter machine, or measure longer."
    if result.rows_needed is None:
        return "Not enough rows to tell: judge it on more labelled rows."
    if result.rows_needed <= result.n:
        return "A model as good as it should be would likely have passed on these rows."
    rows = f"{_round_up(result.rows_needed):,}"
    labels = ""
    if result.labels_needed is not None:
        labels = f" ({_round_up(result.labels_needed):,} labels: where the two differ)"
    return f"About {rows} rows in all{labels} would likely settle it; {result.n:,} were judged."


def _round_up(rows: float) -> int:
    """To two digits, upwards: a hint is no promise."""
    step = 10 ** max(0, floor(log10(max(rows, 1))) - 1)
    return int(-(-rows // step) * step)
