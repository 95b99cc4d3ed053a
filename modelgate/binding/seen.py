"""The outputs of the first rows, sorted by what they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from modelgate.binding import listed
from modelgate.errors import ModelError
from modelgate.suite import ModelPart


@dataclass(frozen=True, slots=True)
class Seen:
    """The outputs of the first rows, sorted by what they can be.

    Attributes:
        matrices: (n, k) floats with k of two or more.
        columns: (n,) floats.
        labels: (n,) integers, booleans or text.
    """

    matrices: dict[str, NDArray[Any]]
    columns: dict[str, NDArray[Any]]
    labels: dict[str, NDArray[Any]]


def sorted_out(seen: Mapping[str, NDArray[Any]], told: ModelPart) -> Seen:
    """Sort outputs by what they can be.

    Raises:
        ModelError: MG3110, the suite names an output that is not there; MG3111, none can be an
            answer.
    """
    for name in (told.scores, told.labels):
        if name is not None and name not in seen:
            raise ModelError(
                "MG3110", f"the model has no output {name!r}; its outputs are {listed(list(seen))}"
            )
    found = Seen({}, {}, {})
    for name, raw in seen.items():
        values = flattened(raw)
        if values is None:
            continue
        if values.dtype.kind == "f":
            if values.ndim == 2:
                found.matrices[name] = values
            else:
                found.columns[name] = values
        elif values.ndim == 1:
            found.labels[name] = values
    if not (found.matrices or found.columns or found.labels):
        shapes = ", ".join(f"{name} {list(raw.shape[1:])}" for name, raw in seen.items())
        raise ModelError(
            "MG3111",
            f"the model answers each row with {shapes}: sequences, boxes and maps are not judged"
            " by metrics yet",
            hint="`--suite smoke` checks the artifact itself",
        )
    return found


def flattened(raw: NDArray[Any]) -> NDArray[Any] | None:
    """(n,) or (n, k) of an output with axes of length one dropped; None for more axes."""
    if raw.ndim == 0:
        return None
    kept = [size for size in raw.shape[1:] if size != 1]
    return raw.reshape(len(raw), *kept) if len(kept) <= 1 else None


def only(names: Sequence[str], words: Sequence[str], role: str) -> str:
    """The one output that can hold something: the only one there is, or whose name says it.

    Args:
        names: the outputs it could be.
        words: what its name would contain.
        role: "scores" or "labels", as the suite calls it under `outputs`.

    Raises:
        ModelError: MG3118, none or several.
    """
    if len(names) == 1:
        return names[0]
    likely = [name for name in names if any(word in name.casefold() for word in words)]
    if len(likely) == 1:
        return likely[0]
    raise ModelError(
        "MG3118",
        f"several outputs could hold the {role}: {listed(list(names))}"
        if names
        else f"no output can hold the {role}",
        hint=f"say in a suite which: `model: {{outputs: {{{role}: NAME}}}}`",
    )
