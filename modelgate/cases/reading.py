"""Files of cases: YAML, JSON lines or CSV; every mistake in one is told at once."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelgate.cases import Case, Cases
from modelgate.errors import MistakesError, UsageError, Where, did_you_mean
from modelgate.escape import shown
from modelgate.yaml_file import read_yaml
from modelgate.yaml_file.node import Mistakes, Node

MOST_BYTES = 64 << 20
MOST_CASES = 100_000
KEYS = ("input", "expect", "critical", "capability", "tolerance")
EXAMPLE = 'write `- {input: "the cat purred", expect: animals}`'
BETWEEN = "|"
"""What stands between several right answers in a cell of CSV."""


def read_cases(path: Path) -> Cases:
    """Read a file of cases.

    Args:
        path: `.yaml` or `.yml`, a list of cases; `.jsonl`, a case a line; `.csv`, with the columns
            `expect` and, as they are wanted, `critical`, `capability` and `tolerance`, the others
            being the input: one text, or the columns of a row. `.gz` behind it is unpacked.

    Raises:
        MistakesError: MG2141, it cannot be read; MG2142, a case lacks something, or is none; and
            whatever is wrong with the YAML.
    """
    content, name = _content(path), path.name.removesuffix(".gz")
    mistakes = Mistakes()
    if name.endswith((".yaml", ".yml")):
        found = list(_of_yaml(content, path, mistakes))
    elif name.endswith((".jsonl", ".ndjson")):
        found = list(_of_lines(content, path, mistakes))
    elif name.endswith(".csv"):
        found = list(_of_csv(content, path, mistakes))
    else:
        hint = "cases are .yaml, .jsonl or .csv"
        mistakes.stop("MG2141", "the name does not say what it holds", Where(str(path)), hint=hint)
    if not found and not mistakes.found:
        mistakes.add("MG2142", "there is no case in it", Where(str(path)), hint=EXAMPLE)
    mistakes.raise_if_any()
    return Cases(path, tuple(case for case in found if case is not None))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(MOST_BYTES + 1)
        if path.name.endswith(".gz"):
            with gzip.open(io.BytesIO(packed)) as unpacked:
                packed = unpacked.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        message = f"the cases cannot be read: {reason}"
        raise MistakesError([UsageError("MG2141", message, where=Where(str(path)))]) from error
    if len(packed) > MOST_BYTES:
        message = f"the cases are larger than {MOST_BYTES >> 20} MiB"
        raise MistakesError([UsageError("MG2141", message, where=Where(str(path)))])
    return packed


def _of_yaml(content: bytes, path: Path, mistakes: Mistakes) -> Iterator[Case | None]:
    root = read_yaml(content, file=str(path), mistakes=mistakes)
    if not isinstance(root.value, tuple):
        mistakes.add("MG2142", f"cases are a list, not {root.says}", root.where, hint=EXAMPLE)
        return
    for node in root.value:
        if not isinstance(node.value, dict):
            mistakes.add("MG2142", f"a case is no {node.says}", node.where, hint=EXAMPLE)
            yield None
            continue
        yield _case(node.plain, node.where, mistakes, keys=node)


def _of_lines(content: bytes, path: Path, mistakes: Mistakes) -> Iterator[Case | None]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        where = Where(str(path), number)
        try:
            told = json.loads(line)
        except ValueError as error:
            mistakes.add("MG2142", f"the line is no JSON: {error}", where)
            continue
        if not isinstance(told, dict):
            mistakes.add("MG2142", "a case is an object", where)
            continue
        yield _case(told, where, mistakes)


def _of_csv(content: bytes, path: Path, mistakes: Mistakes) -> Iterator[Case | None]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        mistakes.stop("MG2141", "the text is not UTF-8", Where(str(path)))
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if "expect" not in (reader.fieldnames or ()):
        hint = "its cells hold the right answer, or several with | between them"
        mistakes.stop("MG2142", "there is no column 'expect'", Where(str(path), 1), hint=hint)
    try:
        for row in reader:
            where = Where(str(path), reader.line_num)
            if None in row or None in row.values():
                mistakes.add("MG2142", "the row has another number of cells", where)
                continue
            yield _case(_of_cells(row), where, mistakes)
    except csv.Error as error:
        mistakes.add("MG2142", f"the row is no CSV: {error}", Where(str(path), reader.line_num))


def _of_cells(row: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"expect": [_value(one) for one in row["expect"].split(BETWEEN)]}
    if row.get("critical"):
        told["critical"] = {"true": True, "false": False}.get(row["critical"].strip().casefold())
    if row.get("capability"):
        told["capability"] = row["capability"]
    if row.get("tolerance"):
        told["tolerance"] = _value(row["tolerance"])
    inputs = {name: cell for name, cell in row.items() if name not in KEYS[1:]}
    only = list(inputs.values())
    told["input"] = (
        only[0] if len(only) == 1 else {name: _value(cell) for name, cell in inputs.items()}
    )
    return told


def _value(cell: str) -> Any:
    """A cell as a number where it is one; nothing where it is empty."""
    if cell == "":
        return None
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _case(
    told: Mapping[str, Any], where: Where, mistakes: Mistakes, *, keys: Node | None = None
) -> Case | None:
    """A case from plain values; None where something is wrong with it, which is noted."""
    before = len(mistakes.found)
    for name in told:
        if name not in KEYS:
            place = keys.keys[name] if keys is not None else where
            near = did_you_mean(str(name), KEYS)
            mistakes.add("MG2142", f"a case has no {shown(str(name))}; {near}", place)
    given, expect = told.get("input"), told.get("expect")
    if not isinstance(given, str | dict) or not given:
        message = "a case needs an `input`: a text, or {COLUMN: VALUE, ...}"
        mistakes.add("MG2142", message, where, hint=EXAMPLE)
    answers = expect if isinstance(expect, list) else [expect]
    if not answers or not all(isinstance(one, str | bool | int | float) for one in answers):
        message = "a case needs `expect`: the right answer, or a list of them"
        mistakes.add("MG2142", message, where, hint=EXAMPLE)
    critical, tolerance = told.get("critical", False), told.get("tolerance", 0.0)
    if not isinstance(critical, bool):
        mistakes.add("MG2142", "`critical` is true or false", where)
    number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
    if not number or not 0 <= tolerance < float("inf"):
        mistakes.add("MG2142", "`tolerance` is a number, 0 or more", where)
    if not isinstance(told.get("capability", ""), str):
        mistakes.add("MG2142", "`capability` is a text", where)
    if len(mistakes.found) > before:
        return None
    return Case(
        input=given,  # type: ignore[arg-type]
        expect=tuple(answers),
        critical=critical,
        capability=told.get("capability", ""),
        tolerance=float(tolerance),
        where=where,
    )
