"""A perturbation: a function that changes inputs, and the guard before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.errors import CheckCrashedError, ModelgateError, UsageError, Where, did_you_mean
from modelgate.escape import one_line, shown
from modelgate.kinds import WrongValueError
from modelgate.kinds.annotation import kind_of
from modelgate.perturb.material.compared import images, numbers, strings, tables
from modelgate.setting import REQUIRED, Setting
from modelgate.yaml_file.node import Node

Of = Literal["text", "number", "category", "table", "image"]
DECLARED = "__modelgate_perturbation__"


class SettingError(ValueError):
    """What a perturbation raises about a setting; the end of a sentence, such as "'to' is ..."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """A declared perturbation. Call it to change values; the same seed gives the same change.

    Attributes:
        name: the function's, and what a suite calls it.
        of: what it changes.
        change: the function.
        settings: parameter -> setting, of what a suite may write.
        needs: which of `seed`, `pool` and `columns` it asks for.
        path: the file, once it is loaded from one.
    """

    name: str
    of: Of
    change: Callable[..., Any]
    settings: Mapping[str, Setting]
    needs: frozenset[str] = field(default_factory=frozenset)
    path: Path | None = None

    @property
    def graded(self) -> bool:
        """Whether it has severities: 1, hardly to be noticed, to 5, as bad as it gets."""
        return "severity" in self.settings

    def settled(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """All settings: those that are written, and the defaults of the others.

        Args:
            written: setting -> value.

        Raises:
            UsageError: MG2171, there is no such setting, or one is missing that has no default;
                MG2172, a value is not of its kind or outside its range.
            CheckCrashedError: MG4060, the function raised about no value at all.
        """
        for name in written:
            if name not in self.settings:
                near = did_you_mean(name, self.settings)
                raise self._wrong("MG2171", f"has no setting {shown(name)}; {near}")
        settings = {name: self._value(name, one, written) for name, one in self.settings.items()}
        # Ranges stand in the functions: what they say of no values is about their settings.
        self._answer(_NONE[self.of](), settings, {"seed": 0, "pool": None, "columns": ()})
        return settings

    def __call__(
        self,
        values: Any,
        *,
        seed: int,
        pool: Any = None,
        columns: Sequence[str] = (),
        **settings: Any,
    ) -> Any:
        """The changed values: as many, of the same type; those that it cannot change as they were.

        Args:
            values: n texts or categories (None where missing), (n,) numbers (NaN where missing), a
                RecordBatch of n rows, or (n, height, width, channels) uint8.
            seed: 0 or more.
            pool: the values of the column in all sampled rows; where None, `values`.
            columns: of a table, those that are to be changed; all where empty.
            **settings: as a suite may set them.

        Raises:
            UsageError: MG2171, MG2172, as `settled`; MG2173, the table has no such column.
            CheckCrashedError: MG4060, the function raised; MG4061, it answered something else.
        """
        settings = self.settled(settings)
        if self.of == "table":
            self._has_columns(values, columns)
        if self.of in ("text", "category"):
            return self._strings(list(values), settings, seed, pool)
        if self.of in ("number", "image"):
            values = _fixed(values, np.float64 if self.of == "number" else None)
        given = {"seed": seed, "pool": values if pool is None else pool, "columns": tuple(columns)}
        return self._answer(values, settings, given)

    def changed(self, before: Any, after: Any) -> NDArray[np.bool_]:
        """(n,) which values it changed: what cannot be changed is no trial.

        Args:
            before: the values it was called with.
            after: what it answered.
        """
        if self.of == "table":
            return tables(before, after)
        if self.of == "image":
            return images(before, after)
        return numbers(before, after) if self.of == "number" else strings(before, after)

    def _strings(
        self, values: list[str | None], settings: Mapping[str, Any], seed: int, pool: Any
    ) -> list[str | None]:
        """Those that are missing stay so; they keep their places, on which draws may depend."""
        filled = ["" if value is None else value for value in values]
        known = [value for value in (values if pool is None else pool) if value is not None]
        given = {"seed": seed, "pool": known, "columns": ()}
        answer = self._answer(filled, settings, given)
        return [None if was is None else now for was, now in zip(values, answer, strict=True)]

    def _answer(self, values: Any, settings: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        """What the function answers, if it can be one."""
        asked = {name: value for name, value in given.items() if name in self.needs}
        if asked.get("pool", "") is None:
            asked["pool"] = values
        try:
            answer = self.change(values, **asked, **settings)
        except ModelgateError:
            raise
        except SettingError as error:
            raise self._wrong("MG2172", str(error), ": ") from error
        except Exception as error:
            reason = f"{type(error).__name__}: {one_line(error)}"
            raise self._crashed("MG4060", f"raised {reason}") from error
        wrong = _WRONG[self.of](values, answer)
        if wrong:
            raise self._crashed("MG4061", wrong)
        return answer.astype(np.float64, copy=False) if self.of == "number" else answer

    def _value(self, name: str, setting: Setting, written: Mapping[str, Any]) -> Any:
        if name not in written:
            if setting.default is REQUIRED:
                raise self._wrong("MG2171", f"needs the setting {shown(name)}")
            return setting.default
        kind = kind_of(setting.type)
        if kind is None:
            return written[name]
        try:
            return kind.read(_node(written[name]))
        except WrongValueError as error:
            raise self._wrong("MG2172", f"{shown(name)} {error}", ": ") from error

    def _has_columns(self, rows: pa.RecordBatch, columns: Sequence[str]) -> None:
        for name in columns:
            if name not in rows.schema.names:
                near = did_you_mean(name, rows.schema.names)
                raise self._wrong("MG2173", f"finds no column {shown(name)}; {near}")

    def _wrong(self, code: str, message: str, joint: str = " ") -> UsageError:
        hint = f"`modelgate explain {self.name}` tells of it"
        return UsageError(code, f"the perturbation {self.name!r}{joint}{message}", hint=hint)

    def _crashed(self, code: str, message: str) -> CheckCrashedError:
        where = Where(str(self.path)) if self.path else None
        return CheckCrashedError(code, f"the perturbation {self.name!r} {message}", where=where)


def _fixed(values: Any, kind: type[np.float64] | None) -> NDArray[Any]:
    """The array, such that a function which changes it in place is found out."""
    array = np.asarray(values, dtype=kind).view()
    array.flags.writeable = False
    return array


def _node(value: Any) -> Node:
    """A Python value as if a suite had held it."""
    if isinstance(value, list | tuple):
        return Node(tuple(map(_node, value)), _NOWHERE)
    return Node(value, _NOWHERE, text=str(value))


_NOWHERE = Where("")


def _wrong_strings(values: Sequence[str], answer: Any) -> str:
    if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
        return "answered no list of texts"
    return _wrong_length(len(values), len(answer))


def _wrong_numbers(values: Any, answer: Any) -> str:
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iuf" or answer.ndim != 1:
        return "answered no array of numbers with one axis"
    return _wrong_length(len(values), len(answer))


def _wrong_table(values: Any, answer: Any) -> str:
    if not isinstance(answer, pa.RecordBatch):
        return "answered no RecordBatch"
    if {one.name: one.type for one in answer.schema} != {
        one.name: one.type for one in values.schema
    }:
        return "answered with other columns, or columns of other types"
    return _wrong_length(len(values), len(answer))


def _columns(rows: pa.RecordBatch) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in rows.schema}


def _wrong_images(values: Any, answer: Any) -> str:
    if not isinstance(answer, np.ndarray) or answer.dtype != np.uint8:
        return "answered no array of uint8"
    if answer.shape != values.shape:
        return f"answered the shape {answer.shape} for {values.shape}"
    return ""


def _wrong_length(asked: int, answered: int) -> str:
    return "" if asked == answered else f"answered {answered} values for {asked}"


_WRONG: Mapping[Of, Callable[[Any, Any], str]] = {
    "text": _wrong_strings,
    "category": _wrong_strings,
    "number": _wrong_numbers,
    "table": _wrong_table,
    "image": _wrong_images,
}
_NONE: Mapping[Of, Callable[[], Any]] = {
    "text": list,
    "category": list,
    "number": lambda: np.empty(0),
    "table": lambda: pa.RecordBatch.from_arrays([], names=[]),
    "image": lambda: np.empty((0, 8, 8, 3), dtype=np.uint8),
}
"""No values, of each kind."""
