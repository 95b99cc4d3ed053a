"""Made-up inputs: of the right types, of consistent sizes, the same for one seed."""

from __future__ import annotations

import numpy as np
import pytest

from modelgate.model import Shape, Signature, Tensor
from modelgate.stand_in import stand_in


def one(type_: str, shape: Shape | None, *, batched: bool = True) -> Signature:
    return Signature((Tensor("x", type_, shape),), (), batched=("x",) if batched else ())


@pytest.mark.parametrize(
    ("shape", "batched", "expected"),
    [
        pytest.param(("n", 4), True, (3, 4), id="rows-of-four"),
        pytest.param((1, 28, 28), True, (3, 28, 28), id="fixed-batch"),
        pytest.param(("n", "tokens", "tokens"), True, (3, 2, 2), id="one-symbol-one-size"),
        pytest.param((None, None), True, (3, 64), id="unnamed-columns"),
        pytest.param(None, True, (3, 64), id="no-shape"),
        pytest.param((4, 2), False, (3, 4, 2), id="one-row-is-one-call"),
        pytest.param((), False, (3,), id="a-number-a-call"),
        pytest.param(("n",), False, (3, 3), id="a-free-length-a-call"),
    ],
)
def test_made_up_rows_have_the_declared_shape(
    shape: Shape | None, batched: bool, expected: tuple[int, ...]
) -> None:
    assert stand_in(one("float32", shape, batched=batched), 3)["x"].shape == expected


@pytest.mark.parametrize(
    "type_", ["float16", "float32", "float64", "int8", "int64", "uint16", "bool"]
)
def test_made_up_rows_have_the_declared_type(type_: str) -> None:
    assert stand_in(one(type_, ("n", 2)), 3)["x"].dtype == np.dtype(type_)


def test_text_is_objects() -> None:
    found = stand_in(one("string", ("n", 2)), 3)["x"]
    assert found.dtype == object
    assert all(isinstance(word, str) for word in found.reshape(-1))


def test_a_constant_is_given_whole_and_its_integers_are_ones() -> None:
    signature = Signature(
        (Tensor("x", "float32", ("n", 2)), Tensor("axes", "int64", (3,))), (), batched=("x",)
    )
    np.testing.assert_array_equal(stand_in(signature, 5)["axes"], [1, 1, 1])


def test_integers_of_rows_are_in_every_vocabulary() -> None:
    found = stand_in(one("int64", ("n", 50)), 10)["x"]
    assert set(found.reshape(-1).tolist()) == {0, 1}


def test_one_seed_one_answer() -> None:
    first, again, other = (stand_in(one("float32", ("n", 2)), 3, seed)["x"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
