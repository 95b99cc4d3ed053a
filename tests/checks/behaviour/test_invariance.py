"""Rows are changed in what should not matter: a model that does not care, one that does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.errors import ModelgateError, UsageError
from modelgate.report import Result
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function, people

__all__ = ["people"]

TEXTS = pa.RecordBatch.from_pydict(
    {"review": [f"this cheap hotel number {place} was good" for place in range(400)]}
)


def asked(
    perturbation: str,
    answer: Callable[[Columns], Any],
    rows: pa.RecordBatch,
    *,
    values: bool = False,
    at_most: float | None = None,
    **settings: Any,
) -> tuple[Result, Function]:
    model = Function(answer, rows, values=values)
    found = run_check(
        "invariance",
        subject=perturbation,
        model=model,
        sample=model.sample(rows),
        at_most=at_most,
        settings=settings,
    )
    return found, model


def speller(texts: Columns, *, careless: int) -> Any:
    """Knows "good" by its spelling in `careless` of the reviews, and by its length in the others.

    Typos change a text's length by one at most.
    """
    score = [
        0.9 if ("good" in text if place < careless else len(text) > 10) else 0.2
        for place, text in enumerate(texts["review"])
    ]
    return np.array(score)


def of_sex(share: float) -> Callable[[Columns], Any]:
    """A lender who looks at the country for a share of the rows, else at the income alone."""

    def answer(columns: Columns) -> Any:
        by_income = 0.2 + 0.6 * (columns["income"] > 22_000)
        looks = np.arange(len(by_income)) < share * len(by_income)
        return np.where(looks & np.isin(columns["country"], ["BR", "IN"]), 0.1, by_income)

    return answer


@pytest.mark.parametrize(
    ("careless", "status"),
    [
        pytest.param(0, "passed", id="reads-over-typos"),
        pytest.param(400, "failed", id="spells-every-word"),
        pytest.param(190, "undecided", id="about-as-often-as-is-tolerated"),
    ],
)
def test_of_texts(careless: int, status: str) -> None:
    found, model = asked("typos", lambda one: speller(one, careless=careless), TEXTS)
    assert found.status == status, found.says
    assert found.limit == {"at_most": 0.05}
    assert found.n == found.details["changed"] == found.details["sampled"] == 400
    assert found.value == found.details["flips"] / 400
    assert sum(model.sizes) <= 400 + 64


@pytest.mark.parametrize(
    ("share", "status"),
    [
        pytest.param(0, "passed", id="looks-at-the-income-alone"),
        pytest.param(1, "failed", id="looks-at-the-country"),
        pytest.param(0.2, "undecided", id="looks-now-and-then"),
    ],
)
def test_of_tables(share: float, status: str, people: pa.RecordBatch) -> None:
    found, _ = asked("category_swap", of_sex(share), people, column="country")
    assert (found.status, found.n) == (status, 200)


@pytest.mark.parametrize(
    ("tolerance", "at_most", "status"),
    [
        pytest.param(0.5, None, "passed", id="moves-by-less"),
        pytest.param(0.0, None, "failed", id="must-not-move-at-all"),
        pytest.param(0.1, 0.33, "undecided", id="a-third-moves-by-more"),
    ],
)
def test_of_numbers(
    tolerance: float, at_most: float | None, status: str, people: pa.RecordBatch
) -> None:
    """The share is moved by 0.1 of the noise, which is normal: a third of it lies outside 0.1."""
    found, _ = asked(
        "noise",
        lambda columns: columns["share"],
        people,
        values=True,
        column="share",
        amount=0.1,
        tolerance=tolerance,
        at_most=at_most,
    )
    assert (found.status, found.n) == (status, 200)


def test_the_evidence_holds_the_row_the_least_change_and_both_answers() -> None:
    found, _ = asked("typos", lambda one: speller(one, careless=400), TEXTS, shown=2)
    first, second = found.evidence
    assert first["was"] == "yes"
    assert first["answer"] == second["answer"] == "no"
    row = first["row"]
    before, after = (first[key].split(" ") for key in ("input", "changed"))
    assert first["input"] == TEXTS["review"][row].as_py()
    (turned,) = [new for old, new in zip(before, after, strict=True) if new != old]
    assert turned != "good"
    assert "good" in before


def test_of_several_columns_the_one_that_turns_the_answer_is_shown(people: pa.RecordBatch) -> None:
    found, _ = asked("noise", lambda columns: columns["age"] % 2 * 0.8 + 0.1, people, strength=5)
    assert found.status == "failed"
    first = found.evidence[0]
    assert first["input"] == {"age": people["age"][first["row"]].as_py()}


def test_rows_that_are_not_reached_are_no_trials() -> None:
    rows = pa.RecordBatch.from_pydict({"review": ["she is here", "it is here"] * 50})
    found, model = asked(
        "gender_swap", lambda one: np.array(["she" in text for text in one["review"]]) * 1.0, rows
    )
    assert (found.value, found.n, found.details["sampled"]) == (1.0, 50, 100)
    assert model.sizes == [50]


@pytest.mark.parametrize(
    "broken",
    [pytest.param(np.nan, id="nan"), pytest.param(np.inf, id="infinite")],
)
@pytest.mark.parametrize("values", [True, False])
def test_an_answer_that_is_no_number_has_changed(
    broken: float, *, values: bool, people: pa.RecordBatch
) -> None:
    """The answers were finite before: the country that breaks it was in no row."""

    def answer(columns: Columns) -> Any:
        return np.where(np.array(columns["country"]) == "XX", broken, 0.7)

    found, _ = asked("category_swap", answer, people, values=values, column="country", to="XX")
    assert (found.status, found.value) == ("failed", 1.0)


def test_where_nothing_is_changed_nothing_is_decided() -> None:
    found, model = asked("accents", lambda one: np.full(len(one["review"]), 0.9), TEXTS)
    assert found.status == "skipped"
    assert found.reason == "'accents' changes none of the 400 sampled rows"
    assert sum(model.sizes) == 0


@pytest.mark.parametrize(
    ("perturbation", "settings", "code", "says"),
    [
        pytest.param(
            "noise", {"column": "incme"}, "MG2180", "did you mean 'income'", id="no-such-column"
        ),
        pytest.param(
            "noise", {"column": "country"}, "MG2181", "changes numbers", id="numbers-of-a-text"
        ),
        pytest.param(
            "typos", {"column": ["age", "country"]}, "MG2181", "changes text", id="text-of-a-number"
        ),
        pytest.param("blur", {}, "MG2181", "no column that feeds", id="no-picture"),
        pytest.param(
            "noise", {"tolerance": -1}, "MG2184", "tolerance: -1 is below 0", id="tolerance-below-0"
        ),
        pytest.param(
            "noise", {"amount": -1}, "MG2172", "larger than 0", id="bad-setting-of-the-perturbation"
        ),
        pytest.param("nose", {}, "MG2170", "did you mean 'noise'", id="no-such-perturbation"),
        pytest.param("noise", {"amuont": 1}, "MG2108", "did you mean 'amount'", id="no-setting"),
        pytest.param("noise", {"strength": 6}, "MG2109", "6", id="no-such-strength"),
        pytest.param(
            "noise", {"severity": 3}, "MG2109", "a failure means", id="severity-is-no-strength"
        ),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(
    perturbation: str, settings: dict[str, Any], code: str, says: str, people: pa.RecordBatch
) -> None:
    with pytest.raises(ModelgateError) as caught:
        asked(perturbation, lambda columns: columns["share"], people, **settings)
    mistake = next(iter(getattr(caught.value, "mistakes", [caught.value])))
    assert isinstance(mistake, UsageError)
    assert (mistake.code, mistake.exit_code) == (code, 2)
    assert says in str(mistake)
    assert mistake.where is not None
    assert mistake.where.line == 1
    assert mistake.where.column


def test_several_columns_of_text_have_to_be_named() -> None:
    rows = pa.RecordBatch.from_pydict({"title": ["good"] * 40, "review": ["bad"] * 40})
    with pytest.raises(UsageError, match=r"MG2182 which column .* 'title', 'review'"):
        asked("typos", lambda columns: np.full(len(columns["title"]), 0.9), rows)


def test_a_bad_setting_of_a_perturbation_is_told_where_it_stands(people: pa.RecordBatch) -> None:
    with pytest.raises(ModelgateError) as caught:
        asked("noise", lambda columns: columns["share"], people, column="age", amount=-1)
    (mistake,) = caught.value.mistakes  # type: ignore[attr-defined]
    text = '{"checks": [{"invariance": "noise", "column": "age", "amount": -1'
    assert mistake.where.column == 1 + text.index('"amount"')
