from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.drift.columns import compared
from modelgate.drift.family import SHOWN, family_of, said, table
from modelgate.drift.told import drift_of
from modelgate.gate import alone
from modelgate.outcome import Status
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile
from modelgate.stats.shift import Shift
from modelgate.suite import Limit
from modelgate.surveys import Layout, Rows

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(size=3_000)


def of(**columns: Any) -> Profile:
    block = pa.RecordBatch.from_pydict(columns)
    profile = Profile(Layout(schema=block.schema))
    profile.add(Rows(block, 0))
    return profile


def profiles(**columns: Any) -> dict[str, ColumnProfile]:
    return dict(of(**columns).columns_profiled)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        pytest.param(NORMAL, NORMAL + 5, "median -0.058 → 4.94", id="the-middle-moves"),
        pytest.param(
            [1.0] * 50 + [2.0] * 50 + [3.0] * 50,
            [2.0] * 150,
            "median 2, nine in ten 1 to 3 → 2",
            id="the-middle-stands",
        ),
        pytest.param([1.0] * 9, [1.0] * 9, "median 1 in both", id="nothing-moves"),
        pytest.param(
            ["a"] * 50, ["a"] * 25 + ["b"] * 25, "new value 'b' in 50.0 % of rows", id="new"
        ),
        pytest.param(
            ["a"] * 50,
            ["a"] * 25 + ["b"] * 15 + ["c"] * 10,
            "new value 'b' in 30.0 % of rows and 1 more",
            id="two-new",
        ),
        pytest.param(["a", "b"] * 50, ["a"] * 60 + ["b"] * 40, "'a' 50.0 % → 60.0 %", id="shares"),
        pytest.param(["a"] * 50, ["a"] * 50, "always 'a'", id="one-value"),
        pytest.param([True, False] * 20, [True] * 40, "True 50.0 % → 100.0 %", id="truth-values"),
    ],
)
def test_what_has_changed_is_said_in_words(was: Any, now: Any, says: str) -> None:
    found = compared(profiles(it=list(was)), profiles(it=list(now)))
    assert [one.says for one in found.shifts] == [says]


def test_missing_values_are_a_question_of_their_own() -> None:
    found = compared(profiles(it=[1.0] * 90 + [None] * 10), profiles(it=[1.0] * 50 + [None] * 50))
    values, missing = found.shifts
    assert (values.aspect, values.shift.effect) == ("values", 0.0)
    assert (missing.aspect, missing.says) == ("missing", "missing 10.0 % → 50.0 %")
    assert missing.shift.effect == pytest.approx(0.4)


def test_a_column_of_which_nothing_is_left_is_compared_by_what_is_missing() -> None:
    found = compared(profiles(it=[1.0] * 90), profiles(it=pa.array([None] * 90, pa.float64())))
    assert [(one.aspect, one.shift.effect) for one in found.shifts] == [("missing", 1.0)]


def test_columns_that_no_test_can_compare_lie_apart() -> None:
    found = compared(
        profiles(gone=[1.0], other=[1.0], same=[1.0]),
        profiles(other=["a"], same=[1.0], new=["x"]),
    )
    assert found.apart == {
        "gone": "the rows lack the column",
        "other": "holds categories, and numbers in the reference",
    }
    assert found.added == ("new",)
    assert [one.column for one in found.shifts] == ["same"]


def test_the_reference_alone_says_whether_texts_are_categories() -> None:
    codes = [f"code {number}" for number in range(100)]
    (found,) = compared(profiles(it=codes * 50), profiles(it=[*codes[:40], "other"])).shifts
    assert (found.aspect, found.says) == ("values", "new value 'other' in 2.4 % of rows")
    remarks = compared(profiles(it=codes), profiles(it=["yes"] * 100)).shifts
    assert [(one.aspect, one.says) for one in remarks][:2] == [
        ("digits", "share of digits: median 0.286 → 0"),
        ("length", "characters of a text: median 7 → 3"),
    ]


def test_another_language_is_named() -> None:
    english = [f"this is the letter of Mr {number}" for number in range(300)]
    french = [f"une lettre pour les amis {number}" for number in range(150)]
    found = compared(profiles(it=english), profiles(it=english[:150] + french)).shifts
    (language,) = [one for one in found if one.aspect == "language"]
    assert language.says == "language: new value 'French' in 50.0 % of rows"
    assert language.shift.effect == 0.5


def test_a_method_that_compares_no_such_column_says_so() -> None:
    found = compared(profiles(it=["a"], n=[1.0]), profiles(it=["a"], n=[1.0]), method="ks")
    assert found.untold == {"it": "holds categories, which method ks does not compare"}
    assert [one.column for one in found.shifts] == ["n"]


