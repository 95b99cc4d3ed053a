"""Which output is the answer, what its numbers are, and which label is which class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.binding.labels import Coder, LabelSample
from modelgate.binding.outputs import bind_outputs
from modelgate.errors import ModelError
from modelgate.model import Signature
from modelgate.suite import ModelPart

NOTHING = Signature((), ())
SUMS = np.array([[0.2, 0.8], [0.9, 0.1]], dtype=np.float32)
LOGITS = np.array([[-3.0, 5.0], [2.0, 1.0]], dtype=np.float32)
SIGMOIDS = np.array([[0.9, 0.8], [0.1, 0.1]], dtype=np.float32)
THREE = np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05]], dtype=np.float32)
ONE = np.array([0.2, 0.9], dtype=np.float32)
WIDE = np.array([12.0, -3.5], dtype=np.float32)


def labels(*values: Any) -> LabelSample:
    kinds = {str: "text", bool: "boolean", int: "integer", float: "fraction"}
    return LabelSample("y", tuple(sorted(values)), kinds[type(values[0])])


YES_NO, BITS, ANIMALS = labels("no", "yes"), labels(0, 1), labels("cat", "dog")
QUANTITY = labels(0.5, 1.25, 2.75)


@pytest.mark.parametrize(
    ("seen", "sample", "told", "expected"),
    [
        pytest.param(
            {"p": SUMS}, BITS, {}, {"scores": "p", "scores_are": "probabilities"}, id="sum-to-one"
        ),
        pytest.param(
            {"p": np.array([[-1.2e-7, 1 + 1.2e-7], [0.25, 0.75]])},
            BITS,
            {},
            {"scores": "p", "scores_are": "probabilities"},
            id="rounded-past-zero-and-one",
        ),
        pytest.param({"p": LOGITS}, BITS, {}, {"scores": "p", "scores_are": "logits"}, id="logits"),
        pytest.param(
            {"p": SUMS[:, :, None, None]}, BITS, {}, {"scores": "p"}, id="axes-of-one-are-dropped"
        ),
        pytest.param(
            {"p": ONE[:, None]}, BITS, {}, {"scores_are": "positive", "positive": 1}, id="one-score"
        ),
        pytest.param(
            {"p": WIDE},
            YES_NO,
            {"scores_are": "logits"},
            {"scores_are": "logits", "classes": ("no", "yes")},
            id="one-logit-as-told",
        ),
        pytest.param(
            {"label": np.array([0, 1]), "p": SUMS},
            BITS,
            {},
            {"labels": "label", "scores": "p", "positive": 1},
            id="labels-and-scores",
        ),
        pytest.param(
            {"label": np.array(["cat", "dog"], dtype=object)},
            ANIMALS,
            {},
            {"labels": "label", "scores": None, "classes": ("cat", "dog")},
            id="labels-alone",
        ),
        pytest.param({"p": SUMS}, YES_NO, {}, {"classes": ("no", "yes")}, id="a-usual-pair"),
        pytest.param({"p": SUMS}, labels(False, True), {}, {"classes": (0, 1)}, id="truth-values"),
        pytest.param({"p": SUMS}, labels("0", "1"), {}, {"classes": (0, 1)}, id="digits-as-text"),
        pytest.param(
            {"p": SUMS},
            ANIMALS,
            {"classes": ("dog", "cat"), "positive": "dog"},
            {"classes": ("dog", "cat"), "positive": 0},
            id="classes-as-told",
        ),
        pytest.param(
            {"p": SUMS, "label": np.array(["dog", "cat"], dtype=object)},
            ANIMALS,
            {},
            {"classes": ("cat", "dog")},
            id="labels-and-best-scores-agree-on-the-order",
        ),
        pytest.param(
            {"p": SUMS, "label": np.array([1, 0])},
            BITS,
            {"threshold": 0.3},
            {"labels": None, "threshold": 0.3},
            id="a-threshold-decides-in-place-of-the-label",
        ),
        pytest.param(
            {"v": WIDE}, QUANTITY, {}, {"task": "regression", "values": "v"}, id="regression"
        ),
        pytest.param(
            {"v": WIDE[:, None]},
            QUANTITY,
            {},
            {"task": "regression"},
            id="regression-of-a-column",
        ),
        pytest.param(
            {"a": SUMS, "b": LOGITS}, BITS, {"scores": "b"}, {"scores": "b"}, id="output-as-told"
        ),
        pytest.param(
            {"hidden": LOGITS, "probabilities": SUMS},
            BITS,
            {},
            {"scores": "probabilities"},
            id="the-one-that-is-called-so",
        ),
    ],
)
def test_the_answer_is_found(
    seen: dict[str, Any], sample: LabelSample, told: dict[str, Any], expected: dict[str, Any]
) -> None:
    reading, notes = bind_outputs(NOTHING, seen, sample, told=ModelPart(**told))
    assert {name: getattr(reading, name) for name in expected} == expected
    assert notes


@pytest.mark.parametrize(
    ("seen", "sample", "told", "code"),
    [
        pytest.param({"p": SIGMOIDS}, BITS, {}, "MG3120", id="several-labels-at-once"),
        pytest.param({"p": WIDE}, YES_NO, {}, "MG3119", id="one-score-that-is-no-probability"),
        pytest.param({"p": WIDE}, BITS, {}, "MG3113", id="a-score-or-a-quantity"),
        pytest.param({"p": SUMS}, ANIMALS, {}, "MG3132", id="which-is-which"),
        pytest.param({"p": SUMS}, labels(1, 2), {}, "MG3132", id="off-by-one"),
        pytest.param({"p": THREE}, YES_NO, {}, "MG3132", id="three-scores-two-words"),
        pytest.param({"p": ONE}, ANIMALS, {}, "MG3123", id="one-score-of-which-class"),
        pytest.param({"p": SUMS}, QUANTITY, {}, "MG3112", id="classes-against-fractions"),
        pytest.param({"boxes": np.zeros((2, 9, 4))}, BITS, {}, "MG3111", id="boxes"),
        pytest.param({"a": SUMS, "b": SUMS}, BITS, {}, "MG3118", id="two-matrices"),
        pytest.param({"p": SUMS}, BITS, {"scores": "q"}, "MG3110", id="told-of-no-output"),
        pytest.param(
            {"p": SUMS}, ANIMALS, {"classes": ("cat", "dog", "cow")}, "MG3121", id="told-too-many"
        ),
        pytest.param(
            {"p": SUMS}, ANIMALS, {"classes": ("cat", "cow")}, "MG3132", id="told-the-wrong-ones"
        ),
        pytest.param(
            {"p": SUMS}, BITS, {"classes": (1, "1")}, "MG3133", id="told-the-same-one-twice"
        ),
        pytest.param(
            {"p": SUMS}, BITS, {"positive": "cat"}, "MG3124", id="a-positive-that-is-no-class"
        ),
        pytest.param(
            {"label": np.array([0, 1])}, BITS, {"scores": "label"}, "MG3117", id="labels-as-scores"
        ),
    ],
)
def test_what_is_unclear_is_an_error(
    seen: dict[str, Any], sample: LabelSample, told: dict[str, Any], code: str
) -> None:
    with pytest.raises(ModelError) as caught:
        bind_outputs(NOTHING, seen, sample, told=ModelPart(**told))
    assert (caught.value.code, caught.value.exit_code) == (code, 3)


def test_the_models_own_classes_come_first() -> None:
    own = Signature((), (), classes=("dog", "cat"))
    reading, _ = bind_outputs(own, {"p": SUMS}, ANIMALS)
    assert reading.classes == ("dog", "cat")
    with pytest.raises(ModelError, match="MG3122"):
        bind_outputs(own, {"p": THREE}, ANIMALS)


SPELLINGS = st.sampled_from([int, float, str, lambda value: f" {value} "])


@given(st.lists(st.tuples(st.integers(0, 4), SPELLINGS), min_size=1, max_size=30))
def test_a_label_is_its_class_however_it_is_spelt(labels_and_spellings: list[Any]) -> None:
    coder = Coder((0, 1, 2, 3))
    spelt = np.array([spell(label) for label, spell in labels_and_spellings], dtype=object)
    wanted = [label if label < 4 else -1 for label, _ in labels_and_spellings]
    assert coder.of_answers(spelt).tolist() == wanted
