"""What Evidently's tests say, as one outcome of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelgate.errors import CheckCrashedError, UsageError
from modelgate.escape import shown
from modelgate.evidently_worker.answered import answers_handed
from modelgate.evidently_worker.handed import Handed, rows_handed
from modelgate.evidently_worker.known import as_test, known
from modelgate.evidently_worker.pages import keep, place_of
from modelgate.evidently_worker.process import running
from modelgate.outcome import Outcome
from modelgate.surveys.row_sample import AnsweredRows, RowSample

FEWEST = 30
"""Rows on either side, below which nothing is said."""
_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a step asks of Evidently.

    Attributes:
        name: of its preset or metric.
        columns: only these are handed over; None for all that both sets have.
        settings: keyword arguments of the preset or metric; None among them are left out.
        tests: "lt 0.1" and the like; none for Evidently's own.
    """

    name: str
    columns: Sequence[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tests: Sequence[str] = ()


def ask(wish: Wish, reference: RowSample, current: RowSample, root: Path | None) -> Outcome:
    """Let Evidently judge two samples.

    Args:
        wish: what is asked.
        reference: what is compared with.
        current: what is judged.
        root: the project's folder, for its page; None for no page.

    Raises:
        UsageError: MG2260 no such column, MG2290 not installed, MG2291 no such test, MG2292 no such
            preset or metric, MG2293 a column that it cannot take, MG2294 another task, MG2295 it
            takes no such setting or test.
        CheckCrashedError: MG4091 Evidently raised, MG4092 its process ended.
        StorageError: MG6050, its page cannot be written.
    """
    tests = [as_test(one) for one in wish.tests]
    handed = _handed(wish, reference, current)
    process = running()
    few = min(handed.reference.num_rows, handed.current.num_rows)
    if handed.lack is not None:
        return _silent(handed.lack, few)
    if few < FEWEST:
        return _silent(f"not enough rows: {few}, and {FEWEST} are needed on either side", few)
    question = {
        "name": wish.name,
        "settings": {key: value for key, value in wish.settings.items() if value is not None},
        "tests": tests,
        "definition": dict(handed.definition),
    }
    tables = {"reference": handed.reference, "current": handed.current}
    answer = process.ask(question | {"html": root is not None}, tables, _SECONDS)
    page = None
    if root is not None:
        page = place_of(question, tables)
        keep(root, page, answer["page"])
    return outcome_of(answer, (reference, current), handed, page)


def _handed(wish: Wish, reference: RowSample, current: RowSample) -> Handed:
    takes = known(wish.name)
    if takes != "rows":
        assert isinstance(reference, AnsweredRows)
        assert isinstance(current, AnsweredRows)
        return answers_handed(reference, current, takes, wish.name)
    handed = rows_handed(reference, current, wish.columns)
    column = wish.settings.get("column")
    if column is not None and column not in handed.current.column_names:
        raise UsageError("MG2260", f"no column {shown(column)} is handed over to Evidently")
    return handed


def outcome_of(
    answer: Mapping[str, Any],
    samples: tuple[RowSample, RowSample],
    handed: Handed,
    page: Path | None,
) -> Outcome:
    """One outcome of all tests; no value where a test lacks its number, or there is no test.

    Args:
        answer: of the process.
        samples: the reference's rows and the current ones.
        handed: what of them Evidently got.
        page: where Evidently's own page lies, seen from the project.
    """
    tests: list[dict[str, Any]] = answer["tests"]
    taken = handed.reference.num_rows, handed.current.num_rows
    if not tests:
        return _silent("Evidently made no test of it: write `tests:`", min(taken))
    wrong = [one for one in tests if one["status"] not in {"success", "fail", "warning"}]
    if wrong:
        raise CheckCrashedError("MG4091", f"Evidently: {wrong[0]['test']}: {wrong[0]['status']}")
    failed = [one for one in tests if one["status"] != "success"]
    blind = [one["test"] for one in tests if one["value"] is None]
    capped = [
        f"{len(sample):,} of {sample.total:,} rows drawn from the {role}"
        for role, sample in zip(("reference", "data"), samples, strict=True)
        if len(sample) < sample.total
    ]
    told = [] if page is None else [f"its page: {page}"]
    says = f"{len(failed)} of {len(tests)} tests of Evidently failed"
    return Outcome(
        value=None if blind else len(failed) / len(tests),
        reason=f"Evidently has no number for: {blind[0]}" if blind else None,
        better="lower",
        kind="exact",
        n=taken[1],
        lowest=0.0,
        highest=1.0,
        method=f"Evidently {answer['version']}",
        says="; ".join([says, *capped, *handed.notes, *told]),
        evidence=tuple(_in_words(one) for one in sorted(failed, key=_about_all)),
        details={
            "tests": tests,
            "html": page and str(page),
            "rows": taken,
            "capped": capped,
            "left_out": handed.notes,
        },
    )


def _about_all(test: Mapping[str, Any]) -> bool:
    """Columns come first: they say what has changed."""
    return test["column"] is None


def _in_words(test: Mapping[str, Any]) -> str:
    """A failed test, short enough for a line."""
    value, limit = test["value"], test["threshold"]
    drift = test["method"] is not None and isinstance(value, float) and limit is not None
    if drift and test["column"] is not None:
        return f"{test['column']}: {value:.3g} by {test['method']}, threshold {limit:g}"
    return str(test["says"])


def _silent(reason: str, rows: int) -> Outcome:
    return Outcome(value=None, reason=reason, better="lower", kind="exact", n=rows)
