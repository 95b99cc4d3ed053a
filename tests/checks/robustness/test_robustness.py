"""Inputs get worse in five strengths: a model that stays good, one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
    {
        "review": [
            f"the {'good' if place % 2 else 'evil'} hotel by the river, {place}"
            for place in range(400)
        ]
    }
)


def asked(
    perturbation: str,
    answer: Callable[[Columns], Any],
    rows: pa.RecordBatch,
    *,
    truth: Callable[[Columns], Any],
    champion: Callable[[Columns], Any] | None = None,
    values: bool = False,
    at_least: float | None = None,
    at_most: float | None = None,
    **settings: Any,
) -> tuple[Result, Function]:
    """`truth` is told of the rows as they are."""
    model = Function(answer, rows, values=values)
    right = Function(truth, rows, values=values).predict(rows)
    told = right.values if values else right.labels
    assert told is not None
    sample = replace(model.sample(rows), truth=told)
    rival = None
    if champion is not None:
        rival = Function(champion, rows, values=values)
        sample = replace(sample, champion=rival.predict(rows))
    found = run_check(
        "robustness",
        subject=perturbation,
        model=model,
        champion=rival,
        sample=sample,
        at_least=at_least,
        at_most=at_most,
        settings=settings,
    )
    return found, model


def kindness(columns: Columns) -> Any:
    return np.array([0.9 if "good" in text else 0.1 for text in columns["review"]])


def of_any_letter(columns: Columns) -> Any:
    """Knows the word by what is left of it."""
    return np.array([0.9 if "o" in text[3:8] else 0.1 for text in columns["review"]])


def old(columns: Columns) -> Any:
    return np.where(columns["age"] > 50, 0.9, 0.1)


@pytest.mark.parametrize(
    ("at_least", "status"),
    [(0.5, "passed"), (0.99, "failed"), (0.8, "undecided")],
)
def test_of_texts(at_least: float, status: str) -> None:
    """One word carries the answer, and is hit ever more often."""
    found, model = asked(
        "typos", kindness, TEXTS, truth=kindness, champion=of_any_letter, at_least=at_least
    )
    assert (found.status, found.n) == (status, 400)
    curve = found.details["curve"]
    assert found.details["strengths"] == [1, 2, 3, 4, 5]
    assert found.details["unchanged"] == 1
    assert curve == sorted(curve, reverse=True)
    assert found.value == pytest.approx(np.mean(curve))
    assert found.value is not None
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]
    assert sum(model.sizes) <= 5 * 400
    assert np.mean(model.sizes) >= 256


@pytest.mark.parametrize(
    ("at_least", "status"),
    [(0.7, "passed"), (0.99, "failed"), (0.94, "undecided")],
)
def test_of_tables_at_one_strength(at_least: float, status: str, people: pa.RecordBatch) -> None:
    found, model = asked(
        "noise", old, people, truth=old, column="age", strength=5, at_least=at_least
    )
    assert (found.status, found.n) == (status, 200)
    assert found.details["strengths"] == [5]
    assert found.details["curve"] == [found.value]
    assert len(model.sizes) == 1
    assert model.sizes[0] <= 200


@pytest.mark.parametrize(
    ("at_most", "status"),
    [(40, "passed"), (5, "failed"), (24, "undecided")],
)
def test_of_numbers(at_most: float, status: str, people: pa.RecordBatch) -> None:
    """The answer is moved by all of the noise: its root mean square is 0.25 of the spread's."""

    def answer(columns: Columns) -> Any:
        return 100 * columns["share"] / people["share"].to_numpy().std()

    found, _ = asked(
        "noise", answer, people, truth=answer, values=True, column="share", at_most=at_most
    )
    assert found.status == status
    assert (found.unit, found.better) == ("target", "lower")
    assert found.details["unchanged"] == 0
    curve = found.details["curve"]
    assert found.value == pytest.approx(np.sqrt(np.mean(np.square(curve))))
    assert curve == pytest.approx([1, 5, 10, 20, 50], rel=0.15)


