"""What the worker tells of a model it opened, checked value by value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelgate.escape import printable
from modelgate.model import Shape, Signature, Tensor
from modelgate.worker.wire import NonsenseError

_CODES = frozenset(
    {f"MG30{n:02}" for n in range(1, 20)}
    | {"MG4002", "MG4003", "MG4004", "MG3160"}
    | {f"MG317{n}" for n in range(10)}
    | {"MG3540", "MG3541", "MG4030", "MG4031", "MG5072"}
    | {"MG4020", "MG4021", "MG4024", "MG4090"}
    | {"MG3190", "MG3191"}
)
_MOST_TENSORS = 10_000
_LAYERS = ("landlock", "seccomp-net", "no-new-privs", "rlimits", "process")


def signature(found: Mapping[str, Any]) -> Signature:
    """The signature in an "opened" message.

    Raises:
        NonsenseError: it is none.
    """
    inputs, outputs = _tensors(found.get("inputs")), _tensors(found.get("outputs"))
    batch, batched = found.get("batch"), _list(found.get("batched"))
    if batch is not None and not (_count(batch) and batch > 0):
        raise NonsenseError("an impossible batch")
    if not set(map(str, batched)) <= {one.name for one in inputs}:
        raise NonsenseError("rows counted by an input that is not there")
    classes = _list(found.get("classes"))
    if not all(isinstance(one, str) or _whole(one) for one in classes):
        raise NonsenseError("impossible class labels")
    return Signature(
        inputs,
        outputs,
        tuple(classes),
        batch,
        tuple(map(str, batched)),
        _text(found.get("score_transform"), 40),
    )


def facts(found: object) -> dict[str, Any]:
    """The facts in an "opened" message: plain JSON of a bounded size."""
    if not isinstance(found, dict):
        raise NonsenseError("no facts")
    for name in ("weights", "widest", "nodes", "trees"):
        if not _count(found.get(name)):
            raise NonsenseError(f"an impossible number of {name}")
    return found


def isolation(found: object) -> tuple[str, ...]:
    """The layers that held, strongest first."""
    held = _list(found)
    return tuple(layer for layer in _LAYERS if layer in held)


def files(found: object) -> list[str]:
    """The names of files that hold weights."""
    return [_text(name, 4096) for name in _list(found)]


def preparation(found: Mapping[str, Any]) -> tuple[tuple[Tensor, ...], dict[str, Any]]:
    """The outward inputs in a "prepared" message; and settings, library and widths."""
    if found.get("is") != "prepared":
        raise NonsenseError("no answer to a preparation")
    settings = found.get("settings")
    if not isinstance(settings, dict):
        raise NonsenseError("a preparation without settings")
    widths: dict[str, tuple[str, tuple[int, ...]]] = {}
    for one in _list(found.get("widths")):
        match one:
            case [str(name), str(type_), list(shape)] if all(map(_count, shape)):
                widths[name] = (type_, tuple(shape))
            case _:
                raise NonsenseError("an input of no width")
    by = printable(_text(found.get("by"), 200), 100)
    return _tensors(found.get("takes")), {"settings": settings, "by": by, "widths": widths}


def refusal(found: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Code, message and hint of a refusal, fit to be printed."""
    code = found.get("code")
    if code not in _CODES:
        raise NonsenseError("a refusal with a code of its own")
    hint = printable(_text(found.get("hint"), 1000), 300)
    return str(code), printable(_text(found.get("message"), 4000), 500), hint or None


def row(found: Mapping[str, Any], rows: int) -> int | None:
    """Which of the rows asked a refusal is about, from 0; None for no single one."""
    one = found.get("row")
    if one is not None and not (_count(one) and one < rows):
        raise NonsenseError("a refusal of a row that was not asked")
    return one


def _tensors(found: object) -> tuple[Tensor, ...]:
    return tuple(_tensor(one) for one in _list(found)[:_MOST_TENSORS])


def _tensor(found: object) -> Tensor:
    match found:
        case [str(name), str(type_), shape, str(container)]:
            return Tensor(name, type_, _shape(shape), container)
    raise NonsenseError("an input or output that is none")


def _shape(found: object) -> Shape | None:
    if found is None:
        return None
    sizes = _list(found)
    if not all(size is None or isinstance(size, str) or _count(size) for size in sizes):
        raise NonsenseError("an impossible shape")
    return tuple(sizes)


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise NonsenseError("a list was due")
    return found


def _text(found: object, most: int) -> str:
    if not isinstance(found, str) or len(found) > most:
        raise NonsenseError("a text was due")
    return found


def _whole(found: object) -> bool:
    return type(found) is int


def _count(found: object) -> bool:
    return type(found) is int and 0 <= found < 1 << 62
