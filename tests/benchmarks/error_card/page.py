"""The error card as a page of documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelgate.metrics.table import METRICS
from tests.benchmarks.error_card.rate import LEVEL, Rate
from tests.benchmarks.error_card.rows import ROWS

HEAD = """# The error card

How often the gate is wrong. A gate has two errors that its users pay for: it blocks a good model,
or it promotes a regression. Both rates are promised, and this page holds what was measured.

Answers of two models are made up by laws whose truth is known, thousands of times, and put to the
real aggregates, statistics and decision rule. Written by
`python -m tests.benchmarks.error_rates --long --write docs/error-card.md`; every number is seeded,
so that the same versions write the same page.
"""
HOW_TO_READ = f"""
"met": the measured rate keeps the goal. "unclear": it does not, but chance explains that: the goal
lies inside the interval in which the true rate lies with {LEVEL:.0%} probability (Clopper and
Pearson). "MISSED": it does not, and chance does not explain it. "told": there is no goal. Rates
without an interval were computed, not drawn.
"""


def page(found: Mapping[int, Sequence[Rate]]) -> str:
    """The whole page, in Markdown.

    Args:
        found: number of a row -> what was measured.
    """
    parts = [HEAD, HOW_TO_READ, *_summary(found)]
    for row in ROWS:
        if row.number in found:
            parts += ["", f"## {row.number}. {row.title}", "", row.meaning, ""]
            parts += _table(found[row.number])
    return "\n".join([*parts, "", "## What was not measured", "", *_missing(found)]) + "\n"


def _summary(found: Mapping[int, Sequence[Rate]]) -> list[str]:
    lines = ["", "| row | promise | cells | met | unclear | missed |", "|---|---|--:|--:|--:|--:|"]
    for row in ROWS:
        if row.number not in found:
            continue
        held = [rate.standing for rate in found[row.number] if rate.standing != "told"]
        counts = [held.count("met"), held.count("unclear"), held.count("MISSED")]
        told = " | ".join(map(str, counts))
        lines.append(f"| {row.number} | {row.title} | {len(held)} | {told} |")
    return lines


def _table(rates: Sequence[Rate]) -> list[str]:
    lines = ["| what | runs | rate | true rate | goal | |", "|---|--:|--:|--:|--:|---|"]
    for rate in rates:
        runs = f"{rate.runs:,}" if rate.exact is None else ""
        told = (rate.cell, runs, f"{rate.value:.2%}", rate.between, rate.bound, rate.standing)
        lines.append(f"| {' | '.join(told)} |")
    return lines


def _missing(found: Mapping[int, Sequence[Rate]]) -> list[str]:
    silent = [name for name, metric in METRICS.items() if metric.compare is None]
    lines = [f"- Metrics that two models are not compared by: {', '.join(silent)}."]
    rows = [f"{row.number} ({row.title})" for row in ROWS if row.number not in found]
    if rows:
        lines.append(f"- Rows not asked for: {'; '.join(rows)}.")
    return [
        *lines,
        "- Rows that belong together (several rows of one user), which no law here has.",
    ]
