"""What docs/data.md shows is what happens."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from click.testing import CliRunner

from modelgate.cli.schema import command
from modelgate.data_quality.rules import read_rules
from modelgate.library import Library, builtin_root
from modelgate.suite_file import parse_suite

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
SUITE, SCHEMA = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_suite_is_read(tmp_path: Path) -> None:
    drafted = CliRunner()
    table = pd.DataFrame({"age": np.arange(100), "label": ["yes", "no"] * 50})
    table.to_csv(tmp_path / "train.csv", index=False)
    table.to_csv(tmp_path / "test.csv", index=False)
    result = drafted.invoke(command, [str(tmp_path / "train.csv")], standalone_mode=False)
    (tmp_path / "schema.yaml").write_text(result.stdout, encoding="utf-8")
    library = Library(builtin_root())
    path = str(tmp_path / "suite.yaml")
    suite = parse_suite(SUITE.encode(), name="suite", path=path, checks=library)
    assert suite.steps[0].check == "schema"


def test_the_schema_is_read(tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(SCHEMA, encoding="utf-8")
    age, plan, note = read_rules(path)
    assert (age.type, age.at_most, plan.one_of) == ("whole", 120, ("free", "paid"))
    assert (note.missing, note.required) == (True, False)


def test_every_check_of_the_family_stands_in_the_table_with_its_limit() -> None:
    rows = re.findall(r"^\| `(\w+): \w", PAGE, flags=re.MULTILINE)
    library = Library(builtin_root())
    family = {name for name in library if library[name].family == "data"}
    assert set(rows) == family
