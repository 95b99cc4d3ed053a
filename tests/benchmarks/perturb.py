"""What it costs to change texts, over what it costs a small model to read them."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import material
from tests.benchmarks.measure import Cost, ratio
from tests.benchmarks.taking import Size, Taken, in_turn

MESSAGES = 5_000


def texts_changed(size: Size) -> Taken:
    """CPU of all perturbations of texts over that of a TF-IDF model's passes on what they made.

    No model of texts is quicker than this one. Texts are the SMS messages that may lie beside the
    repository; made of the library's own words where they do not.
    """
    from onnxruntime import InferenceSession, SessionOptions

    from modelgate.perturb import perturbations

    messages, labels = _messages()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(_model(messages, labels), options)
    ones = [one for one in perturbations().values() if one.of == "text"]
    changed = {one.name: one(messages, seed=0) for one in ones}
    spent: dict[str, list[float]] = {one.name: [] for one in ones}

    def ours() -> Cost:
        took = [_cost(partial(one, messages, seed=0)) for one in ones]
        for one, cost in zip(ones, took, strict=True):
            spent[one.name].append(cost.cpu)
        return Cost(sum(cost.cpu for cost in took), sum(cost.wall for cost in took))

    def theirs() -> Cost:
        return _cost(lambda: [_read(session, texts) for texts in changed.values()])

    left, right = in_turn(size.rounds, ours, theirs)
    each = {name: float(np.median(costs)) for name, costs in spent.items()}
    dearest = max(each, key=each.__getitem__)
    micro = 1e6 / len(messages)
    return Taken(
        value=ratio([one.cpu for one in left], [one.cpu for one in right]),
        parts={
            "us a text and perturbation": micro * sum(each.values()) / len(ones),
            f"us a text of {dearest}": micro * each[dearest],
            "us a text and pass": micro * float(np.median([one.cpu for one in right])) / len(ones),
        },
    )


def _cost(work: Callable[[], object]) -> Cost:
    start, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - start, time.perf_counter() - wall)


def _read(session: Any, texts: list[str]) -> object:
    block = np.array(texts, dtype=object).reshape(-1, 1)  # fewer than the engine's own blocks hold
    return session.run(None, {"text": block})


def _messages() -> tuple[list[str], list[str]]:
    """Texts, and what each is."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("MODELGATE_SHARED", beside)) / "text" / "sms_spam.tsv"
    if path.exists():
        lines = path.read_text("utf-8").splitlines()[:MESSAGES]
        pairs = [line.split("\t", maxsplit=1) for line in lines]
        return [text for _, text in pairs], [label for label, _ in pairs]
    return _made_up()


def _made_up() -> tuple[list[str], list[str]]:
    """Some English words among many that are none, as frequent as words are."""
    from modelgate.perturb.material.words import words

    rng = np.random.default_rng(material.SEED)
    letters = np.array(list("etaoinshrdlucmfwypvbgk"))
    invented = ["".join(rng.choice(letters, rng.integers(3, 10))) for _ in range(9_000)]
    known = np.array([*words("contractions")["both"], *words("gender")["pairs"], *invented])
    ranks = 1 / np.arange(1, len(known) + 1)
    drawn = [rng.choice(known, rng.integers(4, 30), p=ranks / ranks.sum()) for _ in range(MESSAGES)]
    texts = [f"{' '.join(some)} {rng.integers(100)}." for some in drawn]
    return texts, ["spam" if len(text) % 3 else "ham" for text in texts]


def _model(texts: list[str], labels: list[str]) -> bytes:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import StringTensorType
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(lowercase=False, token_pattern=r"[a-zA-Z0-9]+")  # noqa: S106 (no secret)
    pipeline = make_pipeline(words, LogisticRegression(max_iter=200)).fit(texts, labels)
    options = {"zipmap": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter, about its own inner workings
        graph = to_onnx(
            pipeline,
            initial_types=[("text", StringTensorType([None, 1]))],
            options={id(pipeline): options},
        )
    return bytes(graph.SerializeToString())
