"""Text files as a stream of UTF-8, whatever they were written in."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator

from modelgate.errors import DataError, Where
from modelgate.sources.descriptor import PIECE, Descriptor

GZIP = b"\x1f\x8b"


class Utf8:
    """A file-like object that pyarrow reads from: UTF-8 without mark, NUL or compression.

    What is read passes the file's digest on the way.

    Attributes:
        line: the line, from 1, on which what comes next begins.
        returns: carriage returns so far; old files have nothing else at the end of a line.
    """

    closed = False

    def __init__(self, descriptor: Descriptor, encoding: str) -> None:
        self.line = 1
        self.returns = 0
        self._name = descriptor.name
        self._encoding = encoding
        self._pieces = self._checked(unpacked(descriptor))
        self._left = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Nothing is held."""
        self.closed = True

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        if size < 0:
            size = 1 << 62
        parts: list[bytes] = []
        missing = size
        while missing:
            if not self._left:
                self._left = next(self._pieces, b"")
                if not self._left:
                    break
            part, self._left = self._left[:missing], self._left[missing:]
            parts.append(part)
            missing -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pieces(self) -> Iterator[bytes]:
        """The rest, as it comes."""
        if self._left:
            left, self._left = self._left, b""
            yield left
        yield from self._pieces

    def _checked(self, raw: Iterable[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        utf8 = codecs.lookup(self._encoding).name == "utf-8"
        first = True
        for piece in raw:
            yield from self._one(piece, decoder, utf8=utf8, first=first)
            first = False
        yield from self._one(b"", decoder, utf8=utf8, first=first, final=True)

    def _one(
        self,
        piece: bytes,
        decoder: codecs.IncrementalDecoder,
        *,
        utf8: bool,
        first: bool,
        final: bool = False,
    ) -> Iterator[bytes]:
        try:
            # In plain UTF-8 only what is not ASCII, or was cut in a character, needs decoding.
            text = "" if utf8 and piece.isascii() and _at_rest(decoder) and not final else None
            if text is None:
                text = decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            at = self.line + _lines(error.object[: error.start], self._encoding)
            raise not_decodable(self._name, at, self._encoding) from error
        out = piece if utf8 else text.encode()
        if first:
            out = out.removeprefix(codecs.BOM_UTF8)
        if (nul := out.find(b"\0")) >= 0:
            raise DataError(
                "MG3515",
                "there is a NUL byte in the text",
                where=Where(self._name, self.line + out.count(b"\n", 0, nul)),
                hint="the file is damaged, not text, or UTF-16 without a mark: say `encoding:`",
            )
        self.line += out.count(b"\n")
        self.returns += out.count(b"\r")
        if out:
            yield out


def _at_rest(decoder: codecs.IncrementalDecoder) -> bool:
    return decoder.getstate()[0] == b""


def _lines(before: bytes, encoding: str) -> int:
    return before.decode(encoding, "replace").count("\n")


def not_decodable(name: str, line: int, encoding: str) -> DataError:
    """The bytes are of another encoding."""
    return DataError(
        "MG3514",
        f"bytes on this line are not {encoding}",
        where=Where(name, line),
        hint="say how the text is encoded, such as `encoding: latin-1`, or save it as UTF-8",
    )


def unpacked(descriptor: Descriptor) -> Iterator[bytes]:
    """The file's bytes, decompressed where they are gzip.

    Raises:
        EOFError, zlib.error: the compressed data is cut short or damaged.
    """
    pieces = descriptor.pieces()
    if descriptor.read(2, 0) != GZIP:
        yield from pieces
        return
    member = zlib.decompressobj(wbits=31)
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                if not rest.strip(b"\0"):  # padding of tapes and block devices
                    break
                member = zlib.decompressobj(wbits=31)
            if out := member.decompress(rest, PIECE):
                yield out
            rest = member.unused_data if member.eof else member.unconsumed_tail
    while not member.eof:
        if not (out := member.decompress(b"", PIECE)):
            raise EOFError("the compressed data ends in the middle")
        yield out


def found_encoding(head: bytes) -> str:
    """The encoding that the first bytes of a text file show.

    A mark decides; else what is valid UTF-8 is that. Other bytes are taken as latin-1 only where
    none is a control character there: Windows' code page has letters in that place.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return "cp1252" if any(0x80 <= byte < 0xA0 for byte in head) else "latin-1"
    return "utf-8"
