"""A model that answers over HTTP by the Open Inference Protocol, version 2.

It has no bytes that a digest could be taken of: its name and the version it says are all that
identifies it, so both are watched while it answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Feeds, facts_of
from modelgate.formats.endpoint.address import Address
from modelgate.formats.endpoint.calls import Caller, Patience
from modelgate.formats.endpoint.tensors import input_of, nonsense, outputs_of, tensors_of
from modelgate.formats.onnx_signature import rows_of
from modelgate.formats.refusal import Refusal
from modelgate.model import Signature, Tensor

MOST_ROWS = 512
"""Rows of one request, at most."""
_MOST_BYTES = 4 << 20
_NUMBER = 24
"""Characters of a number in JSON, at most."""


class Endpoint:
    """An open endpoint, which answers as a model in the worker does.

    Attributes:
        signature: what its metadata declares.
        facts: who serves it, and by which name and version it is known.
    """

    def __init__(self, where: Address, patience: Patience) -> None:
        """Ask for its metadata.

        Raises:
            Refusal: nobody answers, or with what is no metadata of a model with inputs.
        """
        self._where = where
        self._caller = Caller(where.url, patience)
        self._version = where.version
        try:
            found = self._caller.call()
            self.signature = self._signature(found)
        except BaseException:
            self._caller.close()
            raise
        by = f"an endpoint ({found['platform'][:60]})"
        self.facts: Mapping[str, Any] = facts_of(by, width=1, model=where.name)

    @property
    def version(self) -> str | None:
        """That is asked for, or that it answered with first; None while it told none."""
        return self._version

    def close(self) -> None:
        """Close its connections."""
        self._caller.close()

    def rows_a_call(self, feeds: Feeds, rows: int, wide: int) -> int:
        """As many rows as a request and its answer hold in 4 MiB; 1 or more.

        Args:
            feeds: to be asked, (rows, ...) each.
            rows: their number, 1 or more.
            wide: numbers of an answer to one row.
        """
        mine = self.signature.batched
        given = sum(_bytes(array) for name, array in feeds.items() if name in mine) // max(1, rows)
        return max(1, min(MOST_ROWS, _MOST_BYTES // max(1, given, wide * _NUMBER)))

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[NDArray[Any]]:
        """See `Answering`."""
        inputs = [input_of(name, array) for name, array in feeds.items()]
        wanted = [{"name": name} for name in outputs]
        request = {"inputs": inputs} | ({"outputs": wanted} if wanted else {})
        found = self._caller.call("/infer", request)
        answered = outputs_of(found)
        self._same_model(found)
        for name in outputs:
            if name not in answered:
                raise nonsense(f"it left out output {name!r}")
        promised = {one.name: one for one in self.signature.outputs}
        for name in outputs:
            _kept(name, answered[name], promised.get(name))
        return [answered[name] for name in outputs]

    def names(self, feeds: Feeds) -> tuple[str, ...]:
        """The outputs there are: those of the metadata, else of an answer to these rows."""
        if self.signature.outputs:
            return tuple(one.name for one in self.signature.outputs)
        call = {name: self._of_one_call(name, array) for name, array in feeds.items()}
        inputs = [input_of(name, array) for name, array in call.items()]
        return tuple(outputs_of(self._caller.call("/infer", {"inputs": inputs})))

    def _of_one_call(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        """The first row as the smallest call there is."""
        if not self.signature.batched:
            return np.asarray(array[0])
        return array[[0] * (self.signature.batch or 1)] if name in self.signature.batched else array

    def _signature(self, found: object) -> Signature:
        match found:
            case {"name": str(name), "platform": str(), **more}:
                self._same_name(name)
            case _:
                raise Refusal("MG3180", "has metadata without a name or a platform")
        inputs = tensors_of(more.get("inputs") or [])
        outputs = tensors_of(more.get("outputs") or [])
        if not inputs:
            raise Refusal(
                "MG3180",
                "does not say in its metadata which inputs it takes",
                "declare them where the model is served: names, datatypes and shapes",
            )
        batch, batched = rows_of(inputs, outputs)
        return Signature(inputs, outputs, batch=batch, batched=batched)

    def _same_name(self, name: str) -> None:
        if name != self._where.name:
            raise Refusal("MG4084", f"answers in the name of another model, {name[:60]!r}")

    def _same_version(self, version: object) -> None:
        """An answer may leave its version out; once told, it does not change."""
        if version is None:
            return
        if not isinstance(version, str) or not version.isprintable():
            raise nonsense("its version is no text")
        if self._version is not None and version != self._version:
            raise Refusal(
                "MG4084",
                f"answers as version {version[:60]!r}, not {self._version[:60]!r}",
                "name the version in the address: .../versions/VERSION",
            )
        self._version = version[:100]

    def _same_model(self, found: Any) -> None:
        if not isinstance(found.get("model_name"), str):
            raise nonsense("it does not say which model answers (`model_name`)")
        self._same_name(found["model_name"])
        self._same_version(found.get("model_version"))


def _bytes(array: NDArray[Any]) -> int:
    """Of an array as JSON, at most; texts as if each character were escaped."""
    if array.dtype.kind in "OU":
        return sum(6 * len(text) + 4 for text in array.ravel().tolist())
    return _NUMBER * array.size


def _kept(name: str, answer: NDArray[Any], promised: Tensor | None) -> None:
    """An answer has the type and, but for free axes and that of the rows, the shape promised."""
    if promised is None or promised.shape is None:
        return
    kind = "string" if answer.dtype.kind == "O" else answer.dtype.name
    shape = promised.shape[1:]
    same = answer.ndim == len(promised.shape) and all(
        axis in {None, size} for axis, size in zip(shape, answer.shape[1:], strict=True)
    )
    if kind != promised.type or not same:
        raise Refusal(
            "MG4083",
            f"promised {promised.type} of shape {_said(promised.shape)} in output {name!r} and"
            f" answered {kind} of shape {_said(answer.shape)}",
        )


def _said(shape: Sequence[int | str | None]) -> str:
    return "x".join("?" if axis is None else str(axis) for axis in shape) or "()"


def wide(tensors: Sequence[Tensor]) -> int:
    """Numbers of an answer to one row, as far as the outputs are declared."""
    return sum(
        prod(axis for axis in (one.shape or ())[1:] if isinstance(axis, int)) for one in tensors
    )
