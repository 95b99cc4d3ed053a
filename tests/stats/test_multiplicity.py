"""P-values of many questions at once: published values, error rates, and what always holds."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.multiplicity import benjamini_hochberg, holm

INFARCTION = np.array(
    [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]
)
"""The 15 p-values of Benjamini and Hochberg (1995), section 4.1."""

p_values = st.lists(st.floats(0, 1), max_size=30).map(np.array)


def test_of_benjamini_and_hochbergs_fifteen_four_and_three_are_found() -> None:
    assert int((benjamini_hochberg(INFARCTION) <= 0.05).sum()) == 4
    assert int((holm(INFARCTION) <= 0.05).sum()) == 3
    assert int((INFARCTION * 15 <= 0.05).sum()) == 3


def test_holm_multiplies_by_the_questions_that_are_left() -> None:
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))  # by hand: 3, 1, 2, 4 times, then never less
    assert found == pytest.approx([0.03, 0.06, 0.06, 0.02], abs=1e-15)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([0.0], [0.0], id="one-alone-is-itself"),
        pytest.param([0.6, 0.7], [1.0, 1.0], id="never-above-1"),
        pytest.param([], [], id="none"),
    ],
)
def test_holm_at_its_edges(given: list[float], expected: list[float]) -> None:
    assert holm(np.array(given)).tolist() == expected


def test_benjamini_hochberg_gives_scipys_documented_values(shared_data: Path) -> None:
    cases = json.loads((shared_data / "goldens" / "library_doc_examples.json").read_text())
    cases = [one for one in cases if one["function"] == "scipy.stats.false_discovery_control"]
    assert len(cases) == 2
    for case in cases:
        found = benjamini_hochberg(np.array(case["args"][0]))
        assert found == pytest.approx(case["expected"], abs=case["tolerance"])


@given(values=p_values)
def test_adjusted_values_keep_their_order_and_only_grow(values: np.ndarray) -> None:
    for adjusted in (holm(values), benjamini_hochberg(values)):
        assert (adjusted >= values).all()
        assert (adjusted <= 1).all()
        order = np.argsort(values, kind="stable")
        assert (np.diff(adjusted[order]) >= 0).all()
    assert (benjamini_hochberg(values) <= holm(values) + 1e-15).all()


@given(values=p_values, level=st.floats(0.001, 0.999))
def test_holm_rejects_step_by_step(values: np.ndarray, level: float) -> None:
    rejected = np.zeros(len(values), dtype=bool)
    for left, place in zip(
        range(len(values), 0, -1), np.argsort(values, kind="stable"), strict=True
    ):
        if values[place] * left > level:
            break
        rejected[place] = True
    assert ((holm(values) <= level) == rejected).all()


def test_no_true_question_is_found_more_often_than_the_level() -> None:
    random = np.random.default_rng(7)
    wrong = np.zeros(2)
    for _ in range(4_000):
        values = random.random(40)  # the first 30 are true; the others are far off
        values[30:] *= 1e-4
        wrong += holm(values)[:30].min() <= 0.05, 0
        found = benjamini_hochberg(values) <= 0.10
        wrong += 0, found[:30].sum() / max(found.sum(), 1)
    # 0.05 and 0.10 * 30 / 40 are meant; three standard errors on top.
    assert wrong[0] / 4_000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4_000)
    assert wrong[1] / 4_000 == pytest.approx(0.075, abs=0.01)


@pytest.mark.parametrize("bad", [math.nan, -0.01, 1.01])
def test_what_is_no_p_value_is_refused(bad: float) -> None:
    for adjust in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match=r"lies in \[0, 1\]"):
            adjust(np.array([0.5, bad]))
