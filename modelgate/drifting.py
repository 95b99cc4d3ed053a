"""Two data sets compared without a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelgate.dataset import Dataset
from modelgate.declare import Check
from modelgate.drift.told import drift_of
from modelgate.errors import DataError, about
from modelgate.gate import settled
from modelgate.library import Library, builtin_root
from modelgate.outcome import Status
from modelgate.profiles.profile import Profile
from modelgate.question import Question, judged
from modelgate.report import Result
from modelgate.sources import open_dataset
from modelgate.suite import Step
from modelgate.suite_file import parse_suite
from modelgate.surveys import Layout, Rows

EXITS = {Status.PASSED: 0, Status.FAILED: 1}
"""All other statuses are undecided: 11."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two data sets.

    Attributes:
        path: as the user wrote it.
        rows: that it has.
        digest: "sha256:..." of its bytes.
    """

    path: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the comparison.

    Attributes:
        reference: the rows that are compared with.
        current: those in question.
        result: of the check `drift`.
    """

    reference: Side
    current: Side
    result: Result

    @property
    def exit_code(self) -> int:
        """0 no shift that matters, and a larger one ruled out; 1 one is shown; 11 undecided."""
        return EXITS.get(self.result.status, 11)


def drift(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] = (),
    ignore: Sequence[str] = (),
    method: str = "auto",
    at_most: float | None = None,
) -> Comparison:
    """Whether the rows of two data sets are of one kind.

    Args:
        reference: a path, a folder, a pattern, a DataFrame, an Arrow table.
        current: likewise.
        columns: only these; all of the reference where empty.
        ignore: all but these.
        method: of the check `drift`.
        at_most: shift that does not matter yet; the check's own where None.

    Raises:
        DataError: rows cannot be read, or there are none.
        UsageError: MG2260, no such column; MG2130, MG2131, a limit that says nothing.
    """
    settings: dict[str, Any] = {"method": method, "ignore": list(ignore)}
    settings |= {"columns": list(columns)} if columns else {}
    check, step = _asked(settings, at_most)
    sides = []
    for rows in (reference, current):
        data = open_dataset(rows)
        with about(data.name):
            sides.append((data, profile_of(data)))
    (before, was), (after, now) = sides
    outcome = drift_of(
        was, now, columns=columns, ignore=ignore, method=method, floor=step.limit.at_most
    )
    (result,), _ = settled([judged(Question(check, step), outcome)])
    return Comparison(_side(before, was), _side(after, now), result)


def profile_of(data: Dataset) -> Profile:
    """Every row of a data set, read once.

    Raises:
        DataError: MG3148, there are no rows.
    """
    profile = Profile(Layout(schema=data.schema, folder=data.folder, rows=data.known_rows))
    for block in data.blocks():
        profile.add(Rows(block, profile.rows))
    if not profile.rows:
        raise DataError("MG3148", "the data has no rows: nothing can be judged by it")
    return profile


def _asked(settings: dict[str, Any], at_most: float | None) -> tuple[Check, Step]:
    """The check, and the step that a suite would ask it by: JSON is YAML."""
    library = Library(builtin_root())
    written = {"drift": "columns", **settings}
    written |= {} if at_most is None else {"at_most": at_most}
    data: dict[str, Any] = {"reference": {}, "current": {}}
    text = json.dumps({"data": data, "checks": [{**written, "data": "current"}]})
    suite = parse_suite(text.encode(), name="drift", path="modelgate drift", checks=library)
    return library["drift"], suite.steps[0]


def _side(data: Dataset, profile: Profile) -> Side:
    return Side(data.name, profile.rows, data.digest)
