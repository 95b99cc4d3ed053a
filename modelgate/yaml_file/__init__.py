"""A YAML file as values that remember where they stand.

The reader takes the core scalars of YAML 1.2 (`1e-3` is a number, `no` is a text, `012` is twelve)
and refuses what a suite has no use for and an attacker has: tags, deep nesting, alias bombs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from modelgate.errors import Where
from modelgate.escape import shown
from modelgate.yaml_file.node import Mistakes, Node
from modelgate.yaml_file.scalar import resolved

MOST_BYTES = 1 << 20
MOST_DEPTH = 32
MOST_ALIASES = 50
MOST_VALUES = 200_000

_UNWRITABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def read_yaml(text: bytes, *, file: str, mistakes: Mistakes | None = None) -> Node:
    """Read one YAML document.

    Args:
        text: the file's bytes.
        file: its name, as people would write it.
        mistakes: takes what does not keep the rest from being read (a key that stands twice, a
            tag), so that the caller can tell it together with its own findings.

    Returns:
        The document; its value is None where the file is empty.

    Raises:
        MistakesError: the file is no YAML, or asks for more than is taken; without `mistakes`,
            for the smaller faults as well.
    """
    noted = Mistakes() if mistakes is None else mistakes
    root = _Reader(file, noted).read(_decoded(text, file, noted))
    if mistakes is None:
        noted.raise_if_any()
    return root


def _decoded(text: bytes, file: str, mistakes: Mistakes) -> str:
    if len(text) > MOST_BYTES:
        mistakes.stop("MG2102", "the file is larger than 1 MiB", Where(file))
    if text.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        message = "the file starts with a byte order mark; save it as UTF-8 without one"
        mistakes.stop("MG2101", message, Where(file, 1, 1))
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        column = len(text[text.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        message = f"the byte 0x{text[error.start]:02x} is not UTF-8; save the file as UTF-8"
        mistakes.stop("MG2101", message, Where(file, line, column))
    unwritable = _UNWRITABLE.search(decoded)
    if unwritable:
        at = unwritable.start()
        place = Where(file, decoded.count("\n", 0, at) + 1, at - decoded.rfind("\n", 0, at))
        mistakes.stop("MG2101", f"the character U+{ord(unwritable[0]):04X} can't be in YAML", place)
    return decoded


class _Reader:
    """Builds nodes from the parser's events."""

    def __init__(self, file: str, mistakes: Mistakes) -> None:
        self.file = file
        self.mistakes = mistakes
        self.anchors: dict[str, Node] = {}
        self.aliases = 0
        self.values = 0

    def read(self, text: str) -> Node:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root: Node | None = None
        try:
            events = yaml.parse(text, Loader=loader)
            for event in events:
                if not isinstance(event, yaml.DocumentStartEvent):
                    continue
                if root is not None:
                    message = "a second document begins here; a file holds one"
                    self.mistakes.stop("MG2106", message, self._where(event))
                root = self._value(next(events), events, 0)
        except yaml.YAMLError as error:
            self._broken(error, text)
        return Node(None, Where(self.file, 1, 1)) if root is None else root

    def _where(self, event: Any) -> Where:
        mark = event.start_mark
        return Where(self.file, mark.line + 1, mark.column + 1)

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        import yaml

        where = self._where(event)
        self.values += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), where)
        if event.tag is not None:
            message = f"the tag {shown(event.tag)} is not taken; write the value without it"
            self.mistakes.add("MG2106", message, where)
        if isinstance(event, yaml.ScalarEvent):
            node = _scalar(event.value, where, quoted=event.style not in (None, ""))
        else:
            if depth == MOST_DEPTH:
                self.mistakes.stop("MG2102", f"more than {MOST_DEPTH} levels deep", where)
            inner = self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping
            node = inner(where, events, depth + 1)
        if max(node.size, self.values) > MOST_VALUES:
            self.mistakes.stop("MG2102", f"more than {MOST_VALUES} values", where)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, name: str, where: Where) -> Node:
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            self.mistakes.stop("MG2102", f"more than {MOST_ALIASES} aliases", where)
        if name not in self.anchors:
            message = f"the alias {shown('*' + name)} has no anchor {shown('&' + name)} before it"
            self.mistakes.stop("MG2103", message, where)
        return self.anchors[name]

    def _list(self, where: Where, events: Iterator[Any], depth: int) -> Node:
        import yaml

        entries: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            entries.append(self._value(event, events, depth))
        return Node(tuple(entries), where, size=1 + sum(entry.size for entry in entries))

    def _mapping(self, where: Where, events: Iterator[Any], depth: int) -> Node:
        import yaml

        values: dict[str, Node] = {}
        keys: dict[str, Where] = {}
        merged: list[Node] = []
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._value(event, events, depth)
            value = self._value(next(events), events, depth)
            if isinstance(key.value, dict | tuple) or not (key.text or key.quoted):
                self.mistakes.add("MG2107", "a key must be a word", key.where)
            elif key.text == "<<" and not key.quoted:
                merged.append(value)
            elif key.text in values:
                first = keys[key.text].line
                message = f"the key {shown(key.text)} stands here and in line {first}"
                self.mistakes.add("MG2105", message, key.where, hint="keep one of the two")
            else:
                values[key.text], keys[key.text] = value, key.where
        self._merge(merged, values, keys)
        size = 1 + sum(value.size for value in values.values())
        return Node(values, where, keys=keys, size=size)

    def _merge(self, merged: list[Node], values: dict[str, Node], keys: dict[str, Where]) -> None:
        """Bring in what `<<` names; a key's own value wins, then the first that is named."""
        for node in merged:
            for part in node.value if isinstance(node.value, tuple) else (node,):
                if not isinstance(part.value, dict):
                    self.mistakes.add("MG2107", "'<<' takes a block of keys", part.where)
                    continue
                for key, value in part.value.items():
                    if key not in values:
                        values[key], keys[key] = value, part.keys[key]

    def _broken(self, error: Any, text: str) -> NoReturn:
        problem = str(getattr(error, "problem", None) or "it cannot be read")
        mark = getattr(error, "problem_mark", None)
        began = getattr(error, "context_mark", None)
        if "unexpected end" in problem and began is not None:
            mark, problem = began, "what begins here has no end; close its quotes or brackets"
        line = mark.line if mark else 0
        lines = text.splitlines()
        written = lines[line] if line < len(lines) else ""
        if "\t" in written[: len(written) - len(written.lstrip())]:
            column, problem = written.index("\t"), "a tab; indent with spaces"
        else:
            column = mark.column if mark else 0
            problem = next((ours for theirs, ours in _PROBLEMS if theirs in problem), problem)
        self.mistakes.stop("MG2103", problem, Where(self.file, line + 1, column + 1))


_PROBLEMS = (
    (
        "mapping values are not allowed",
        "a colon where none can stand; quote a text that holds ': ', or mend the indentation",
    ),
    ("could not find expected ':'", "a key without a colon after it"),
    (
        "did not find expected key",
        "this goes on with no key above it; look at its indentation and at the quotes",
    ),
    ("did not find expected '-'", "this goes on with no list above it; look at its indentation"),
    ("did not find expected ',' or", "a comma or the closing bracket is missing before this"),
    ("block sequence entries are not allowed", "a list cannot begin here; put '- ' on a new line"),
    ("cannot start any token", "a text that begins with this character must stand in quotes"),
)


def _scalar(text: str, where: Where, *, quoted: bool) -> Node:
    return Node(text if quoted else resolved(text), where, text=text, quoted=quoted)
