"""The order of the classes, in the model's words and in the data's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from modelgate.binding.classes import disagreement, own_words, positive_of
from modelgate.binding.labels import LabelSample
from modelgate.binding.outputs import bind_outputs
from modelgate.binding.seen import Seen
from modelgate.errors import ModelError, Where
from modelgate.model import Signature
from modelgate.suite import ModelPart

SCORES = np.array([[0.2, 0.8], [0.9, 0.1], [0.6, 0.4]], dtype=np.float32)
HERE = Where("suites/churn.yaml", 3, 5)


def seen(*labels: Any) -> Seen:
    return Seen({"p": SCORES}, {}, {"label": np.array(labels, dtype=object)})


@pytest.mark.parametrize(
    ("own", "classes", "answered", "expected"),
    [
        pytest.param(("a", "b"), ("no", "yes"), ["b", "a", "a"], ("a", "b"), id="the-files-names"),
        pytest.param((), ("no", "yes"), ["yes", "no", "no"], ("no", "yes"), id="the-datas-words"),
        pytest.param((), ("no", "yes"), [1, 0, 0], (0, 1), id="positions"),
        pytest.param((), ("no", "yes"), ["1", "0", "0"], (0, 1), id="positions-as-text"),
        pytest.param((), (1, 0), [1, 0, 0], (1, 0), id="the-datas-words-before-positions"),
        pytest.param((), ("no", "yes"), ["yes", None, "no"], ("no", "yes"), id="one-missing"),
        pytest.param((), ("no", "yes"), ["si", "no", "no"], ("no", "yes"), id="a-stranger"),
        pytest.param(("a",), ("no", "yes"), ["no", "no", "no"], ("no", "yes"), id="too-few-names"),
    ],
)
def test_the_words_of_the_label_output(
    own: Any, classes: Any, answered: list[Any], expected: Any
) -> None:
    signature = Signature((), (), classes=own)
    assert own_words(signature, seen(*answered), classes, "label") == expected


@pytest.mark.parametrize(
    ("answered", "apart"),
    [
        pytest.param([1, 0, 0], None, id="always-the-best-score"),
        pytest.param([1, 1, 0], "in 1 of the first 3 rows", id="not-in-one-row"),
        pytest.param([0, 1, 1], "in 3 of the first 3 rows", id="in-none"),
    ],
)
def test_a_label_against_the_best_score(answered: list[int], apart: str | None) -> None:
    said = disagreement(seen(*answered), (0, 1), "p", "label")
    assert said is None if apart is None else str(said).endswith(apart)


@pytest.mark.parametrize(
    ("classes", "positive", "expected"),
    [
        pytest.param(("no", "yes"), None, 1, id="the-second-of-two"),
        pytest.param(("yes", "no"), "yes", 0, id="as-told"),
        pytest.param((0, 1), "0", 0, id="however-it-is-spelt"),
        pytest.param(("a", "b", "c"), None, None, id="none-of-three"),
    ],
)
def test_the_positive_class(classes: Any, positive: Any, expected: int | None) -> None:
    assert positive_of(classes, ModelPart(positive=positive)) == expected


@pytest.mark.parametrize(
    ("told", "classes", "code"),
    [
        pytest.param({"positive": "maybe"}, ("no", "yes"), "MG3124", id="no-such-positive"),
        pytest.param({"threshold": 0.4}, ("a", "b", "c"), "MG3125", id="a-threshold-of-three"),
        pytest.param({"classes": ("no", "yes", "x")}, ("no", "yes"), "MG3121", id="one-too-many"),
    ],
)
def test_a_mistake_of_the_suite_names_its_place(
    told: dict[str, Any], classes: tuple[str, ...], code: str
) -> None:
    scores = np.full((2, len(classes)), 1 / len(classes), dtype=np.float32)
    part = ModelPart(**{"classes": classes, "where": HERE, **told})
    sample = LabelSample("y", classes, "text")
    with pytest.raises(ModelError) as caught:
        bind_outputs(Signature((), ()), {"p": scores}, sample, told=part)
    assert (caught.value.code, caught.value.where, caught.value.exit_code) == (code, HERE, 3)
