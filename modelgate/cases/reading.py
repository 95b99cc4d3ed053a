"""Files of cases: YAML, JSON lines or CSV; every mistake in one is told at once."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelgate.cases import Case, CaseFile, Cases, Cell, Filled
from modelgate.cases.checklist import Tests, is_test
from modelgate.cases.json_line import json_of
from modelgate.cases.lexicons import Lexicons
from modelgate.cases.templates import filled
from modelgate.cases.written import EXAMPLE, KEYS, case_of
from modelgate.errors import MistakesError, UsageError, Where
from modelgate.yaml_file import read_yaml
from modelgate.yaml_file.node import Mistakes, Node

MOST_BYTES = 64 << 20
MOST_CASES = 100_000
BETWEEN = "|"
"""What stands between several right answers in a cell of CSV."""
APART = frozenset(KEYS) - {"input"}
"""Columns of CSV that are no part of the input."""


def read_cases(file: CaseFile, *, seed: int = 0) -> Cases:
    """Read a file of cases.

    Args:
        file: `.yaml` or `.yml`, a list of cases; `.jsonl`, a case a line, or a test of CheckList a
            line; `.csv`, with the columns `expect` and, as they are wanted, `critical`,
            `capability`, `test` and `tolerance`, the others being the input: one text, or the
            columns of a row. `.gz` behind it is unpacked.
        seed: of what is drawn where a template could make more cases than it may; 0 or more.

    Raises:
        MistakesError: MG2141, it cannot be read; MG2142, a case lacks something, or is none;
            MG2146, a test of CheckList says too little; MG2147 to MG2149, a template cannot be
            filled; and whatever is wrong with the YAML.
    """
    path = file.path
    content, name = _content(path), path.name.removesuffix(".gz")
    reader = _Reader(file, seed)
    if name.endswith((".yaml", ".yml")):
        reader.yaml(content)
    elif name.endswith((".jsonl", ".ndjson")):
        reader.lines(content)
    elif name.endswith(".csv"):
        reader.csv(content)
    else:
        hint = "cases are .yaml, .jsonl or .csv"
        message = "the name does not say what it holds"
        reader.mistakes.stop("MG2141", message, Where(str(path)), hint=hint)
    return reader.cases()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(MOST_BYTES + 1)
        if path.name.endswith(".gz"):
            with gzip.open(io.BytesIO(packed)) as unpacked:
                packed = unpacked.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        message = f"the cases cannot be read: {reason}"
        raise MistakesError([UsageError("MG2141", message, where=Where(str(path)))]) from error
    if len(packed) > MOST_BYTES:
        message = f"the cases are larger than {MOST_BYTES >> 20} MiB"
        raise MistakesError([UsageError("MG2141", message, where=Where(str(path)))])
    return packed


class _Reader:
    """Gathers the cases of one file, and all that is wrong with them."""

    def __init__(self, file: CaseFile, seed: int) -> None:
        self.path = file.path
        self.mistakes = Mistakes()
        self._seed = seed
        self._tests = Tests(file.labels, self.mistakes)
        self._lexicons = Lexicons(file.path.parent)
        self._found: list[Case] = []
        self._filled: list[Filled] = []

    def cases(self) -> Cases:
        """What was found.

        Raises:
            MistakesError: something is wrong.
        """
        if not self._found and not self.mistakes.found:
            message = "there is no case in it"
            if self._tests.left_out:
                message = "all of its cases are about labels that the model does not know"
            self.mistakes.add("MG2142", message, Where(str(self.path)), hint=EXAMPLE)
        self.mistakes.raise_if_any()
        return Cases(
            self.path,
            tuple(self._found),
            filled=tuple(self._filled),
            left_out=self._tests.left_out,
            files=tuple(self._lexicons.files),
        )

    def yaml(self, content: bytes) -> None:
        root = read_yaml(content, file=str(self.path), mistakes=self.mistakes)
        if not isinstance(root.value, tuple):
            message = f"cases are a list, not {root.says}"
            self.mistakes.add("MG2142", message, root.where, hint=EXAMPLE)
            return
        for node in root.value:
            if isinstance(node.value, dict):
                self._add(node.plain, node.where, keys=node)
            else:
                message = f"a case is no {node.says}"
                self.mistakes.add("MG2142", message, node.where, hint=EXAMPLE)

    def lines(self, content: bytes) -> None:
        for number, line in enumerate(content.split(b"\n"), start=1):
            if not line.strip():
                continue
            where = Where(str(self.path), number)
            try:
                told = json_of(line)
            except ValueError as error:
                self.mistakes.add("MG2142", f"the line is no JSON: {error}", where)
                continue
            if isinstance(told, dict) and is_test(told):
                self._take(self._tests.cases(told, where), where)
            elif isinstance(told, dict):
                self._add(told, where)
            else:
                self.mistakes.add("MG2142", "a case is an object", where)

    def csv(self, content: bytes) -> None:
        place = str(self.path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.mistakes.stop("MG2141", "the text is not UTF-8", Where(place))
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            if "expect" not in (reader.fieldnames or ()):
                hint = "its cells hold the right answer, or several with | between them"
                message = "there is no column 'expect'"
                self.mistakes.stop("MG2142", message, Where(place, 1), hint=hint)
            self._refuse_header(list(reader.fieldnames or ()), Where(place, 1))
            for row in reader:
                where = Where(place, reader.line_num)
                if None in row or None in row.values():
                    self.mistakes.add("MG2142", "the row has another number of cells", where)
                else:
                    self._add(_of_cells(row), where)
        except csv.Error as error:
            where = Where(place, reader.line_num + 1)
            self.mistakes.add("MG2142", f"the row is no CSV: {error}", where)

    def _refuse_header(self, names: list[str], where: Where) -> None:
        """What would be dropped without a word."""
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            message = f"two columns are called {name!r}"
            self.mistakes.add("MG2142", message, where, hint="keep one of them")
        for name in names:
            if name in APART and name not in READ:
                message = f"a table of cases has no column {name!r}"
                hint = "such cases are written as YAML or JSON lines"
                self.mistakes.add("MG2142", message, where, hint=hint)

    def _add(self, told: Mapping[str, Any], where: Where, *, keys: Node | None = None) -> None:
        case = case_of(told, where, self.mistakes, keys=keys)
        if case is None:
            return
        if "template" not in told:
            self._take([case], where)
            return
        try:
            made, summary = filled(case, told, self._lexicons, seed=self._seed)
        except UsageError as error:
            self.mistakes.add(error.code, error.message, where, hint=error.hint)
            return
        self._filled.append(summary)
        self._take(made, where)

    def _take(self, cases: list[Case], where: Where) -> None:
        self._found += cases
        if len(self._found) > MOST_CASES:
            self.mistakes.stop("MG2142", f"there are more than {MOST_CASES:,} cases", where)


READ = frozenset({"expect", "critical", "capability", "test", "tolerance"})
"""Columns of CSV that say something of a case; the others of `APART` are for YAML and JSON."""


def _of_cells(row: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"expect": [_answer(one) for one in row["expect"].split(BETWEEN)]}
    if row.get("critical"):
        told["critical"] = {"true": True, "false": False}.get(row["critical"].strip().casefold())
    told |= {name: row[name] for name in ("capability", "test") if row.get(name)}
    if row.get("tolerance"):
        told["tolerance"] = Cell(row["tolerance"]).plain
    inputs = {name: cell for name, cell in row.items() if name not in APART}
    only = list(inputs.values())
    cells = {name: Cell(cell) if cell else None for name, cell in inputs.items()}
    # An empty cell is rather forgotten than meant: an empty text is for YAML and JSON.
    told["input"] = (only[0] or None) if len(only) == 1 else cells
    return told


def _answer(cell: str) -> Any:
    """A right answer; nothing where the cell is empty."""
    return Cell(cell).plain if cell else None
