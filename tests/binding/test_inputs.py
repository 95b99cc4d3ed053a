"""Which columns feed which input: inferred where only one way can be meant, else an error."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from modelgate.binding.inputs import bind_inputs, find_target
from modelgate.errors import ModelError, Where
from modelgate.model import Signature, Tensor

NUMBER, TEXT = pa.float64(), pa.string()


def signature(*inputs: Tensor) -> Signature:
    return Signature(inputs, (), batched=tuple(one.name for one in inputs))


def schema(*names: str, **others: pa.DataType) -> pa.Schema:
    return pa.schema([(name, NUMBER) for name in names] + list(others.items()))


MATRIX = signature(Tensor("X", "float32", ("N", 3)))
OPEN = signature(Tensor("X", "float32", ("N", None)))
COLUMNS = signature(Tensor("age", "float32", ("N", 1)), Tensor("Home Town", "string", ("N", 1)))
FLAT = signature(Tensor("age", "float32", ("N",)))
IMAGE = signature(Tensor("image", "float32", ("N", 1, 28, 28)))


@pytest.mark.parametrize(
    ("model", "columns", "apart", "feeds"),
    [
        pytest.param(MATRIX, schema("a", "b", "c"), (), {"X": ("a", "b", "c")}, id="one-matrix"),
        pytest.param(
            MATRIX, schema("a", "y", "b", "c"), ("y",), {"X": ("a", "b", "c")}, id="target-apart"
        ),
        pytest.param(
            MATRIX, schema("a", "x", "b"), (), {"X": ("a", "x", "b")}, id="a-column-called-alike"
        ),
        pytest.param(
            MATRIX, schema("X", "a", "b"), (), {"X": ("X", "a", "b")}, id="a-column-of-the-name"
        ),
        pytest.param(OPEN, schema("a", "b"), (), {"X": ("a", "b")}, id="open-width"),
        pytest.param(
            COLUMNS,
            schema("y", "age", home_town=TEXT),
            ("y",),
            {"age": ("age",), "Home Town": ("home_town",)},
            id="by-name-whatever-its-punctuation",
        ),
        pytest.param(
            signature(Tensor("f0", "float32", ("N", 1)), Tensor("f1", "float32", ("N", 1))),
            schema("a", "b"),
            (),
            {"f0": ("a",), "f1": ("b",)},
            id="by-order-where-no-name-matches",
        ),
        pytest.param(FLAT, schema("age", "y"), ("y",), {"age": ("age",)}, id="a-flat-input"),
        pytest.param(
            IMAGE,
            pa.schema([("x", pa.list_(pa.list_(pa.uint8(), 28), 28)), ("y", pa.int64())]),
            ("y",),
            {"image": ("x",)},
            id="an-image-a-cell",
        ),
    ],
)
def test_columns_are_found(
    model: Signature, columns: pa.Schema, apart: tuple[str, ...], feeds: dict[str, Any]
) -> None:
    found, notes = bind_inputs(model, columns, apart=apart)
    assert {feed.tensor: feed.columns for feed in found} == feeds
    assert len(notes) == 1


def test_an_image_takes_the_shape_of_the_input() -> None:
    columns = pa.schema([("x", pa.list_(pa.list_(pa.uint8(), 28), 28))])
    (feed,), _ = bind_inputs(IMAGE, columns)
    assert feed.row_shape == (1, 28, 28)


@pytest.mark.parametrize(
    ("model", "columns", "named", "code"),
    [
        pytest.param(MATRIX, schema("a", "b"), None, "MG3104", id="too-few-columns"),
        pytest.param(MATRIX, schema("a", "b", "c", "d"), None, "MG3104", id="too-many-columns"),
        pytest.param(MATRIX, schema(), None, "MG3104", id="no-columns"),
        pytest.param(COLUMNS, schema("age", "b"), None, "MG3105", id="one-name-missing"),
        pytest.param(COLUMNS, schema("a", "b", "c"), None, "MG3104", id="no-name-no-count"),
        pytest.param(MATRIX, schema("a", "b", c=TEXT), None, "MG3106", id="text-for-numbers"),
        pytest.param(
            COLUMNS, pa.schema([("age", TEXT), ("home town", TEXT)]), None, "MG3106", id="text-age"
        ),
        pytest.param(MATRIX, schema("a"), {"Y": ("a",)}, "MG3101", id="told-of-no-such-input"),
        pytest.param(COLUMNS, schema("a"), {"age": ("a",)}, "MG3102", id="not-told-of-all"),
        pytest.param(MATRIX, schema("a"), {"X": ("a", "b", "c")}, "MG3103", id="told-of-no-column"),
        pytest.param(MATRIX, schema("a", "b"), {"X": ("a", "b")}, "MG3104", id="told-too-few"),
        pytest.param(
            IMAGE,
            pa.schema([("x", pa.list_(pa.uint8(), 100))]),
            None,
            "MG3104",
            id="an-image-of-another-size",
        ),
    ],
)
def test_what_is_unclear_is_an_error(
    model: Signature, columns: pa.Schema, named: Any, code: str
) -> None:
    with pytest.raises(ModelError) as caught:
        bind_inputs(model, columns, named=named)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)


@pytest.mark.parametrize(
    ("named", "code"),
    [
        pytest.param({"Y": ("a",)}, "MG3101", id="no-such-input"),
        pytest.param({"age": ("a",)}, "MG3102", id="not-all-inputs"),
        pytest.param({"age": ("a",), "Home Town": ("b",)}, "MG3103", id="no-such-column"),
    ],
)
def test_a_mistake_of_the_suite_names_its_place(named: Any, code: str) -> None:
    here = Where("suites/churn.yaml", 3, 5)
    with pytest.raises(ModelError) as caught:
        bind_inputs(COLUMNS, schema("a"), named=named, where=here)
    assert (caught.value.code, caught.value.where) == (code, here)
    assert str(caught.value).startswith("suites/churn.yaml:3:5: MG31")


def test_what_is_told_wins_over_names() -> None:
    (feed,), _ = bind_inputs(FLAT, schema("age", "years"), named={"age": ("years",)})
    assert feed.columns == ("years",)


@pytest.mark.parametrize(
    ("model", "columns", "expected"),
    [
        pytest.param(MATRIX, schema("a", "b", "c", "target"), "target", id="a-usual-name"),
        pytest.param(MATRIX, schema("a", "b", "c", "Label"), "Label", id="whatever-its-case"),
        pytest.param(FLAT, schema("age", "churned"), "churned", id="the-only-one-left-over"),
        pytest.param(FLAT, schema("age", "churned", "id"), None, id="two-left-over"),
        pytest.param(MATRIX, schema("a", "b", "c", "churned"), None, id="a-matrix-leaves-any"),
        pytest.param(MATRIX, schema("target", "label"), None, id="two-usual-names"),
    ],
)
def test_the_target_is_found_where_only_one_can_be_meant(
    model: Signature, columns: pa.Schema, expected: str | None
) -> None:
    assert find_target(columns, model, {}) == expected
