"""Profiles as files, so that a reference need not be read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, Self

import pyarrow as pa

from modelgate.atomic import write_file
from modelgate.dataset import Dataset
from modelgate.errors import DataError, Where
from modelgate.escape import printable, shown
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile
from modelgate.profiles.written import as_json, from_json
from modelgate.surveys import Layout, Rows

FORMAT = "modelgate.profile/1"
MOST_BYTES = 1 << 28
"""Size of a file: some thousand columns."""
_FAMILY = FORMAT.partition("/")[0] + "/"
_BEGINS = f'{{"format": "{_FAMILY}'.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The data that a profile is of.

    Attributes:
        name: as the user wrote it.
        digest: "sha256:..." of its bytes.
    """

    name: str
    digest: str


class StoredProfile(Profile):
    """A profile that was read from a file: it takes no more rows.

    Attributes:
        origin: the data that it is of.
    """

    def __init__(self, columns: Mapping[str, ColumnProfile], rows: int, origin: Origin) -> None:
        """Hold what a file held; the layout names no columns, since types are but names there."""
        super().__init__(Layout(schema=pa.schema([])))
        self.rows = rows
        self.origin = origin
        self._columns = columns

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return tuple(self._columns)

    @property
    def columns_profiled(self) -> Mapping[str, ColumnProfile]:
        """See `Profile.columns_profiled`."""
        return self._columns

    def add(self, rows: Rows) -> NoReturn:  # noqa: ARG002 (whatever they are)
        """Refused: a file holds no state that rows could be added to."""
        raise TypeError("a stored profile takes no rows")

    def merge(self, other: Self) -> NoReturn:  # noqa: ARG002
        """Refused, likewise."""
        raise TypeError("a stored profile takes no rows")


class ProfileData(Dataset):
    """A profile in the place of the data that it is of: it has columns and no rows.

    Attributes:
        profile: what the data holds.
    """

    def __init__(self, profile: StoredProfile, name: str, *, digest: str, size: int) -> None:
        """Take the place of the data.

        Args:
            profile: of the data.
            name: the file's, as the user wrote it.
            digest: of the file's bytes.
            size: of the file, in bytes.
        """
        self.name = name
        self.profile = profile
        self.schema = pa.schema([(column, pa.null()) for column in profile.columns])
        self._digest = digest
        self._size = size

    def batches(self, columns: Sequence[str] | None = None) -> NoReturn:
        """There are none.

        Raises:
            DataError: MG3583, always.
        """
        del columns
        raise DataError(
            "MG3583",
            "this is a profile, which holds no rows, and rows are asked for",
            where=Where(self.name),
            hint=f"name the data that it is of: {shown(self.profile.origin.name)}",
        )

    @property
    def digest(self) -> str:
        """Of the profile's file."""
        return self._digest

    @property
    def bytes(self) -> int:
        """The size of the profile's file."""
        return self._size


def begins_profile(head: bytes) -> bool:
    """Whether a file that begins so is a profile."""
    return head.startswith(_BEGINS)


def write_profile(path: Path, profile: Profile, origin: Origin) -> None:
    """Write a profile, some ten kilobytes a column: wholly, or not at all.

    Numbers with many distinct values are written as quantiles: the share of rows up to a value is
    then off by about 1 in 4,000 more (`coarsened`). Texts that are no categories are not written.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    content = {
        "rows": profile.rows,
        "data": {"name": origin.name, "digest": origin.digest},
        "columns": [as_json(one) for one in profile.columns_profiled.values()],
    }
    whole = {"format": FORMAT, "seal": _seal(content), "profile": content}
    write_file(path, (json.dumps(whole, allow_nan=False) + "\n").encode("ascii"))


def read_profile(path: Path) -> StoredProfile:
    """Read a profile.

    Raises:
        DataError: MG3580 the file is no profile, or cannot be read; MG3581 it is of another
            version; MG3582 it is damaged, or was changed by hand.
    """
    where = Where(printable(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DataError("MG3580", f"the profile cannot be read: {why}", where=where) from error
    return parsed(raw, where)


def parsed(raw: bytes, where: Where) -> StoredProfile:
    """A profile of the bytes of its file.

    Args:
        raw: all of them.
        where: the file.

    Raises:
        DataError: as `read_profile` says.
    """
    if len(raw) > MOST_BYTES:
        raise DataError("MG3580", f"a profile is below {MOST_BYTES >> 20} MiB", where=where)
    whole = _json(raw, where)
    try:
        content = whole["profile"]
        if whole["seal"] == _seal(content):
            return _profile(content)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        pass
    raise _damaged(where)


def _json(raw: bytes, where: Where) -> dict[str, Any]:
    """The file's JSON, of the version that can be read here."""
    try:
        whole = json.loads(raw)
    except (ValueError, RecursionError) as error:
        if raw.startswith(_BEGINS):
            raise _damaged(where) from error
        whole = None
    told = whole.get("format") if isinstance(whole, dict) else None
    if not isinstance(told, str) or not told.startswith(_FAMILY):
        hint = "`modelgate drift DATA --save-profile FILE` writes one"
        raise DataError("MG3580", "this is no profile", where=where, hint=hint)
    if told != FORMAT:
        raise DataError(
            "MG3581",
            f"the profile is of version {shown(told.removeprefix(_FAMILY))}, and not of 1",
            where=where,
            hint="another version of modelgate wrote it: update, or make it anew from the data",
        )
    return dict(whole)


def _profile(content: Mapping[str, Any]) -> StoredProfile:
    rows, data = content["rows"], content["data"]
    columns = [from_json(one, rows) for one in content["columns"]]
    named = {one.name: one for one in columns}
    if len(named) != len(columns) or type(rows) is not int or rows < 1:
        raise ValueError("no such profile")
    return StoredProfile(named, rows, Origin(name=str(data["name"]), digest=str(data["digest"])))


def _seal(content: Any) -> str:
    """A digest of what the JSON says, however it is laid out."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(text.encode('ascii')).hexdigest()}"


def _damaged(where: Where) -> DataError:
    return DataError(
        "MG3582",
        "the profile is damaged, or was changed by hand",
        where=where,
        hint="make it anew from the data",
    )
