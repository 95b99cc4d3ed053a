"""What prepares the rows of an open model, inside the worker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelgate.formats.answering import Answering
from modelgate.prepare import CELL, Feeds, Step, UnpreparedError
from modelgate.worker.explain import Refusal

PIXELS = "pixels"
"""What decoded images are called in an answer."""
_BEYOND = re.compile(r"out of data bounds, idx=(-?\d+) .* range \[-?\d+,(-?\d+)\]")
_BROKE_OFF = "MG4002"


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
    from modelgate.prepare.tokens import Tokens

    if not isinstance(step, Tokens):
        return refusal
    found = _BEYOND.search(refusal.message)
    if found is not None:
        asked, known = int(found[1]), int(found[2]) + 1
        if step.largest < known and asked < step.longest:
            return Refusal(
                "MG3175",
                f"knows {known:,} places of tokens; a text has {step.longest:,}",
                f"write `max_length: {known}` below `prepare:`: longer texts are cut then",
            )
        return Refusal(
            "MG3173",
            f"is given the token {asked:,}, and its embedding knows {known:,}; the tokenizer is"
            " not the one that it was trained with",
            "give the `tokenizer.json` that was saved with the model",
        )
    if refusal.code == _BROKE_OFF and not refusal.hint and not step.settings["truncation"]:
        hint = (
            f"a text has {step.longest:,} tokens: where the model takes fewer, write `max_length:`"
            " below `prepare:`"
        )
        return Refusal(refusal.code, refusal.message, hint)
    return refusal
