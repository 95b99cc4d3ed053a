"""Labels and classes: what means the same is the same, what does not never is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.binding.labels import Coder, LabelSample, key, match, sample_labels, usual_pair
from modelgate.errors import DataError, ModelError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(True, 1, id="a-truth-value-and-one"),
        pytest.param("1", 1, id="a-digit"),
        pytest.param("1.0", 1, id="a-fraction-that-is-whole"),
        pytest.param(" 2 ", 2.0, id="spaces"),
        pytest.param(np.int8(3), np.float32(3), id="numpy"),
        pytest.param(Decimal("4.00"), 4, id="a-decimal"),
        pytest.param("cat ", "cat", id="a-space-after-a-word"),
        pytest.param(2**60 + 1, str(2**60 + 1), id="a-long-number"),
        pytest.param(np.str_("cat"), "cat", id="numpy-text"),
        pytest.param(b"cat", "cat", id="bytes"),
        pytest.param("2.5", 2.5, id="a-fraction-as-text"),
        pytest.param(Decimal("2.5"), "2.50", id="a-decimal-as-text"),
    ],
)
def test_labels_that_mean_the_same(one: Any, other: Any) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Cat", "cat", id="case"),
        pytest.param(1, 1.5, id="a-fraction"),
        pytest.param("nan", 0, id="the-word-nan"),
        pytest.param("inf", 0, id="the-word-inf"),
        pytest.param("1e0x", 1, id="no-number"),
        pytest.param("", 0, id="nothing"),
        pytest.param(2**60, 2**60 + 1, id="long-numbers"),
        pytest.param(str(2**60), str(2**60 + 1), id="long-numbers-as-text"),
        pytest.param("1_0", 10, id="an-underscore"),
        pytest.param("1e999999999", 1, id="a-number-without-end"),
        pytest.param("9" * 5000, 1, id="a-number-too-long-to-read"),
        pytest.param(date(2024, 1, 1), 2024, id="a-date"),
        pytest.param([1], 1, id="a-list"),
        pytest.param("\N{SUPERSCRIPT TWO}", 2, id="a-power"),
    ],
)
def test_labels_that_do_not(one: Any, other: Any) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("array", "values", "kind"),
    [
        pytest.param(pa.array(["b", "a", None, "b"]), ("a", "b"), "text", id="text"),
        pytest.param(pa.array(["b", "a"]).dictionary_encode(), ("a", "b"), "text", id="coded-text"),
        pytest.param(pa.array([True, False]), (False, True), "boolean", id="truth-values"),
        pytest.param(pa.array([2, 1, 2]), (1, 2), "integer", id="whole"),
        pytest.param(pa.array([2.0, 1.0, np.nan]), (1.0, 2.0), "integer", id="whole-as-fractions"),
        pytest.param(pa.array([0.5, 1.0]), (0.5, 1.0), "fraction", id="fractions"),
    ],
)
def test_what_the_target_looks_like(array: pa.Array, values: tuple[Any, ...], kind: str) -> None:
    assert sample_labels("y", array) == LabelSample("y", values, kind)


@pytest.mark.parametrize(
    ("array", "code"),
    [
        pytest.param(pa.array([None, None], pa.string()), "MG3130", id="all-missing"),
        pytest.param(pa.array([np.nan, np.nan]), "MG3130", id="all-nan"),
        pytest.param(pa.array([0], pa.timestamp("s")), "MG3131", id="a-time"),
        pytest.param(pa.array([[1]]), "MG3131", id="a-list"),
    ],
)
def test_what_cannot_be_a_target(array: pa.Array, code: str) -> None:
    with pytest.raises(DataError) as caught:
        sample_labels("y", array)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert "'y'" in caught.value.message


@pytest.mark.parametrize(
    ("values", "pair"),
    [
        pytest.param(("no", "yes"), ("no", "yes"), id="no-yes"),
        pytest.param(("Y", "n"), ("n", "Y"), id="whatever-the-case"),
        pytest.param((False, True), (False, True), id="truth-values"),
        pytest.param((0, 1), (0, 1), id="bits"),
        pytest.param(("neg", "pos"), ("neg", "pos"), id="neg-pos"),
        pytest.param(("neg", "positive"), None, id="of-two-pairs"),
        pytest.param(("bad", "good"), None, id="no-pair"),
        pytest.param((1, 2), None, id="one-and-two"),
        pytest.param(("no", "yes", "maybe"), None, id="three"),
        pytest.param(("yes",), None, id="one"),
    ],
)
def test_pairs_that_nobody_doubts(values: tuple[Any, ...], pair: Any) -> None:
    assert usual_pair(values) == pair


def told(*values: Any) -> LabelSample:
    return LabelSample("y", values, "text")


@pytest.mark.parametrize(
    ("sample", "classes", "named", "expected"),
    [
        pytest.param(told("cat", "dog"), ("dog", "cat"), False, ("dog", "cat"), id="the-models"),
        pytest.param(told("cat"), ("dog", "cat"), False, ("dog", "cat"), id="not-all-in-the-data"),
        pytest.param(told("1", "0"), (0, 1), False, (0, 1), id="digits"),
        pytest.param(told("no", "yes"), (0, 1), False, ("no", "yes"), id="a-pair-for-bits"),
        pytest.param(told("no", "yes"), ("yes", "no"), True, ("yes", "no"), id="as-the-suite-says"),
    ],
)
def test_classes_in_the_words_of_the_data(
    sample: LabelSample, classes: tuple[Any, ...], named: bool, expected: tuple[Any, ...]
) -> None:
    assert match(sample, classes, named=named)[0] == expected


@pytest.mark.parametrize(
    ("sample", "classes", "named", "code", "hint"),
    [
        pytest.param(told(1, 2, 3), (0, 1, 2), False, "MG3132", "[1, 2, 3]", id="off-by-one"),
        pytest.param(told("cat", "dog"), (0, 1), False, "MG3132", "['cat', 'dog']", id="words"),
        pytest.param(told("no", "yes"), (1, 2), False, "MG3132", "['no', 'yes']", id="no-bits"),
        pytest.param(told("cat", "cow"), ("cat", "dog"), True, "MG3132", None, id="a-stranger"),
        pytest.param(told("cat"), ("cat", "cat "), True, "MG3133", None, id="the-same-twice"),
    ],
)
def test_what_is_unclear_is_an_error(
    sample: LabelSample, classes: tuple[Any, ...], named: bool, code: str, hint: str | None
) -> None:
    with pytest.raises(ModelError) as caught:
        match(sample, classes, named=named)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert hint is None or hint in str(caught.value.hint)


def test_a_pair_says_which_is_which() -> None:
    assert match(told("no", "yes"), (0, 1), named=False)[1] == (
        "labels: 'no' is class 0, 'yes' is 1"
    )


TYPES = st.sampled_from(
    [pa.int8(), pa.int64(), pa.uint16(), pa.float32(), pa.float64(), pa.string(), pa.large_string()]
)
CLASSES = st.sampled_from([(0, 1, 2, 3), ("0", "1", "2", "3"), (0.0, 1.0, 2.0, 3.0)])
CELLS = st.lists(st.none() | st.integers(0, 5), max_size=30)


@given(cells=CELLS, kind=TYPES, classes=CLASSES, dictionary=st.booleans(), start=st.integers(0, 5))
def test_a_cell_is_its_class_whatever_its_type(
    cells: list[int | None], kind: pa.DataType, classes: Any, dictionary: bool, start: int
) -> None:
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    spelt = [None if cell is None else str(cell) if text else cell for cell in cells]
    array = pa.array(spelt, type=kind)
    array = (array.dictionary_encode() if dictionary else array).slice(start)
    codes, absent = Coder(classes).of_column(array)
    assert codes.tolist() == [-1 if one is None or one > 3 else one for one in cells[start:]]
    assert absent.tolist() == [one is None for one in cells[start:]]


@pytest.mark.parametrize("classes", [(0, 1), ("0", "1"), (False, True), (0.0, 1.0)])
@pytest.mark.parametrize(
    "column",
    [[False, True, None], [0, 1, None], ["0", "1", None], [0.0, 1.0, float("nan")]],
    ids=["boolean", "integer", "text", "fraction-and-nan"],
)
def test_bits_are_bits_however_they_are_written(classes: Any, column: list[Any]) -> None:
    codes, absent = Coder(classes).of_column(pa.array(column))
    assert codes.tolist() == [0, 1, -1]
    assert absent.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(np.array(["cat", "dog", "cow"]), id="text"),
        pytest.param(np.array(["cat", "dog", None], dtype=object), id="objects-and-none"),
        pytest.param(np.array([b"cat", b"dog", b"cow"]), id="bytes"),
        pytest.param(np.array([["cat"], ["dog"], ["cow"]]), id="a-column"),
    ],
)
def test_answers_of_text(answers: Any) -> None:
    assert Coder(("cat", "dog")).of_answers(answers).tolist() == [0, 1, -1]


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.float32, np.float64])
def test_answers_of_numbers(kind: Any) -> None:
    assert Coder((0, 1)).of_answers(np.array([1, 0, 7, 1], dtype=kind)).tolist() == [1, 0, -1, 1]


def test_answers_that_are_no_number_are_no_class() -> None:
    answers = np.array([0.0, np.nan, np.inf, -np.inf, 0.5])
    assert Coder((0, 1)).of_answers(answers).tolist() == [0, -1, -1, -1, -1]
