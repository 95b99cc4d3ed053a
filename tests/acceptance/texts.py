"""Models of texts, and what can be done to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from onnx import helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

WORDS = r"[a-zA-Z0-9]+"


def model(rows: pd.DataFrame, pattern: str = WORDS, leave_out: list[str] | None = None) -> Any:
    """A model of the words in `text`, answering `label`, as ONNX.

    Args:
        rows: to train by.
        pattern: of a word.
        leave_out: words that it does not read.
    """
    pipeline = make_pipeline(
        TfidfVectorizer(token_pattern=pattern, lowercase=False, stop_words=leave_out),
        LogisticRegression(C=30, max_iter=500),
    ).fit(rows["text"], rows["label"])
    text = [("text", StringTensorType([None, 1]))]
    return to_onnx(pipeline, initial_types=text, options={"zipmap": False})


def first_words(found: Any, words: int) -> Any:
    """The same model, which reads no further than that many words."""
    tokens = next(node for node in found.graph.node if node.op_type == "Tokenizer").output[0]
    for node in found.graph.node:
        node.input[:] = ["first" if name == tokens else name for name in node.input]
    ends = {"from": [0], "to": [words], "axis": [-1]}
    for name, value in ends.items():
        found.graph.initializer.append(numpy_helper.from_array(np.array(value), name))
    place = next(at for at, node in enumerate(found.graph.node) if tokens in node.output)
    found.graph.node.insert(place + 1, helper.make_node("Slice", [tokens, *ends], ["first"]))
    return found
