"""Columns that tell too much: each check meets data that passes, that fails, and too few rows."""

from typing import Any

import numpy as np
import pytest

from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(9)


def rows(count: int, **more: Any) -> dict[str, list[Any]]:
    labels = RNG.integers(0, 2, count)
    table = {
        "x": RNG.normal(size=count) + labels,
        "kind": RNG.choice(["a", "b", "c"], count),
        "label": np.where(labels > 0, "yes", "no"),
    }
    return {name: values.tolist() for name, values in table.items()} | more


def asked(check: str, table: dict[str, list[Any]], **others: Any) -> Result:
    return run_check(check, tables={"test": table}, target="label", **others)


def as_label(table: dict[str, list[Any]]) -> list[float]:
    return [float(one == "yes") for one in table["label"]]


def test_ordinary_columns_pass() -> None:
    result = asked("single_feature_leak", rows(1_000))
    assert (result.status, result.severity) == ("passed", "minor")
    assert result.value == pytest.approx(0.52, abs=0.08)  # 2 AUROC - 1 of one deviation apart


@pytest.mark.parametrize("kind", ["number", "text"])
def test_a_column_that_is_the_label_in_disguise_fails(kind: str) -> None:
    table = rows(1_000)
    told = as_label(table)
    table["paid"] = told if kind == "number" else ["done" if one else "open" for one in told]
    result = asked("single_feature_leak", table)
    assert result.status == "failed"
    assert result.evidence[0] == "paid: 1"
    assert asked("single_feature_leak", table, settings={"ignore": ["paid"]}).status == "passed"


def test_few_rows_cannot_tell() -> None:
    table = rows(40)
    table["paid"] = as_label(table)
    assert asked("single_feature_leak", table).status == "undecided"
    result = asked("single_feature_leak", {name: cells[:8] for name, cells in table.items()})
    assert (result.status, result.value) == ("undecided", None)
    assert "0 classes of 10 rows or more" in str(result.reason)


def test_numbers_are_told_by_the_share_of_their_variance() -> None:
    x = RNG.normal(size=3_000)
    noisy = (x + RNG.normal(size=3_000)).tolist()
    table = {"x": x.tolist(), "label": noisy}
    result = asked("single_feature_leak", table, task="regression")
    assert result.status == "passed"
    assert result.value == pytest.approx(0.5, abs=0.05)
    copied = {"x": x.tolist(), "label": (3 * x).tolist()}
    assert asked("single_feature_leak", copied, task="regression", at_most=0.9).status == "failed"


def test_noise_of_many_categories_tells_nothing() -> None:
    table = rows(2_000, name=[f"n{at}" for at in range(2_000)])
    del table["x"]
    result = asked("single_feature_leak", table)
    assert result.value is not None
    assert result.value < 0.06


def test_an_identifier_that_counts_up_by_label_fails() -> None:
    table = rows(1_000)
    order = np.argsort(table["label"], kind="stable")
    table = {name: [cells[at] for at in order] for name, cells in table.items()}
    table["customer"] = list(range(5_000, 6_000))
    result = asked("identifier_leak", table)
    assert result.status == "failed"
    assert result.evidence[0].startswith("customer: ")
    shuffled = rows(1_000, customer=list(range(1_000)))
    assert asked("identifier_leak", shuffled).status == "passed"


def test_words_of_their_own_are_identifiers_by_their_order() -> None:
    table = rows(1_000)
    table["code"] = [f"{label}{at:05}" for at, label in enumerate(table["label"])]
    assert asked("identifier_leak", table).status == "failed"


def test_days_are_no_identifiers() -> None:
    table = rows(300)
    table["day"] = [str(np.datetime64("2024-01-01") + at) for at in range(300)]
    assert asked("identifier_leak", table).says.startswith("No column looks like an identifier")


def test_the_order_of_the_rows_counts_where_that_is_asked() -> None:
    table = rows(1_000)
    table["label"].sort()
    result = asked("identifier_leak", table, settings={"order": True})
    assert result.status == "failed"
    assert result.says.startswith("Of 1, the order of the rows tells the label best: ")
    without = asked("identifier_leak", table)
    assert (without.status, without.kind) == ("passed", "exact")
    assert without.says.startswith("No column looks like an identifier")


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_a_number_of_any_size_that_a_column_tells_is_a_leak(size: float) -> None:
    told = np.random.default_rng(0).normal(size=400)
    tables = {"test": {"it": told.tolist(), "label": (told * size).tolist()}}
    result = run_check("single_feature_leak", tables=tables, target="label", at_most=0.5)
    assert result.status == "failed"
    assert result.value == pytest.approx(0.928, abs=0.002)
