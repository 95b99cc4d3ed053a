"""A schema: drafted from good rows, edited, kept or broken."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from modelgate.cli.schema import command
from modelgate.data_quality.rules import Rule, read_rules, written
from modelgate.errors import MistakesError
from modelgate.report import Result
from modelgate.testing import run_check

GOOD: dict[str, list[Any]] = {
    "age": [20 + at % 50 for at in range(200)],
    "income": [1_000.5 + at for at in range(200)],
    "plan": ["free", "paid"] * 100,
    "day": ["2024-01-01", "2024-02-29"] * 100,
    "note": [None, *(f"note {at}" for at in range(199))],
}


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    data = tmp_path / "train.csv"
    pd.DataFrame(GOOD).to_csv(data, index=False)
    result = CliRunner().invoke(command, [str(data)], standalone_mode=False)
    path = tmp_path / "schema.yaml"
    path.write_text(result.stdout, encoding="utf-8")
    return path


def asked(schema: Path, **changed: list[Any]) -> Result:
    table = {"test": GOOD | changed}
    return run_check("schema", subject=str(schema), tables=table)


def test_the_draft_says_what_good_rows_hold(schema: Path) -> None:
    rules = {one.column: one for one in read_rules(schema)}
    assert rules["age"] == Rule(column="age", type="whole", at_least=0, at_most=94, mostly=0.98)
    assert rules["plan"].one_of == ("free", "paid")
    assert (rules["day"].type, rules["note"].missing) == ("time", 0.03)
    assert rules["note"].one_of is None


def test_good_rows_keep_to_it(schema: Path) -> None:
    result = asked(schema)
    assert (result.status, result.kind, result.severity) == ("passed", "exact", "minor")
    assert result.says == "200 rows keep to the schema of 5 columns."


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"age": [200] * 5 + GOOD["age"][5:]}, "age lies above 94: row 1 (200), row 2 (200), row"),
        ({"age": [1.5] * 200}, "age is no whole: row 1 (1.5), row 2 (1.5), row 3 (1.5) and 197"),
        ({"plan": ["gift"] * 200}, "plan is none of the values listed: row 1 ('gift'),"),
        ({"day": ["soon"] * 200}, "day is no time: row 1 ('soon')"),
        ({"income": ["much"] * 200}, "income: the column holds string, where number is due"),
        ({"plan": [None] * 9 + ["free"] * 191}, "plan must not be missing: row 1 (nothing)"),
    ],
)
def test_what_breaks_it_is_named_with_rows(
    schema: Path, changed: dict[str, list[Any]], says: str
) -> None:
    result = asked(schema, **changed)
    assert result.status == "failed"
    assert any(says in text for text in result.evidence), result.evidence


def test_a_column_may_have_gaps_and_not_become_one(schema: Path) -> None:
    (rule,) = [one for one in read_rules(schema) if one.column == "note"]
    assert rule.missing == 0.03  # of 1 in 200, twice as many and what chance may add
    assert asked(schema, note=[None] * 4 + GOOD["note"][4:]).status == "passed"
    result = asked(schema, note=[None] * 199 + ["note"])
    assert result.status == "failed"
    assert "note lacks more than 3.0 % of its values" in str(result.evidence)


def test_few_rows_may_break_what_was_drafted(schema: Path) -> None:
    one = ["gift", *GOOD["plan"][1:]]
    assert asked(schema, plan=one).status == "passed"
    strict = schema.read_text(encoding="utf-8").replace("    mostly: 0.98\n", "")
    schema.write_text(strict, encoding="utf-8")
    assert asked(schema, plan=one).status == "failed"


def test_columns_are_counted_whatever_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    rule = "{type: number, at_least: 0, mostly: 1}"
    path.write_text(f"columns:\n  net income: {rule}\n  net worth: {rule}\n")
    table = {"test": {"net income": [-1.0, 2.0], "net worth": [3.0, -4.0]}}
    result = run_check("schema", subject=str(path), tables=table)
    assert (result.status, result.value) == ("failed", 2.0)
    assert result.says.startswith("2 rules of the schema are broken, in 2 of 2 columns: ")


def test_a_column_that_is_gone_is_a_broken_rule(schema: Path) -> None:
    table = {"test": {name: cells for name, cells in GOOD.items() if name != "plan"}}
    result = run_check("schema", subject=str(schema), tables=table)
    assert (result.status, result.value) == ("failed", 1)
    assert result.evidence == ("plan: there is no such column",)


def test_what_is_written_is_read_as_the_same(tmp_path: Path) -> None:
    rules = (
        Rule(column="a: b", type="text", one_of=("yes", "1", "ü\n"), mostly=0.5),
        Rule(column="n", type="number", at_least=-1.5, missing=True, required=False),
        Rule(column="any"),
    )
    path = tmp_path / "schema.yaml"
    path.write_text(written(rules), encoding="utf-8")
    assert read_rules(path) == rules


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns: {}", "schema.yaml:1:1: MG2282 no columns are described"),
        ("columns:\n  a: 3", "schema.yaml:2:6: MG2282 'a' is described by 3"),
        ("columns:\n  a: {typ: text}", "MG2282 no rule is called 'typ'; did you mean 'type'?"),
        ("columns:\n  a: {type: float}", "MG2282 type is one of number, whole, text, truth, time"),
        ("columns:\n  a: {mostly: 99}", "MG2282 mostly is a share of rows, above 0 and at most 1"),
        ("columns:\n  a: {one_of: []}", "MG2282 one_of is a list of texts, numbers or truths"),
        ("columns:\n  a: {at_least: 3, at_most: 2}", "MG2282 at_least 3 lies above at_most 2"),
        ("columns:\n  a: {}\nmore: 1", "MG2282 'more' is no part of a schema"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MistakesError) as error:
        read_rules(path)
    assert says in str(error.value)
    assert error.value.exit_code == 2


def test_a_schema_that_is_gone_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(MistakesError, match="MG2281 the schema cannot be read: No such file"):
        read_rules(tmp_path / "schema.yaml")


@pytest.mark.parametrize(
    ("cells", "rule", "says"),
    [
        (["x", "y"], "{at_least: 5}", "it: the column holds string, where number is due"),
        ([[1], [2]], "{at_most: 5}", "it: the column holds list<item: int64>, where number is due"),
        ([1.0, float("inf")], "{type: whole}", "it is no whole: row 2 (inf)"),
    ],
    ids=["texts", "lists", "infinite"],
)
def test_what_is_no_number_keeps_no_rule_of_numbers(
    tmp_path: Path, cells: list[Any], rule: str, says: str
) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(f"columns: {{it: {rule}}}", encoding="utf-8")
    result = run_check("schema", subject=str(path), tables={"test": {"it": cells}})
    assert (result.status, result.evidence) == ("failed", (says,))


def test_bounds_of_what_is_no_number_are_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text("columns: {day: {type: time, at_least: 5}}", encoding="utf-8")
    with pytest.raises(MistakesError, match="bounds are of numbers, and 'day' is of the type time"):
        read_rules(path)


@pytest.mark.parametrize(
    "cells",
    [
        [2**63 - 1, -(2**63)] * 30,
        [123_456_789_012_345, 123_456_789_012_346] * 30,
        [1_700_000_000_000_000_000 + at for at in range(0, 6_000, 100)],
        [5e-324 * at for at in range(60)],
        [1e20 + at for at in range(60)],
        [1.7e308, -1.7e308, 0.0] * 20,
    ],
    ids=["widest", "long", "nanoseconds", "narrowest", "rounded", "overflowing"],
)
def test_the_draft_holds_of_the_rows_that_it_was_drafted_from(
    tmp_path: Path, cells: list[Any]
) -> None:
    data, path = tmp_path / "train.parquet", tmp_path / "schema.yaml"
    pd.DataFrame({"it": cells}).to_parquet(data)
    result = CliRunner().invoke(command, [str(data)], standalone_mode=False)
    path.write_text(result.stdout, encoding="utf-8")
    found = run_check("schema", subject=str(path), tables={"test": {"it": cells}})
    assert (found.status, found.evidence) == ("passed", ())
