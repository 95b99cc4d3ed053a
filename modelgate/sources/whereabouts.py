"""From what the user wrote to the files that are meant."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from glob import glob, has_magic
from pathlib import Path

from modelgate.errors import DataError, Where
from modelgate.escape import printable, shown

MOST_FILES = 500
"""Each stays open while it is read; systems usually allow a process 1024."""


def files(
    where: str, base: Path | None, suffixes: Callable[[], Sequence[str]]
) -> list[tuple[Path, str]]:
    """The files, in the order of their names, each with the name to show.

    Args:
        where: a file, a folder, or a pattern.
        base: what a relative path is relative to.
        suffixes: gives what the names of data files end with, for folders.

    Raises:
        DataError: MG3501 nothing is there, MG3502 what is there is no file and holds none.
    """
    path = (base or Path()) / Path(where).expanduser()
    if "://" in where:
        raise DataError(
            "MG3502",
            f"data is read from files, not from an address: {shown(where)}",
            hint="download it first",
        )
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the name
        if has_magic(where):
            return _matching(where, base or Path())
        raise _missing(where, path) from None
    if stat.S_ISDIR(mode):
        return _inside(where, path, suffixes())
    if not stat.S_ISREG(mode):
        raise DataError(
            "MG3502",
            f"this is {_named(mode)}, not a file",
            where=Where(printable(where)),
            hint="data is read more than once: write it to a file",
        )
    return [(path, printable(where))]


def _inside(where: str, folder: Path, suffixes: Sequence[str]) -> list[tuple[Path, str]]:
    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith((".", "_")))
    data = [name for name in names if name.lower().endswith(tuple(suffixes))]
    regular = [name for name in data if (folder / name).is_file()]
    if not regular:
        raise DataError(
            "MG3502",
            "the folder holds no data file",
            where=Where(printable(where)),
            hint=f"data files end with {', '.join(suffixes)}; folders inside are not looked into",
        )
    return _at_most(
        where, [(folder / name, printable(f"{where.rstrip('/')}/{name}")) for name in regular]
    )


def _matching(where: str, base: Path) -> list[tuple[Path, str]]:
    names = sorted(glob(str(Path(where).expanduser()), root_dir=base))  # noqa: PTH207 (takes absolute ones)
    regular = [name for name in names if (base / name).is_file()]
    if not regular:
        raise DataError(
            "MG3501",
            f"no file matches {shown(where)}",
            where=Where(printable(where)),
            hint=f"patterns are relative to {printable(str(base.resolve()))}",
        )
    return _at_most(where, [(base / name, printable(name)) for name in regular])


def _at_most(where: str, found: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    if len(found) > MOST_FILES:
        raise DataError(
            "MG3502",
            f"{len(found)} files; at most {MOST_FILES} are read together",
            where=Where(printable(where)),
            hint="write them into fewer, larger files",
        )
    return found


def _missing(where: str, path: Path) -> DataError:
    folder = path.parent
    try:
        names = [one.name for one in folder.iterdir()]
    except (OSError, ValueError):
        hint = f"there is no folder {shown(str(folder))}"
    else:
        near = get_close_matches(path.name, names, n=3)
        hint = (
            f"did you mean {' or '.join(shown(name) for name in near)}?"
            if near
            else f"in {shown(str(folder))} there is nothing of a similar name"
        )
    return DataError("MG3501", "there is no such file", where=Where(printable(where)), hint=hint)


def _named(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"
