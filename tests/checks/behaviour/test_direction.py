"""Rows are changed with a known effect: the answer moves that way, or does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Facts
from modelgate.counterexamples import told
from modelgate.errors import ModelgateError, UsageError
from modelgate.report import Result
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function, people

__all__ = ["people"]


def asked(
    answer: Callable[[Columns], Any],
    rows: pa.RecordBatch,
    *,
    perturbation: str = "increase",
    values: bool = False,
    at_most: float | None = None,
    facts: Facts | None = None,
    **settings: Any,
) -> Result:
    model = Function(answer, rows, values=values)
    model.facts = facts or model.facts
    return run_check(
        "direction",
        subject=perturbation,
        model=model,
        sample=model.sample(rows),
        at_most=at_most,
        settings=settings,
    )


def lender(contrary: float) -> Callable[[Columns], Any]:
    """A higher income makes a loan likelier, but for a share of the rows."""

    def answer(columns: Columns) -> Any:
        income = columns["income"]
        rank = income / (income + 20_000)
        turned = np.arange(len(income)) < contrary * len(income)
        return np.where(turned, 1 - rank, rank)

    return answer


@pytest.mark.parametrize(
    ("contrary", "status"),
    [
        pytest.param(0, "passed", id="rises-everywhere"),
        pytest.param(1, "failed", id="falls-everywhere"),
        pytest.param(0.04, "undecided", id="falls-about-as-often-as-is-tolerated"),
    ],
)
@pytest.mark.parametrize("expect", ["higher", "not_lower"])
def test_of_the_positive_class(
    contrary: float, status: str, expect: str, people: pa.RecordBatch
) -> None:
    found = asked(
        lender(contrary), people, column="income", amount=1000, expect=expect, at_most=0.03
    )
    assert (found.status, found.n) == (status, 200)
    assert found.details["wrong"] == round(200 * contrary)


@pytest.mark.parametrize(
    ("slope", "expect", "status"),
    [
        pytest.param(-2, "lower", "passed", id="falls"),
        pytest.param(2, "lower", "failed", id="rises"),
        pytest.param(0, "lower", "failed", id="stays-and-should-fall"),
        pytest.param(0, "not_higher", "passed", id="stays-and-may"),
        pytest.param(2, "not_higher", "failed", id="rises-and-must-not"),
        pytest.param(2, "not_lower", "passed", id="rises-and-may"),
    ],
)
def test_of_numbers(slope: float, expect: str, status: str, people: pa.RecordBatch) -> None:
    found = asked(
        lambda columns: slope * columns["age"],
        people,
        values=True,
        column="age",
        amount=1,
        expect=expect,
        at_most=0.05,
    )
    assert found.status == status


def test_so_few_rows_cannot_tell(people: pa.RecordBatch) -> None:
    found = asked(lender(0), people.slice(0, 40), column="income", amount=1000, expect="higher")
    assert (found.status, found.value) == ("undecided", 0)


def test_of_texts() -> None:
    rows = pa.RecordBatch.from_pydict({"review": [f"it is good, {n}" for n in range(400)]})

    def deaf(columns: Columns) -> Any:
        return np.full(len(columns["review"]), 0.8)

    def reads(columns: Columns) -> Any:
        return np.array([0.2 if "not" in text else 0.8 for text in columns["review"]])

    negated: dict[str, Any] = {"perturbation": "negation", "column": "review", "expect": "lower"}
    assert asked(reads, rows, **negated).status == "passed"
    found = asked(deaf, rows, **negated)
    assert (found.status, found.value) == ("failed", 1.0)
    assert found.says == (
        "400 of 400 answers to rows changed by 'negation' of review are not as expected: lower."
    )
    first = found.evidence[0]
    assert (first["was"], first["answer"], first["score_of"]) == (0.8, 0.8, "yes")
    given, changed = told(first)
    assert given.endswith("' has the score 0.8 of yes")
    assert changed.endswith("' 0.8")
    assert "is not good" in first["changed"]


def test_a_tolerance_is_by_how_much_it_may_move(people: pa.RecordBatch) -> None:
    def falls(columns: Columns) -> Any:
        return -0.5 * columns["age"]

    given: dict[str, Any] = {
        "values": True,
        "column": "age",
        "amount": 1,
        "expect": "not_lower",
        "at_most": 0.05,
    }
    assert asked(falls, people, tolerance=0.4, **given).status == "failed"
    assert asked(falls, people, tolerance=0.5, **given).status == "passed"


def test_a_score_at_its_end_has_no_room_and_is_not_held_against_the_model(
    people: pa.RecordBatch,
) -> None:
    found = asked(
        lambda columns: np.full(len(columns["age"]), 0.9995),
        people,
        column="age",
        amount=1,
        expect="higher",
        at_most=0.05,
    )
    assert (found.status, found.value) == ("passed", 0)


def test_the_worst_comes_first(people: pa.RecordBatch) -> None:
    def answer(columns: Columns) -> Any:
        return np.where(columns["age"] >= 60, 0.1, np.where(columns["age"] >= 50, 0.6, 0.7))

    found = asked(answer, people, column="age", amount=5, expect="not_lower", shown=100)
    falls = [entry["was"] - entry["answer"] for entry in found.evidence]
    assert falls == sorted(falls, reverse=True)
    assert falls[0] == pytest.approx(0.5)
    assert len(falls) == found.details["wrong"] > 10


def test_an_answer_that_is_no_number_moved_the_wrong_way(people: pa.RecordBatch) -> None:
    found = asked(
        lambda columns: np.where(columns["age"] > 89, np.nan, columns["age"]),
        people,
        values=True,
        column="age",
        amount=100,
        expect="higher",
    )
    assert (found.status, found.value) == ("failed", 1.0)
    assert not np.isfinite(found.evidence[0]["answer"])


def test_of_a_row_the_score_is_shown_with_its_class(people: pa.RecordBatch) -> None:
    found = asked(lender(1), people, column="income", amount=1000, expect="higher")
    given, changed = told(found.evidence[0])
    assert given.endswith(" of yes")
    assert " has the score " in given
    assert changed.startswith("but 0.")
    assert " with income = " in changed


def test_another_class_is_named(people: pa.RecordBatch) -> None:
    found = asked(
        lender(0), people, column="income", amount=1000, expect="lower", of="no", at_most=0.05
    )
    assert found.status == "passed"


def test_which_class_is_meant_has_to_be_known(people: pa.RecordBatch) -> None:
    three = Facts("classification", ("no", "perhaps", "yes"))
    with pytest.raises(UsageError, match="MG2186 which class's score is to move") as caught:
        asked(
            lambda columns: np.full((len(columns["age"]), 3), 1 / 3),
            people,
            column="age",
            expect="higher",
            facts=three,
        )
    assert caught.value.hint == "write `of: CLASS` into the step"


def test_where_nothing_is_changed_nothing_is_decided(people: pa.RecordBatch) -> None:
    adults = people.set_column(0, "age", pa.array([18] * len(people)))
    found = asked(lender(0), adults, perturbation="noise", column="age", expect="higher")
    assert found.status == "skipped"
    assert found.reason == "'noise' changes none of the 200 sampled rows"


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        pytest.param({"column": "incme"}, "MG2180", "did you mean 'income'", id="no-such-column"),
        pytest.param({"column": "country"}, "MG2181", "changes numbers", id="no-number"),
        pytest.param({"column": "age", "tolerance": -1}, "MG2184", "below 0", id="tolerance"),
        pytest.param({}, "MG2110", "column", id="column-left-out"),
        pytest.param({"column": "age", "expect": "up"}, "MG2111", "higher", id="no-direction"),
        pytest.param({"column": "age", "of": "maybe"}, "MG2193", "maybe", id="no-such-class"),
        pytest.param({"column": "age", "amount": "x"}, "MG2109", "amount", id="no-amount"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(
    settings: dict[str, Any], code: str, says: str, people: pa.RecordBatch
) -> None:
    with pytest.raises(ModelgateError) as caught:
        asked(lender(0), people, **{"expect": "higher", **settings})
    mistake = next(iter(getattr(caught.value, "mistakes", [caught.value])))
    assert isinstance(mistake, UsageError)
    assert (mistake.code, mistake.exit_code) == (code, 2)
    assert says in str(mistake)
    assert mistake.where is not None
    assert mistake.where.line == 1
    assert mistake.where.column
