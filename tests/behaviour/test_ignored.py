"""Which columns have no say: found by giving them other rows' values, in two questions at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modelgate.behaviour.ignored import Unused, unused
from modelgate.predictions import Predictions

Rule = Callable[[dict[str, NDArray[Any]]], NDArray[np.float64]]


def table(rows: int, **columns: Any) -> pa.RecordBatch:
    dice = np.random.default_rng(0)
    made = {
        "income": dice.normal(30_000, 9_000, rows),
        "age": dice.integers(18, 90, rows),
        "city": dice.choice(["Rome", "Oslo", "Lima"], rows),
    }
    return pa.RecordBatch.from_pydict({**made, **columns})


def tried(rows: pa.RecordBatch, rule: Rule, *, labels: bool = False) -> tuple[Unused | None, int]:
    """What is found of a model, and how many questions it was asked."""
    asked = 0

    def ask(batch: Any) -> Predictions:
        nonlocal asked
        asked += 1
        columns = {name: np.array(batch.column(name).to_pylist()) for name in batch.schema.names}
        found = rule(columns)
        if labels:
            return Predictions(labels=(found > 0).astype(np.int64))
        return Predictions(values=found)

    before = ask(rows)
    asked = 0
    return unused(rows, rows.schema.names, before, ask, seed=3), asked


def all_three(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    return np.asarray(c["income"] / 1000 + c["age"] + (c["city"] == "Rome"), np.float64)


def no_age(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    return np.asarray(c["income"] / 1000 + (c["city"] == "Rome"), np.float64)


def deaf(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    return np.ones(len(c["age"]))


def only_the_very_old(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    return np.asarray(c["age"] >= c["age"].max(), np.float64) + no_age(c)


@pytest.mark.parametrize(
    ("rule", "ignored"),
    [
        pytest.param(all_three, [], id="all-have-a-say"),
        pytest.param(no_age, ["age"], id="one-has-none"),
        pytest.param(deaf, ["income", "age", "city"], id="none-has"),
        pytest.param(only_the_very_old, [], id="one-that-speaks-at-its-end-alone"),
    ],
)
def test_columns_without_a_say(rule: Rule, ignored: list[str]) -> None:
    found, asked = tried(table(300), rule)
    assert found is not None
    assert list(found.ignored) == ignored
    assert (found.told, found.constant) == (3, ())
    assert asked == (2 if ignored else 1)
    assert found.asked <= 300


def test_labels_alone_tell_too() -> None:
    found, _ = tried(table(300), lambda c: np.asarray(c["age"] - 50.0), labels=True)
    assert found is not None
    assert list(found.ignored) == ["income", "city"]


def test_a_column_of_one_value_tells_nothing() -> None:
    found, _ = tried(table(100, age=[40] * 100), no_age)
    assert found is not None
    assert (list(found.ignored), found.constant, found.told) == ([], ("age",), 2)


def test_rows_that_are_all_alike_are_not_asked_about() -> None:
    found, asked = tried(pa.RecordBatch.from_pydict({"age": [1, 1]}), deaf)
    assert found == Unused(ignored={}, constant=("age",), told=0, asked=0)
    assert asked == 0


def test_more_columns_than_rows_tell_nothing() -> None:
    found, asked = tried(table(5), all_three)
    assert (found, asked) == (None, 0)


@pytest.mark.parametrize("rare", [1, 1_999])
def test_a_flag_that_is_hardly_ever_set_is_given_its_other_value(rare: int) -> None:
    flags = np.arange(2_000) < rare
    rows = table(2_000, age=flags.astype(np.int64))
    found, _ = tried(rows, lambda c: np.asarray(no_age(c) + c["age"]))
    assert found is not None
    assert found.ignored == {}


def test_missing_values_are_values() -> None:
    ages = [None if row % 2 else 40.0 for row in range(100)]

    def missed(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
        return np.array([value is None for value in c["age"]], np.float64) + no_age(c)

    found, _ = tried(table(100, age=ages), missed)
    assert found is not None
    assert found.ignored == {}


def test_an_answer_that_is_no_number_has_moved() -> None:
    def breaks(c: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
        found = no_age(c)
        return np.where(c["age"] < 18, np.nan, found) if len(c["age"]) == 300 else found * np.nan

    found, _ = tried(table(300), breaks)
    assert found is not None
    assert found.ignored == {}
