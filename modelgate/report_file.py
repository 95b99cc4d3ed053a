"""The report as a file: JSON, `modelgate.report/1`.

One report has one spelling: fields in the order of the classes, the keys of free-form parts
sorted, floats in their shortest form, every character outside ASCII escaped, a newline at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelgate.atomic import write_file
from modelgate.errors import (
    CrashedError,
    MistakesError,
    RefusedError,
    UsageError,
    Where,
    did_you_mean,
)
from modelgate.escape import printable
from modelgate.report import SCHEMA, Report, contradiction

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError
    from pydantic_core import ErrorDetails

FREE = frozenset({"evidence", "details", "provenance"})
"""Fields that only people read. A NaN of the data may stand in them, as the text "NaN"."""
FLOATS = frozenset(
    {
        "value",
        "interval",
        "level",
        "limit",
        "n_effective",
        "champion",
        "difference",
        "difference_interval",
        "p_worse",
        "p_within",
        "detectable",
        "usual_error",
    }
)
"""Fields that hold floats even where a check gave whole numbers: 1 and 1.0 are one report."""
LONGEST_NAME = 60
MOST_BYTES = 64 * 2**20


def report_json(report: Report) -> bytes:
    """The bytes of a report; the same for equal reports.

    Raises:
        CrashedError: MG4050, a number that decides is NaN or infinite.
        TypeError: a part holds what JSON cannot; a check or reporter has a bug.
    """
    body = {"schema": report.schema, **_plain(report, "report", free=False)}
    return json.dumps(body, indent=2, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def write_report(report: Report, path: Path) -> None:
    """Write a report, wholly or not at all. Raises what `report_json` and `write_file` raise."""
    write_file(path, report_json(report))


def load_report(path: Path) -> Report:
    """The report in a file.

    Raises:
        UsageError: MG2052, the file cannot be read or is too large; and what `read_report` raises.
    """
    name = printable(path, LONGEST_NAME)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "MG2052",
            f"cannot read the report: {error.strerror or error}",
            where=Where(name),
            hint="`modelgate check MODEL --report json:report.json` writes one",
        ) from error
    if len(content) > MOST_BYTES:
        raise UsageError("MG2052", f"a report has at most {MOST_BYTES:,} bytes", where=Where(name))
    return read_report(content, name)


def read_report(content: bytes, file: str) -> Report:
    """A report from its bytes, checked to be whole and to follow from its own results.

    Args:
        content: the file's bytes; not trusted.
        file: what people call it, for the messages.

    Raises:
        UsageError: MG2053 no JSON, MG2054 another schema.
        MistakesError: MG2055 a field is missing or of another type, MG2056 an unknown word.
        RefusedError: MG5050, the verdict does not follow from the results.
    """
    return report_of(_parse(content, Where(file)), file)


def report_of(raw: Any, file: str) -> Report:
    """A report from what JSON held; see `read_report`.

    Args:
        raw: dicts, lists and scalars; not trusted.
        file: what people call it, for the messages.
    """
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        found = raw.get("schema") if isinstance(raw, dict) else None
        shown = "no schema" if found is None else f"schema {printable(found, LONGEST_NAME)!r}"
        raise UsageError(
            "MG2054",
            f"this is no report that this version can read: it names {shown}, not {SCHEMA!r}",
            where=Where(file),
            hint="`modelgate check MODEL --report json:report.json` writes one",
        )
    from pydantic import ValidationError
    from pydantic_core import to_json

    try:
        report: Report = _adapter().validate_json(to_json(raw), strict=True)
    except ValidationError as error:
        raise _mistakes(error, file) from error
    reason = contradiction(report)
    if reason is not None:
        raise RefusedError(
            "MG5050",
            f"the verdict does not follow from the results: {printable(reason, 200)}",
            where=Where(file),
            hint="the file was changed after it was written; run `modelgate check` again",
        )
    return report


@cache  # it takes longer to make than a hundred reports to read
def _adapter() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def _plain(part: Any, place: str, *, free: bool) -> Any:
    """Classes, tuples and numpy scalars as what JSON has."""
    if is_dataclass(part) and not isinstance(part, type):
        return {
            each.name: _plain(
                _as_floats(getattr(part, each.name))
                if each.name in FLOATS
                else getattr(part, each.name),
                f"{place}.{each.name}",
                free=free or each.name in FREE,
            )
            for each in fields(part)
            if each.name != "schema"
        }
    if isinstance(part, Mapping):
        return {
            str(key): _plain(value, f"{place}.{key}", free=free)
            for key, value in sorted(part.items(), key=lambda item: str(item[0]))
        }
    if isinstance(part, list | tuple):
        return [_plain(value, f"{place}[{at}]", free=free) for at, value in enumerate(part)]
    return _scalar(part, place, free=free)


def _as_floats(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {key: _as_floats(value) for key, value in part.items()}
    if isinstance(part, tuple | list):
        return [_as_floats(value) for value in part]
    return float(part) if isinstance(part, int) and not isinstance(part, bool) else part


def _scalar(part: Any, place: str, *, free: bool) -> Any:
    if isinstance(part, Enum):
        return part.value
    if part is None or isinstance(part, bool | str | int):
        return part
    if isinstance(part, float):
        return _number(float(part), place, free=free)
    if isinstance(part, date | time):  # a datetime is a date
        return part.isoformat()
    if isinstance(part, Decimal | timedelta | bytes):
        return str(part)
    if hasattr(part, "tolist"):  # numpy's scalars and arrays
        return _plain(part.tolist(), place, free=free)
    raise TypeError(f"{place}: a report cannot hold a {type(part).__name__}")


def _number(value: float, place: str, *, free: bool) -> float | str:
    if isfinite(value):
        return value
    if free:
        return {"nan": "NaN", "inf": "Infinity"}.get(str(value), "-Infinity")
    raise CrashedError(
        "MG4050",
        f"{printable(place, 2 * LONGEST_NAME)} is {value}: a report holds finite numbers only",
    )


def _parse(content: bytes, where: Where) -> Any:
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else printable(error, 120)
        if isinstance(error, UnicodeDecodeError):
            why = f"byte {error.start} is no UTF-8"
        if isinstance(error, json.JSONDecodeError):
            where, why = Where(where.file, error.lineno, error.colno), error.msg
        raise UsageError(
            "MG2053",
            f"this is no JSON: {why}",
            where=where,
            hint="`modelgate check MODEL --report json:report.json` writes a report",
        ) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is beyond what a number can be")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _mistakes(error: ValidationError, file: str) -> MistakesError:
    return MistakesError([_mistake(each, file) for each in error.errors()])


def _mistake(each: ErrorDetails, file: str) -> UsageError:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"])
    place = printable(place.lstrip("."), LONGEST_NAME) or "the report"
    known = (each.get("ctx") or {}).get("expected")
    if each["type"] in {"enum", "literal_error"} and known:
        words = str(known).replace(" or ", ", ").replace("'", "").split(", ")
        given = printable(each["input"], LONGEST_NAME)
        return UsageError(
            "MG2056", f"{place} is {given!r}; {did_you_mean(given, words)}", where=Where(file)
        )
    if each["type"] == "missing":
        return UsageError("MG2055", f"{place} is missing", where=Where(file))
    return UsageError(
        "MG2055", f"{place}: {printable(each['msg'], 2 * LONGEST_NAME)}", where=Where(file)
    )
