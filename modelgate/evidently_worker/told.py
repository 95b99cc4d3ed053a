"""What Evidently's tests say, as one outcome of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.errors import CheckCrashedError, StorageError, UsageError
from modelgate.evidently_worker.process import running
from modelgate.outcome import Outcome
from modelgate.surveys.row_sample import RowSample

PLACE = Path(".modelgate", "evidently")
"""Where its pages are kept, in a project."""
FEWEST = 30
"""Rows on either side, below which nothing is said."""
_SECONDS = 600.0
_TESTS = ("lt", "lte", "gt", "gte", "eq", "not_eq")


def tests_of(written: Sequence[str]) -> list[tuple[str, float]]:
    """Evidently's tests, of "lt 0.1" and the like.

    Raises:
        UsageError: MG2291, one is written otherwise.
    """
    found = []
    for one in written:
        name, _, limit = one.partition(" ")
        try:
            found.append((name, float(limit)))
        except ValueError:
            name = ""
        if name not in _TESTS:
            raise UsageError(
                "MG2291",
                f"{one!r} is no test of Evidently's; write one of {', '.join(_TESTS)} and a number",
                hint='such as `tests: ["lt 0.1"]`',
            )
    return found


def ask(
    name: str,
    reference: RowSample,
    current: RowSample,
    *,
    columns: Sequence[str] | None,
    settings: Mapping[str, Any],
    tests: Sequence[str],
    root: Path | None,
) -> Outcome:
    """Let Evidently judge two samples.

    Args:
        name: of its preset or metric.
        reference: what is compared with.
        current: what is judged.
        columns: only these are handed over; None for all that both have.
        settings: keyword arguments of the preset or metric; None among them are left out.
        tests: "lt 0.1" and the like, of a metric; none for Evidently's own.
        root: the project's folder, for its page; None for no page.

    Raises:
        UsageError: MG2260 no such column, MG2290 not installed, MG2291 no such test.
        CheckCrashedError: MG4091 Evidently raised, MG4092 its process ended.
    """
    limits = tests_of(tests)
    shared = [one for one in reference.layout.schema.names if one in current.layout.schema.names]
    wanted = shared if columns is None else list(columns)
    if lost := [one for one in wanted if one not in shared]:
        raise UsageError("MG2260", f"no column {lost[0]!r} stands in both sets of rows")
    process = running()
    few = min(len(reference), len(current))
    if few < FEWEST:
        return _silent(f"not enough rows: {few}, and {FEWEST} are needed on either side", few)
    tables = {
        word: pa.Table.from_batches([sample.rows.select(wanted)])
        for word, sample in (("reference", reference), ("current", current))
    }
    given = {key: value for key, value in settings.items() if value is not None}
    question = {"name": name, "settings": given, "tests": limits}
    page = _page(root, question, tables)
    answer = process.ask(question | {"html": page and str(page)}, tables, _SECONDS)
    return outcome_of(answer, (reference, current), page)


def outcome_of(
    answer: Mapping[str, Any], samples: tuple[RowSample, RowSample], page: Path | None
) -> Outcome:
    """One outcome of all tests; no value where a test lacks its number, or there is no test.

    Args:
        answer: of the process.
        samples: the reference's rows and the current ones.
        page: where Evidently's own page lies.
    """
    tests: list[dict[str, Any]] = answer["tests"]
    taken = tuple(len(sample) for sample in samples)
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
    told = [] if page is None else [f"its page: {PLACE / page.name}"]
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
        says="; ".join([says, *capped, *told]),
        evidence=tuple(f"{one['test']}: {one['says']}" for one in failed),
        details={"tests": tests, "html": page and str(page), "rows": taken, "capped": capped},
    )


def _silent(reason: str, rows: int) -> Outcome:
    return Outcome(value=None, reason=reason, better="lower", kind="exact", n=rows)


def _page(
    root: Path | None, question: Mapping[str, Any], tables: Mapping[str, pa.Table]
) -> Path | None:
    """Where the page of exactly this question is written: the same question, the same place."""
    if root is None:
        return None
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode())
    for table in tables.values():
        out = pa.BufferOutputStream()
        with pa.ipc.new_stream(out, table.schema) as to:
            to.write_table(table)
        digest.update(out.getvalue())
    folder = root.absolute() / PLACE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("MG6050", f"{folder}: {error.strerror}") from None
    return folder / f"{question['name']}-{digest.hexdigest()[:16]}.html"