def test_columns_may_be_chosen_and_left_out() -> None:
    one = profiles(a=[1.0], b=[1.0], c=[1.0])
    found = compared(one, one, columns=("a", "b"), ignore=("b",))
    assert [one.column for one in found.shifts] == ["a"]


def _shifts(rng: np.random.Generator, columns: int, rows: int, moved: float = 0.0) -> Any:
    was = {f"x{number}": rng.normal(size=rows) for number in range(columns)}
    now = {f"x{number}": rng.normal(size=rows) for number in range(columns)}
    now["x0"] = now["x0"] + moved
    return compared(profiles(**was), profiles(**now))


def test_what_is_shown_stands_first_and_is_named() -> None:
    found = _shifts(np.random.default_rng(1), 20, 2_000, moved=0.5)
    family = family_of(found.shifts, 0.05)
    assert [one.column for one in family.drifted] == ["x0"]
    assert family.ranked[0].column == "x0"
    assert family.p_same < 1e-6
    assert family.value == family.ranked[0].shift.effect > 0.1
    low, high = family.at(0.9).low, family.at(0.9).high
    assert 0.05 < low < family.value < high
    first = table(found, family)[0]
    assert said(first, 0.05).startswith("x0: median ")
    assert first["drifted"] is True


def test_a_shift_that_is_shown_and_too_small_to_matter_is_none() -> None:
    found = _shifts(np.random.default_rng(2), 1, 100_000, moved=0.06)
    family = family_of(found.shifts, 0.05)
    assert family.adjusted[0] < SHOWN
    assert (family.drifted, family.p_same) == ((), 1.0)
    assert family.at(0.9).high < 0.05


def test_columns_that_have_not_shifted_are_called_so_in_a_twentieth_of_runs_at_most() -> None:
    rng = np.random.default_rng(3)
    wrong = sum(bool(family_of(_shifts(rng, 5, 200).shifts, 0.0).drifted) for _ in range(100))
    assert wrong <= 11  # of 100 runs 5, and more than 11 in one of 200 such tests


def test_no_column_is_above_the_upper_end_of_all() -> None:
    def at(level: float) -> Any:
        return found.shifts[0].shift.at(level)

    found = _shifts(np.random.default_rng(4), 3, 500)
    family = family_of(found.shifts, 0.05)
    assert family.at(0.9).high == max(one.shift.at(0.9).high for one in found.shifts)
    assert isinstance(found.shifts[0].shift, Shift)
    assert family.at(0.9).high >= at(0.9).high


MANY = [f"{at:08}" for at in range(12_000)]


def test_categories_that_became_too_many_to_count_are_not_taken_for_the_same() -> None:
    found = compared(profiles(it=["00000001"] * 100), profiles(it=MANY))
    assert {one.aspect for one in found.shifts} >= {"length", "digits"}
    assert list(found.blind) == ["it"]
    assert "more different values than are counted, and 1 in the reference" in found.blind["it"]


@pytest.mark.parametrize("worst", [np.inf, -np.inf, 1e200])
def test_no_distance_is_told_of_numbers_beyond_measure(worst: float) -> None:
    sides = profiles(it=[1.0, 2.0] * 50), profiles(it=[1.0, worst] * 50)
    assert list(compared(*sides, method="wasserstein").blind) == ["it"]
    assert [one.aspect for one in compared(*sides).shifts] == ["values"]


@pytest.mark.parametrize("method", ["auto", "psi", "jensen_shannon"])
def test_infinite_numbers_are_compared_and_told(method: str) -> None:
    sides = profiles(it=[-np.inf, np.inf, np.inf] * 50), profiles(it=[np.inf] * 150)
    (shift,) = compared(*sides, method=method).shifts
    assert shift.says == "median inf, nine in ten -inf to inf → inf"
    assert shift.shift.p_value < 1e-4


def test_a_column_that_nothing_can_be_told_of_leaves_the_whole_undecided() -> None:
    ones = np.ones(12_000)
    was, now = of(it=["00000001"] * 12_000, x=ones), of(it=MANY, x=ones)
    outcome = drift_of(was, now)
    assert outcome.value is None
    assert outcome.reason is not None
    assert "of some columns nothing can be told: it holds more" in outcome.reason
    moved = drift_of(was, of(it=MANY, x=ones + 1))
    assert moved.value == pytest.approx(1.0)


@pytest.mark.parametrize("floor", [0.05, 1.0, 7.0])
def test_a_column_that_is_gone_lies_beyond_any_limit(floor: float) -> None:
    ones = np.ones(100)
    outcome = drift_of(of(it=ones, gone=ones), of(it=ones), method="wasserstein", floor=floor)
    assert outcome.value is not None
    assert outcome.value > floor
    assert alone(outcome, Limit(at_most=floor)).status is Status.FAILED
