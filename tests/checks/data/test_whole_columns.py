"""Checks that ask about one column, or each: gaps, classes, groups, times."""

from typing import Any

import numpy as np
import pytest

from modelgate.errors import ModelgateError
from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(5)
ROWS = 1_000


def gaps(share: float, rows: int = ROWS) -> list[float | None]:
    return [None if at < share * rows else float(at) for at in range(rows)]


def asked(check: str, subject: str, **others: Any) -> Result:
    return run_check(check, subject=subject, **others)


@pytest.mark.parametrize(
    ("now", "before", "rows", "status"),
    [
        pytest.param(0.20, 0.20, ROWS, "passed", id="as-ever"),
        pytest.param(0.30, 0.05, ROWS, "failed", id="many-more"),
        pytest.param(0.10, 0.05, 100, "undecided", id="too-few-to-tell"),
        pytest.param(0.00, 0.50, ROWS, "passed", id="fewer"),
    ],
)
def test_missing_values_against_the_reference(
    now: float, before: float, rows: int, status: str
) -> None:
    tables = {
        "test": {"age": gaps(now, rows), "x": gaps(0, rows)},
        "reference": {"age": gaps(before, rows), "x": gaps(0, rows)},
    }
    assert asked("missing_rate", "rise", tables=tables).status == status


def test_the_column_that_lost_its_values_is_named() -> None:
    tables = {
        "test": {"x": gaps(0), "age": gaps(0.3)},
        "reference": {"x": gaps(0), "age": gaps(0.05)},
    }
    result = asked("missing_rate", "rise", tables=tables)
    assert result.says == (
        "age: 30.0 % of rows have no value, 5.0 % in the reference;"
        " 1 of 2 columns lie above the limit."
    )
    assert result.evidence == ("age: 30.0 % of rows have no value, 5.0 % in the reference",)


def test_missing_values_as_they_are_are_counted() -> None:
    table = {"test": {"age": gaps(0.2), "x": gaps(0)}}
    result = asked("missing_rate", "share", tables=table)
    assert (result.status, result.kind, result.value) == ("failed", "exact", 0.2)
    ignoring = asked("missing_rate", "share", tables=table, settings={"ignore": ["age"]})
    assert ignoring.status == "passed"
    assert ignoring.says == "None of 1 columns lacks a value."


def test_without_a_reference_no_rise_is_told() -> None:
    result = asked("missing_rate", "rise", tables={"test": {"x": gaps(0)}})
    assert result.status == "undecided"
    assert "no data set in the role 'reference'" in str(result.reason)


def test_a_column_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ModelgateError, match="MG2280 the data has no column 'agee'; did you mean"):
        asked(
            "missing_rate",
            "share",
            tables={"test": {"age": gaps(0)}},
            settings={"columns": ["agee"]},
        )


@pytest.mark.parametrize(
    ("rare", "rows", "status"),
    [
        pytest.param(100, 1_000, "passed", id="one-in-ten"),
        pytest.param(1, 1_000, "failed", id="one-in-a-thousand"),
        pytest.param(2, 100, "undecided", id="could-be-either"),
    ],
)
def test_class_balance(rare: int, rows: int, status: str) -> None:
    table = {"label": ["no"] * (rows - rare) + ["yes"] * rare}
    result = asked("class_balance", "all", tables={"test": table}, target="label", at_least=0.02)
    assert result.status == status


def test_a_class_that_only_the_reference_knows_is_the_rarest() -> None:
    tables = {"test": {"label": [1, 2] * 500}, "reference": {"label": [1, 2, 3] * 300}}
    result = asked("class_balance", "all", tables=tables, target="label", at_least=0.02)
    assert (result.status, result.value) == ("failed", 0.0)
    assert result.says == (
        "The rarest of 3 classes is 3: 0 of 1,000 rows (0.0 %, 33.3 % in the reference)."
    )


def test_a_target_of_numbers_has_no_classes() -> None:
    table = {"label": RNG.normal(size=2_000).tolist()}
    result = asked("class_balance", "all", tables={"test": table}, target="label")
    assert result.status == "undecided"
    assert result.reason == "label holds no labels, or too many to be classes"


