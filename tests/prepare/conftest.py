"""Tokenizers, transformers and models that the tests make, and what they are fed with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelgate.model import Signature, Tensor

SENTENCES = (
    "win a free prize now",
    "call now to claim your cash prize",
    "free cash",
    "see you at home for lunch",
    "i am late, see you at ten",
    "lunch at home today?",
)
LABELS = ("spam", "spam", "spam", "ham", "ham", "ham")


def signature(*inputs: tuple[str, str, Sequence[int | str | None]]) -> Signature:
    """A model of these inputs (name, type, shape), all of which count rows."""
    tensors = tuple(Tensor(name, type_, tuple(shape)) for name, type_, shape in inputs)
    firsts = {one.shape[0] for one in tensors if one.shape}
    batch = next((first for first in firsts if isinstance(first, int)), None)
    return Signature(tensors, (), batch=batch, batched=tuple(one.name for one in tensors))


def trained(sentences: Sequence[str] = SENTENCES, *, words: int = 200, special: bool = True) -> Any:
    """A tokenizer of words and their pieces, trained on these sentences; each a new one."""
    from tokenizers import Tokenizer

    return Tokenizer.from_str(_trained(tuple(sentences), words, special))


@lru_cache
def _trained(sentences: Sequence[str], words: int, special: bool) -> str:
    """Once: ties are broken in another way each time."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    found: Any = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106
    found.normalizer = normalizers.Lowercase()
    found.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    found.train_from_iterator(
        sentences,
        trainers.WordPieceTrainer(vocab_size=words, special_tokens=marks, show_progress=False),
    )
    if special:
        found.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
        )
    return str(found.to_str())


def content(tokenizer: Any) -> bytes:
    """Of its `tokenizer.json`."""
    return bytes(tokenizer.to_str().encode())


def save(
    path: Path,
    nodes: Sequence[Any],
    inputs: dict[str, tuple[int, Sequence[Any]]],
    outputs: dict[str, tuple[int, Sequence[Any]]],
    weights: dict[str, Any],
) -> Path:
    """Write an ONNX model."""
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info(name, *of) for name, of in inputs.items()],
        [helper.make_tensor_value_info(name, *of) for name, of in outputs.items()],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in weights.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


def bag_of_words(
    path: Path, weights: Any, *, ids: str = "input_ids", axis: int | str = "tokens"
) -> Path:
    """A model that adds up what each token speaks for: (vocabulary, classes) log odds."""
    classes = np.asarray(weights).shape[1]
    nodes = [
        helper.make_node("Gather", ["w", ids], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["each", "wide"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "tokens"], ["sum"], keepdims=0),
        helper.make_node("Softmax", ["sum"], ["probabilities"], axis=-1),
    ]
    return save(
        path,
        nodes,
        {name: (TensorProto.INT64, ["batch", axis]) for name in (ids, "attention_mask")},
        {"probabilities": (TensorProto.FLOAT, ["batch", classes])},
        {"w": np.asarray(weights, np.float32), "last": np.array([2]), "tokens": np.array([1])},
    )


def log_odds(tokenizer: Any, sentences: Sequence[str], labels: Sequence[str]) -> Any:
    """(vocabulary, classes) how much each token speaks for each class, as naive Bayes counts."""
    classes = sorted(set(labels))
    counts = np.ones((tokenizer.get_vocab_size(), len(classes)))
    for sentence, label in zip(sentences, labels, strict=True):
        for one in tokenizer.encode(sentence).ids:
            counts[one, classes.index(label)] += 1
    return np.log(counts / counts.sum(axis=0))


@pytest.fixture
def suite(tmp_path: Path) -> Callable[..., Path]:
    """Write a suite with this `prepare:` block; its path."""

    def written(
        prepare: str, *, data: str = "data.csv", target: str = "label", model: str = ""
    ) -> Path:
        path = tmp_path / "suite.yaml"
        path.write_text(
            f"model: {{prepare: {prepare}{', ' + model if model else ''}}}\n"
            f"data: {{test: {{path: {data}, target: {target}}}}}\n"
            "checks:\n  - metric: accuracy\n    at_least: 10%\n"
        )
        return path

    return written
