"""Rows made into a model's inputs by another ONNX graph; runs inside the worker."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from modelgate.model import Signature, Tensor
from modelgate.prepare import KIND, Feeds, Step, UnpreparedError, fitted, refuse_constants
from modelgate.prepare.widths import widths_of
from modelgate.worker import calls, session
from modelgate.worker.explain import Refusal


class Featuriser(Step):
    """An ONNX graph whose outputs are the model's inputs: by name, or the one for the one."""

    kind: ClassVar[KIND] = "onnx"

    def __init__(self, content: bytes, signature: Signature, provider: str) -> None:
        """Load the graph.

        Args:
            content: of its file.
            signature: of the model.
            provider: onnxruntime's.

        Raises:
            UnpreparedError: MG3171, the graph does not load; MG3172, it does not fit the model.
        """
        import onnxruntime

        refuse_constants(signature)
        try:
            self._graph = session.open_bytes(content, provider)
        except Refusal as refusal:
            raise UnpreparedError(
                "MG3171",
                f"is to be fed by a graph that {refusal.message}",
                refusal.hint,
            ) from None
        refuse_constants(self._graph.signature)
        self._signature = signature
        self._from = _paired(self._graph.signature, signature)
        self.takes = self._graph.signature.inputs
        self.settings = {"outputs": dict(self._from)}
        self.by = f"onnxruntime {onnxruntime.__version__}"
        self.widths = widths_of(signature)

    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """See `Step`."""
        try:
            found = calls.answer(
                self._graph,
                feeds,
                rows,
                outputs=list(dict.fromkeys(self._from.values())),
                rows_a_call=max(rows, 1),
                after_each=lambda: None,
            )
        except Refusal as refusal:
            raise UnpreparedError(
                refusal.code, f"its featuriser {refusal.message}", refusal.hint
            ) from None
        return {
            one.name: fitted(
                np.asarray(found[self._from[one.name]]),
                one,
                self._signature,
                rows,
                "the featuriser",
            )
            for one in self._signature.inputs
        }


def _paired(graph: Signature, model: Signature) -> dict[str, str]:
    """The model's input -> the graph's output that feeds it.

    Raises:
        UnpreparedError: MG3172, it is not clear, or their types differ.
    """
    outputs = {one.name: one for one in graph.outputs}
    wanted = [one.name for one in model.inputs]
    if set(wanted) <= set(outputs):
        pairs = {name: name for name in wanted}
    elif len(wanted) == len(outputs) == 1:
        pairs = {wanted[0]: next(iter(outputs))}
    else:
        gives = ", ".join(repr(name[:60]) for name in list(outputs)[:8])
        needs = ", ".join(repr(name[:60]) for name in wanted[:8])
        raise UnpreparedError(
            "MG3172",
            f"takes {needs}; its featuriser gives {gives}",
            "name the outputs of the featuriser as the inputs of the model are named",
        )
    for one in model.inputs:
        _refuse_type(one, outputs[pairs[one.name]])
    return pairs


def _refuse_type(wanted: Tensor, given: Tensor) -> None:
    if given.container != "tensor" or given.type != wanted.type:
        what = given.type if given.container == "tensor" else f"a {given.container}"
        raise UnpreparedError(
            "MG3172",
            f"takes {wanted.type} as {wanted.name[:60]!r}; its featuriser gives {what}",
            "cast it in the featuriser, as what serves the model has to",
        )
