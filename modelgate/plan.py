"""What so many rows can tell, before a candidate is judged by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelgate.atomic import refuse_overwriting
from modelgate.evaluation import evaluate
from modelgate.figures import number
from modelgate.options import Options
from modelgate.power import standard_error
from modelgate.report import Report, Result
from modelgate.sentences import title
from modelgate.stats.planning import ALPHA, blocks_equal, reach, rows_needed

SCHEMA = "modelgate.plan/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What can be told of one question.

    Attributes:
        id, title, severity: of the question.
        rows: that it is about.
        unit: of all distances below.
        against: "champion", or the limit as the suite has it.
        tolerance: the margin; None for a limit.
        rules_out: the drop that is ruled out if there is none, with 80 % chance; for a limit, how
            far beyond it a model has to be.
        shows: the drop that is shown if there is one, with 80 % chance, after all other questions.
        needed: rows with which the tolerance is likely to be kept by an equally good candidate;
            None for a limit.
    """

    id: str
    title: str
    severity: str
    rows: int
    unit: str
    against: str
    tolerance: float | None
    rules_out: float
    shows: float
    needed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a suite can tell with these rows.

    Attributes:
        suite: its title.
        rows: in the test set.
        champion: whose answers the spreads were taken from.
        questions: that chance has a part in.
        facts: the number of questions of fact, which no number of rows changes.
        untold: question -> why nothing can be said of it.
        bare: how often the rule "candidate >= champion" would block a candidate that is as good.
    """

    suite: str
    rows: int
    champion: str
    questions: tuple[Planned, ...]
    facts: int
    untold: Mapping[str, str]
    bare: float
    schema: str = SCHEMA

    @property
    def says(self) -> tuple[str, ...]:
        """The plan in sentences."""
        return _sentences(self)


def plan(
    model: str | Path | Callable[[Any], Any],
    *,
    data: Any = None,
    target: str | None = None,
    reference: Any = None,
    champion: str | Path | Callable[[Any], Any] | None = None,
    suite: str | Path | None = None,
    options: Options | None = None,
) -> Plan:
    """What the suite could tell of a candidate with these rows.

    The champion is compared with itself by the real engine: its answers say how much each number
    varies, and nothing is learnt of the candidate. Without a champion, `model` stands for it.

    Args:
        model: as `evaluate` takes it.
        data: likewise.
        target: likewise.
        reference: likewise.
        champion: likewise.
        suite: likewise.
        options: likewise.

    Raises:
        ModelgateError: what `evaluate` raises.
    """
    from modelgate.judgement import champion_of, named

    if options is not None and isinstance(model, str | Path):  # it may be asked nothing
        refuse_overwriting(options.writes, [model])
    _, chosen = named(suite)
    stand_in = model if champion is None else champion
    if champion is None and chosen is not None and chosen.champion is not None:
        stand_in = champion_of(chosen)
    report = evaluate(
        stand_in,
        data=data,
        target=target,
        reference=reference,
        champion=stand_in,
        suite=suite,
        options=options,
    )
    return planned(report)


def planned(report: Report) -> Plan:
    """The plan that the report of a champion against itself holds."""
    asked = [one for one in report.results if one.kind == "statistical" and one.limit]
    found, untold = [], {}
    for one in asked:
        error = one.usual_error if one.versus else standard_error(one)
        if error is None or not one.n:
            untold[one.id] = one.reason or "its spread is not known"
            continue
        found.append(_planned(one, error, report))
    rows = next((data["rows"] for data in report.subject["data"].values()), 0)
    return Plan(
        suite=report.subject["suite"]["title"],
        rows=rows,
        champion=report.subject["model"]["name"],
        questions=tuple(found),
        facts=sum(one.kind == "exact" and bool(one.limit) for one in report.results),
        untold=untold,
        bare=blocks_equal(rows) if rows else 0.0,
    )


def _planned(result: Result, error: float, report: Report) -> Planned:
    family = report.verdict.families.get(str(result.severity), {"alpha": ALPHA, "questions": 1})
    first = family["alpha"] / family["questions"]
    (side, bound), *_ = result.limit.items()
    margin = bound if side == "margin" else None
    sign = {"at_least": "≥", "at_most": "≤", "margin": ""}[side]
    return Planned(
        id=result.id,
        title=title(result),
        severity=str(result.severity),
        rows=result.n,
        unit=result.unit,
        against="champion" if margin is not None else f"{sign} {_limit(bound, result.unit)}",
        tolerance=margin,
        rules_out=reach(error),
        shows=reach(error, alpha=first),
        needed=None if margin is None else rows_needed(margin, error * result.n**0.5),
    )


def _sentences(plan: Plan) -> tuple[str, ...]:
    compared = [one for one in plan.questions if one.tolerance is not None]
    said = []
    if compared:
        widest = max(compared, key=lambda one: one.rows)
        said.append(
            f"With {widest.rows:,} rows, {widest.title.removesuffix(' v champion')} that is worse"
            f" by {distance(widest.rules_out, widest)} can be ruled out, and by"
            f" {distance(widest.shows, widest)} shown (80 % chance each)."
        )
        short = [one for one in compared if one.needed is not None and one.needed > one.rows]
        if short:
            worst = max(short, key=lambda one: (one.needed or 0) / one.rows)
            said.append(
                f"{len(short)} of {len(compared)} comparisons have few rows for their tolerance: a"
                f" candidate that is just as good would often be held. {worst.title} has"
                f" {worst.rows:,} rows, and about {_rounded(worst.needed or 0):,} are needed."
            )
        elif len(compared) == 1:
            said.append("The one comparison has rows enough for its tolerance.")
        else:
            said.append(f"All {len(compared)} comparisons have rows enough for their tolerance.")
    share = number(plan.bare)
    said.append(
        f'The rule "candidate >= champion" would block an equally good model in {share} of runs.'
    )
    return tuple(said)


def distance(amount: float, question: Planned) -> str:
    """A distance as people say it: points for shares."""
    share = question.unit == "share"
    unit = {"share": "points", "score": ""}.get(question.unit, question.unit)
    return f"{amount * (100 if share else 1):.2g} {unit}".rstrip()


def _limit(bound: float, unit: str) -> str:
    return f"{100 * bound:g} %" if unit == "share" else f"{bound:g}"


def _rounded(rows: int) -> int:
    step: int = 10 ** max(0, len(str(rows)) - 2)
    return -(-rows // step) * step
