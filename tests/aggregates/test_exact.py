"""Sums are exact: the same for every order and split, and rounded once."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.aggregates.exact import ExactSums

floats = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=60)


@given(terms=floats)
def test_the_sum_is_exact(terms: list[float]) -> None:
    sums = ExactSums()
    sums.add(np.array(terms))
    assert sums.exact() == sum(map(Fraction, terms))


@given(terms=st.lists(st.floats(-1e300, 1e300), max_size=60))
def test_the_sum_is_rounded_once(terms: list[float]) -> None:
    sums = ExactSums()
    sums.add(np.array(terms))
    assert sums.value == math.fsum(terms)


@given(terms=floats, data=st.data())
def test_order_and_split_do_not_matter(terms: list[float], data: st.DataObject) -> None:
    groups = data.draw(st.sampled_from([1, 3, 9, 400]))
    group = np.array([hash(term) % groups for term in terms], dtype=np.int64)
    whole = ExactSums(groups)
    whole.add(np.array(terms), group)

    order = np.array(data.draw(st.permutations(range(len(terms)))), dtype=np.int64)
    cut = data.draw(st.integers(0, len(terms)))
    left, right = ExactSums(groups), ExactSums(groups)
    for part, places in ((left, order[:cut]), (right, order[cut:])):
        part.add(np.array(terms)[places], group[places])
    left.merge(right)

    assert left.values.tobytes() == whole.values.tobytes()
    assert {level: digits.tobytes() for level, digits in left._digits.items() if digits.any()} == {
        level: digits.tobytes() for level, digits in whole._digits.items() if digits.any()
    }


def test_each_group_has_its_own_sum() -> None:
    rng = np.random.default_rng(0)
    terms, group = (
        rng.normal(size=50_000) * 10.0 ** rng.integers(-9, 9, 50_000),
        rng.integers(0, 12, 50_000),
    )
    for groups in (12, 1_000_000):
        sums = ExactSums(groups)
        sums.add(terms, group)
        expected = [math.fsum(terms[group == k]) for k in range(12)]
        assert sums.values[:12].tolist() == expected
        assert not sums.values[12:].any()


def test_the_total_is_that_of_all_groups() -> None:
    sums = ExactSums(3)
    sums.add(np.array([0.1, 0.2, 0.3]), np.array([0, 1, 2]))
    assert sums.total == Fraction(0.1) + Fraction(0.2) + Fraction(0.3)


@pytest.mark.parametrize("term", [np.inf, -np.inf, np.nan])
def test_what_is_no_number_is_counted_and_never_becomes_one(term: float) -> None:
    sums = ExactSums(2)
    sums.add(np.array([1.0, term]), np.array([0, 1]))
    assert sums.values.tolist() == [1.0, np.inf]
    with pytest.raises(OverflowError):
        sums.exact(1)


def test_a_sum_past_the_largest_float_is_infinite() -> None:
    sums = ExactSums()
    sums.add(np.array([1.7e308, 1.7e308]))
    assert sums.value == np.inf


def test_float32_terms_are_taken_as_they_are() -> None:
    sums = ExactSums()
    sums.add(np.full(10, 0.1, dtype=np.float32))
    assert sums.exact() == 10 * Fraction(float(np.float32(0.1)))
