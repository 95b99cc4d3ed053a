"""Where data comes from: one file a format, one way in.

A source is found by what the file begins with, then by its name. It opens the file once and gives
a `Dataset`: a stream of Arrow batches whose memory does not grow with the rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from modelgate.dataset import Dataset
from modelgate.errors import DataError, UsageError, Where, did_you_mean
from modelgate.escape import shown
from modelgate.plugins import found
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.reading import narrowed
from modelgate.sources.strangers import refuse_strangers

GROUP = "modelgate.sources"
HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the user says of a text file; None where it is to be found out.

    Attributes:
        delimiter: one character.
        encoding: as Python calls it.
    """

    delimiter: str | None = None
    encoding: str | None = None


class Source(ABC):
    """A format of data files. To add one: write one file with one class, and its test.

    Attributes:
        name: what `format:` in a suite calls it.
        suffixes: what its files' names end with, in small letters.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether these first bytes can be of no other format."""

    def open(self, descriptor: Descriptor, told: Told | None = None) -> Dataset:
        """The rows of the file.

        Raises:
            DataError: it cannot be read as this format.
        """
        with narrowed(descriptor, self.name):
            return self._open(descriptor, told or Told())

    @abstractmethod
    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:
        """The rows; may raise whatever `reading.FOREIGN` lists."""


def open_dataset(
    where: str | Path | Any,
    *,
    format: str | None = None,  # noqa: A002 (a suite's word)
    delimiter: str | None = None,
    encoding: str | None = None,
    base: Path | None = None,
) -> Dataset:
    """Open rows, wherever they are.

    Args:
        where: a file, a folder of files, a pattern such as "data/*.parquet" (all of one schema, in
            the order of their names); or rows in memory: a pandas or polars DataFrame, a pyarrow
            Table, RecordBatch or RecordBatchReader, a dict of numpy arrays.
        format: a source's name, where neither the content nor the name of the file tells it.
        delimiter: of a CSV file, where it is not to be found out.
        encoding: of a text file, where it is not to be found out.
        base: what a relative path is relative to; the current folder where None.

    Raises:
        DataError: the rows cannot be read (MG35xx); the message names the file, and the line.
        UsageError: MG2252 to MG2254, no such format, encoding or delimiter.
    """
    if not isinstance(where, str | Path):
        from modelgate.sources.memory import in_memory

        return in_memory(where)
    from modelgate.sources.joined import joined
    from modelgate.sources.whereabouts import files

    told = _valid(delimiter, encoding)
    found = files(str(where), base, suffixes)
    parts = [_open_file(path, name, format, told) for path, name in found]
    data = parts[0] if len(parts) == 1 else joined(str(where), parts)
    data.folder = found[0][0].parent
    return data


def files_of(where: Any, base: Path | None = None) -> list[Path]:
    """The files that rows are read from; none for rows in memory, or where there is nothing."""
    from modelgate.sources.whereabouts import files

    if not isinstance(where, str | Path):
        return []
    with suppress(DataError):  # what is not there is told when it is opened
        return [path for path, _ in files(str(where), base, suffixes)]
    return []


def sources() -> Iterator[Source]:
    """Every source there is: our own first, then the installed ones."""
    for plugin in found("modelgate.sources", group=GROUP):
        for kind in plugin.classes(Source):  # type: ignore[type-abstract]
            yield kind()


def suffixes() -> tuple[str, ...]:
    """What the names of data files end with."""
    return tuple(suffix for source in sources() for suffix in source.suffixes)


def _open_file(path: Path, name: str, told_format: str | None, told: Told) -> Dataset:
    try:
        descriptor = Descriptor(path, name)
    except OSError as error:
        raise DataError(
            "MG3525",
            f"the file cannot be opened: {error.strerror}",
            where=Where(name),
            hint="check who may read it",
        ) from error
    with narrowed(descriptor, "data"):
        head = descriptor.read(HEAD_BYTES, 0)
    if not head:
        raise DataError(
            "MG3506",
            "the file is empty",
            where=Where(name),
            hint="check how it was made or copied",
        )
    refuse_strangers(head, name)
    return _source(path, name, head, told_format).open(descriptor, told)


def _source(path: Path, name: str, head: bytes, told: str | None) -> Source:
    known: dict[str, Source] = {}
    for source in sources():
        if told == source.name or (told is None and source.recognises(path, head)):
            return source
        known[source.name] = source
    if told is not None:
        raise UsageError(
            "MG2254", f"no format is called {shown(told)}; {did_you_mean(told, known)}"
        )
    for source in known.values():
        if path.name.lower().endswith(source.suffixes):
            return source
    raise DataError(
        "MG3503",
        "neither the name nor the content tells what format it is",
        where=Where(name),
        hint=f"say it with `format:` ({', '.join(known)})",
    )


def _valid(delimiter: str | None, encoding: str | None) -> Told:
    import codecs

    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise UsageError(
            "MG2253",
            f"a delimiter is one character, such as ';', not {shown(delimiter)}",
        )
    if encoding is not None:
        try:
            codecs.lookup(encoding)
            "".encode(encoding)  # some codecs turn bytes into bytes
        except (LookupError, ValueError, TypeError) as error:
            raise UsageError(
                "MG2252",
                f"no text encoding is called {shown(encoding)}",
                hint="utf-8, utf-16, latin-1 and cp1252 are the usual ones",
            ) from error
    return Told(delimiter=delimiter, encoding=encoding)