def test_the_champion_stands_beside_it_on_the_same_rows() -> None:
    found, _ = asked("typos", kindness, TEXTS, truth=kindness, champion=of_any_letter)
    details = found.details
    assert details["champion_unchanged"] == 1
    assert len(details["champion"]) == 5
    assert details["difference"] == pytest.approx(
        np.mean(details["curve"]) - np.mean(details["champion"])
    )
    low, high = details["difference_interval"]
    assert low < details["difference"] < high


def test_a_model_beside_itself_differs_by_nothing(people: pa.RecordBatch) -> None:
    found, _ = asked("noise", old, people, truth=old, champion=old, column="age")
    assert found.details["curve"] == found.details["champion"]
    assert found.details["difference"] == 0
    low, high = found.details["difference_interval"]
    assert -0.05 < low < 0 < high < 0.05


def test_without_a_champion_there_is_no_other_curve(people: pa.RecordBatch) -> None:
    found, _ = asked("noise", old, people, truth=old, column="age")
    assert found.status == "info"
    assert found.details["champion"] is None
    assert "difference" not in found.details


def test_rows_that_are_not_reached_are_not_asked_about_and_count_as_they_were_answered() -> None:
    rows = pa.RecordBatch.from_pydict({"review": ["good", "1234"] * 200})

    def knows(columns: Columns) -> Any:
        return np.array([0.9 if text in {"good", "1234"} else 0.1 for text in columns["review"]])

    found, model = asked("typos", knows, rows, truth=knows)
    assert (found.value, found.n) == (0.5, 400)
    assert model.sizes == [200] * 5


@pytest.mark.parametrize("values", [True, False])
def test_answers_that_are_no_numbers_never_pass(*, values: bool, people: pa.RecordBatch) -> None:
    def breaks(columns: Columns) -> Any:
        return np.where(columns["share"] > 1, np.nan, 0.9)

    found, _ = asked(
        "increase",
        breaks,
        people,
        truth=lambda columns: np.full(len(columns["share"]), 0.9),
        values=values,
        column="share",
        amount=1,
        strength=1,
        **({"at_most": 10} if values else {"at_least": 0.1}),
    )
    if values:
        assert (found.status, found.value) == ("undecided", None)
        assert "NaN" in (found.reason or "")
        assert found.details["curve"] == [None]
    else:
        assert (found.status, found.value) == ("failed", 0)


def test_where_nothing_is_changed_nothing_is_decided(people: pa.RecordBatch) -> None:
    adults = people.set_column(0, "age", pa.array([18] * len(people)))
    found, model = asked("noise", old, adults, truth=old, column="age", at_least=0.5)
    assert found.status == "skipped"
    assert found.reason == "'noise' changes none of the 200 sampled rows"
    assert not model.sizes


@pytest.mark.parametrize(
    ("perturbation", "settings", "code", "says"),
    [
        pytest.param(
            "gender_swap", {"column": "country"}, "MG2187", "no strengths", id="no-strengths"
        ),
        pytest.param("noise", {"column": "incme"}, "MG2180", "'income'", id="no-such-column"),
        pytest.param("typos", {"column": "age"}, "MG2181", "changes text", id="no-text"),
        pytest.param("noise", {"strength": 9}, "MG2109", "9", id="no-such-strength"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(
    perturbation: str, settings: dict[str, Any], code: str, says: str, people: pa.RecordBatch
) -> None:
    with pytest.raises(ModelgateError) as caught:
        asked(perturbation, old, people, truth=old, **settings)
    mistake = next(iter(getattr(caught.value, "mistakes", [caught.value])))
    assert isinstance(mistake, UsageError)
    assert (mistake.code, mistake.exit_code) == (code, 2)
    assert says in str(mistake)
    assert mistake.where is not None
    assert mistake.where.line == 1
    assert mistake.where.column