def test_groups_of_their_own_pass_and_shared_ones_fail() -> None:
    here = {"patient": [f"p{at // 3}" for at in range(300)]}
    apart = {"patient": [f"q{at}" for at in range(300)]}
    there = {"patient": ["p7", *apart["patient"]]}
    result = asked("group_leak", "patient", tables={"test": here, "reference": apart})
    assert (result.status, result.kind) == ("passed", "exact")
    result = asked("group_leak", "patient", tables={"test": here, "reference": there})
    assert (result.status, result.value) == ("failed", 0.01)
    assert result.evidence == ("row 22 and row 1 of reference: the same patient",)
    assert result.says == (
        "1.0 % of 300 rows belong to a patient that stands in the reference too: 1 of 100."
    )


@pytest.mark.parametrize(
    ("check", "subject", "says"),
    [
        pytest.param(
            "group_leak", "x", "100.0 % of 90 rows belong to a x that stands in the may too"
        ),
        pytest.param(
            "temporal_leak", "x", "66.7 % of 90 rows are earlier than the last of the may, 3"
        ),
        pytest.param(
            "missing_rate", "rise", "None of 1 columns lacks more values than in the may."
        ),
        pytest.param("class_balance", "all", "30 of 90 rows (33.3 %, 33.3 % in the may)."),
    ],
)
def test_another_role_than_the_reference_is_compared_with(
    check: str, subject: str, says: str
) -> None:
    tables = {"test": {"x": [1, 2, 3] * 30}, "may": {"x": [1, 2, 3] * 40}}
    result = asked(check, subject, tables=tables, target="x", settings={"against": "may"})
    assert says in result.says


def test_rows_without_a_group_share_none() -> None:
    tables = {
        "test": {"patient": [None, None, "a"]},
        "reference": {"patient": [None, "b", "c"]},
    }
    assert asked("group_leak", "patient", tables=tables).value == 0
    tables["test"] = {"patient": [None]}
    assert asked("group_leak", "patient", tables=tables).status == "undecided"


def test_a_group_that_the_reference_lacks_is_a_mistake() -> None:
    tables = {"test": {"patient": ["a"]}, "reference": {"patients": ["a"]}}
    says = "MG2280 the reference has no column 'patient'; did you mean 'patients'"
    with pytest.raises(ModelgateError, match=says):
        asked("group_leak", "patient", tables=tables)


def days(first: str, count: int) -> list[str]:
    start = np.datetime64(first)
    return [str(start + np.timedelta64(at, "D")) for at in range(count)]


def test_a_test_set_that_comes_after_passes_and_one_among_fails() -> None:
    there = {"date": days("2024-01-01", 100)}
    after = {"date": days("2024-04-09", 50)}
    result = asked("temporal_leak", "date", tables={"test": after, "reference": there})
    assert (result.status, result.kind) == ("passed", "exact")
    among = {"date": [*days("2024-05-01", 90), *days("2024-01-10", 10)]}
    result = asked("temporal_leak", "date", tables={"test": among, "reference": there})
    assert (result.status, result.value) == ("failed", 0.1)
    assert result.evidence[:2] == ("row 91: 2024-01-10", "row 92: 2024-01-11")
    assert result.says == (
        "10.0 % of 100 rows are earlier than the last of the reference, 2024-04-09T00:00:00."
    )


def test_numbers_are_times_as_well() -> None:
    tables = {"test": {"year": [2012, None] * 20}, "reference": {"year": [2011] * 40}}
    assert asked("temporal_leak", "year", tables=tables).status == "passed"
    tables["reference"] = {"year": [None] * 3}
    assert asked("temporal_leak", "year", tables=tables).status == "undecided"


@pytest.mark.parametrize(
    ("here", "there", "says"),
    [
        (["soon"], ["2024-01-01"], "MG3590 the column 't' tells no time: row 1 has 'soon'"),
        ([2012], ["2024-01-01"], "MG3591 the column 't' holds dates in one data set and numbers"),
    ],
)
def test_a_column_that_tells_no_time_crashes(here: list[Any], there: list[Any], says: str) -> None:
    result = asked("temporal_leak", "t", tables={"test": {"t": here}, "reference": {"t": there}})
    assert result.status == "crashed"
    assert says in str(result.reason)


def test_truths_are_no_times() -> None:
    tables = {"test": {"t": [True]}, "reference": {"t": [True]}}
    with pytest.raises(ModelgateError, match=r"MG3590 .* it is of the type bool") as error:
        asked("temporal_leak", "t", tables=tables)
    assert error.value.exit_code == 3
