from typing import Any

import numpy as np
import pytest

from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(0)
ROWS = 2_000
X = RNG.normal(size=ROWS).tolist()
WORDS = RNG.choice(["red", "green"], ROWS).tolist()


def asked(check: str, table: dict[str, list[Any]], **others: Any) -> Result:
    tables = {"test": table, **others.pop("tables", {})}
    return run_check(check, tables=tables, target="label", **others)


def labelled(x: list[float], labels: list[str] | None = None) -> dict[str, list[Any]]:
    return {"x": x, "word": (WORDS * 3)[: len(x)], "label": labels or ["yes"] * len(x)}


def test_rows_of_their_own_pass_and_copies_fail() -> None:
    result = asked("duplicates", labelled(X))
    assert (result.status, result.kind, result.severity) == ("passed", "exact", "minor")
    copies = labelled(X)
    copies = {name: column + column[:100] for name, column in copies.items()}
    result = asked("duplicates", copies)
    assert result.status == "failed"
    assert result.says == "4.8 % of 2,100 rows are copies of an earlier row."
    assert result.evidence[0] == "rows 1 and 2,001: copy"


def test_nearly_equal_rows_count_where_that_is_asked() -> None:
    table = {"text": ["Hello there", "hello  there!", "else"], "label": ["a", "a", "a"]}
    assert asked("duplicates", table).status == "passed"
    assert asked("duplicates", table, settings={"near": True}).status == "failed"


def test_equal_inputs_with_other_labels_fail() -> None:
    labels = ["yes", "no"] * (ROWS // 2)
    assert asked("conflicting_labels", labelled(X, labels)).status == "passed"
    twice = labelled(X + X[:60])
    twice["word"] = WORDS + WORDS[:60]
    twice["label"] = ["yes"] * ROWS + ["no"] * 60
    result = asked("conflicting_labels", twice)
    assert result.status == "failed"
    assert result.evidence[0] == "rows 1 and 2,001: other label"


def test_without_labels_none_conflict() -> None:
    result = run_check("conflicting_labels", tables={"test": {"x": [1.0]}})
    assert (result.status, result.reason) == (
        "undecided",
        "nobody named the column with the labels",
    )


def test_rows_of_the_reference_in_the_test_set_are_named() -> None:
    there = {"reference": {"x": RNG.normal(size=ROWS).tolist(), "word": WORDS}}
    assert asked("split_overlap", labelled(X), tables=there).status == "passed"
    leaked = {"reference": {"x": X[:200] + there["reference"]["x"][:800], "word": WORDS[:1000]}}
    result = asked("split_overlap", labelled(X), tables=leaked)
    assert result.status == "failed"
    assert result.evidence[0] == "row 1 is row 1 of reference"
    assert result.says.startswith("10.0 % of 2,000 rows stand in the reference too;")


def test_rows_of_few_values_meet_by_nature_and_pass() -> None:
    few = RNG.integers(0, 3, (2, ROWS)).astype(float)
    result = asked(
        "split_overlap",
        labelled(few[0].tolist()),
        tables={"reference": labelled(few[1].tolist())},
    )
    assert result.status == "passed"
    assert result.details == {"share": 1.0, "natural": 1.0}


def test_few_rows_do_not_tell_whether_they_stand_in_both() -> None:
    tables = {"reference": labelled(X[40:80])}
    assert asked("split_overlap", labelled(X[:40]), tables=tables).status == "undecided"


@pytest.mark.parametrize("tables", [{}, {"reference": {"y": [1.0] * 40}}])
def test_without_rows_to_compare_with_nothing_passes(tables: dict[str, Any]) -> None:
    assert asked("split_overlap", labelled(X[:40]), tables=tables).status in {
        "skipped",
        "undecided",
    }


@pytest.mark.parametrize(
    ("check", "subject"), [("split_overlap", "all"), ("group_leak", "who")], ids=["rows", "groups"]
)
def test_rows_that_are_written_in_another_type_are_not_taken_for_others(
    check: str, subject: str
) -> None:
    tables = {"test": {"who": list(range(50))}, "reference": {"who": list(map(str, range(50)))}}
    result = run_check(check, subject=subject, tables=tables, at_most=0.01)
    assert result.status == "undecided"
    assert "holds int64, and string in the reference" in str(result.reason)


@pytest.mark.parametrize(("check", "subject"), [("split_overlap", "all"), ("drift", "features")])
def test_a_data_set_is_not_compared_with_itself(check: str, subject: str) -> None:
    tables = {"test": {"who": list(range(500))}}
    result = run_check(
        check, subject=subject, tables=tables, settings={"against": "test"}, at_most=0.3
    )
    assert result.status == "skipped"
    assert "compare the role 'test' with itself" in str(result.reason)
