"""What prepares the rows of an open model, inside the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelgate.formats.answering import Answering
from modelgate.prepare import CELL, Feeds, Step, UnpreparedError
from modelgate.worker.explain import Refusal

PIXELS = "pixels"
"""What decoded images are called in an answer."""
_BEYOND = "out of data bounds"


def load(order: Mapping[str, Any], content: bytes, model: Answering, provider: str) -> Step:
    """The step that an order names.

    Args:
        order: "kind" and "settings".
        content: of its file; empty where it has none.
        model: whose inputs it is to make.
        provider: onnxruntime's.

    Raises:
        Refusal: it does not load, or does not fit the model.
    """
    inputs = model.signature.inputs
    if not inputs or any(one.type == CELL for one in inputs):
        raise Refusal("MG3172", "takes columns as they are; nothing is to be prepared for it")
    try:
        return _loaded(order["kind"], order["settings"], content, model, provider)
    except UnpreparedError as error:
        raise Refusal(error.code, error.message, error.hint) from None


def _loaded(
    kind: str, settings: Mapping[str, Any], content: bytes, model: Answering, provider: str
) -> Step:
    if kind == "tokenizer":
        from modelgate.prepare.tokens import Tokens

        return Tokens(content, settings, model.signature)
    if kind == "image":
        from modelgate.prepare.images import Images

        return Images(content, settings, model.signature)
    if kind == "onnx":
        from modelgate.worker.featuriser import Featuriser

        return Featuriser(content, model.signature, provider)
    if kind == "sklearn":
        from modelgate.prepare.transformer import Transformer

        return Transformer(content, settings, model.signature)
    from modelgate.prepare.function import Function

    return Function(content, settings, model.signature)


def prepared(step: Step, feeds: Feeds, rows: int) -> Feeds:
    """The model's inputs for some rows, all of a job together.

    Raises:
        Refusal: these rows cannot be prepared.
    """
    if not rows:
        return {}
    try:
        return step(feeds, rows)
    except UnpreparedError as error:
        raise Refusal(error.code, error.message, error.hint, row=error.row) from None
    except MemoryError:
        raise Refusal("MG4003", "needs more memory to prepare its rows than it is given") from None


def decoded(step: Step | None, feeds: Feeds, rows: int, *, sized: bool) -> Feeds:
    """The images of some rows as arrays of pixels.

    Raises:
        Refusal: there are none, or one cannot be decoded.
    """
    from modelgate.prepare.images import INPUT, Images

    if not isinstance(step, Images):
        raise Refusal("MG3172", "is given no images")
    try:
        return {PIXELS: step.decoded(feeds[INPUT], rows, sized=sized)}
    except UnpreparedError as error:
        raise Refusal(error.code, error.message, error.hint, row=error.row) from None
    except MemoryError:
        raise Refusal("MG4003", "needs more memory to decode images than it is given") from None


def explained(refusal: Refusal, step: Step) -> Refusal:
    """Why the model did not answer, where what it was fed explains it."""
    if step.kind == "tokenizer" and _BEYOND in refusal.message:
        return Refusal(
            "MG3173",
            "is given tokens that its embedding does not have; the tokenizer is not the one that"
            f" it was trained with ({refusal.message.partition(': ')[2] or refusal.message})",
            "give the `tokenizer.json` that was saved with the model",
        )
    return refusal
