"""Two data sets compared without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from modelgate.drift.columns import METHODS
from modelgate.drift.told import drift_of
from modelgate.errors import DataError, UsageError, about
from modelgate.gate import Weighed, alone
from modelgate.limits import refuse_strange_limit
from modelgate.outcome import Outcome, Status
from modelgate.profiles.profile import Profile
from modelgate.profiles.stored import Origin, ProfileData, write_profile
from modelgate.sources import open_dataset
from modelgate.suite import Limit
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
        profile_of: the data's name, where `path` leads to its profile; `rows` and `digest` are the
            data's.
    """

    path: str
    rows: int
    digest: str
    profile_of: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the comparison.

    Attributes:
        reference: the rows that are compared with.
        current: those in question.
        outcome: of all columns that are compared.
        limit: the shift that does not matter yet.
        means: what a limit says, for people.
        weighed: what the outcome means under it.
    """

    reference: Side
    current: Side
    outcome: Outcome
    limit: float
    means: str
    weighed: Weighed

    @property
    def exit_code(self) -> int:
        """0 no shift that matters, and a larger one ruled out; 1 one is shown; 11 undecided."""
        return EXITS.get(self.weighed.status, 11)


def drift(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] = (),
    ignore: Sequence[str] = (),
    method: str = "auto",
    at_most: float | None = None,
    save_profile: Path | None = None,
) -> Comparison:
    """Whether the rows of two data sets are of one kind.

    Args:
        reference: a path, a folder, a pattern, a DataFrame, an Arrow table, or the path of a
            profile, which stands for the data that it is of.
        current: likewise.
        columns: only these; all of the reference where empty.
        ignore: all but these.
        method: of the check `drift`.
        at_most: shift that does not matter yet; the check's own where None.
        save_profile: where to write the reference's profile.

    Raises:
        DataError: rows cannot be read, or there are none; MG3580 to MG3582, a profile cannot.
        UsageError: MG2260, no such column; MG2130, MG2131, MG2262, a limit that says nothing.
        StorageError: MG6050, the profile cannot be written.
    """
    floor = METHODS[method].floor if at_most is None else at_most
    if not (isfinite(floor) and floor >= 0):
        raise UsageError("MG2262", f"at_most: {floor:g} is no shift: write a number from 0 on")
    (before, was), (after, now) = profiled(reference), profiled(current)
    if save_profile is not None:
        save(save_profile, before, was)
    outcome = drift_of(was, now, columns=columns, ignore=ignore, method=method, floor=floor)
    limit = Limit(at_most=floor)
    refuse_strange_limit(outcome, limit, "a shift")
    means = METHODS[method].means
    return Comparison(before, after, outcome, floor, means, alone(outcome, limit))


def profiled(rows: Any) -> tuple[Side, Profile]:
    """What a data set holds: read once, or told by its profile.

    Args:
        rows: as `drift` takes them.

    Raises:
        DataError: as `drift` says.
    """
    data = open_dataset(rows)
    if isinstance(data, ProfileData):
        stored = data.profile
        return Side(data.name, stored.rows, stored.origin.digest, stored.origin.name), stored
    profile = Profile(Layout(schema=data.schema, folder=data.folder, rows=data.known_rows))
    with about(data.name):
        for block in data.blocks():
            profile.add(Rows(block, profile.rows))
        if not profile.rows:
            raise DataError("MG3148", "the data has no rows: nothing can be judged by it")
    return Side(data.name, profile.rows, data.digest), profile


def save(path: Path, side: Side, profile: Profile) -> None:
    """Write the profile of a data set.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    write_profile(path, profile, Origin(name=side.profile_of or side.path, digest=side.digest))
