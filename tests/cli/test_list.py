"""`modelgate list` shows what there is, and lines that programs can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelgate.cli import main
from modelgate.cli.list import TOPICS
from modelgate.library import Library, builtin_root


def test_all_topics_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    for title in ("Checks", "Suites", "Models", "Data", "Reports"):
        assert f"{title}  " in shown


def test_each_check_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "checks"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    library = Library(builtin_root())
    assert sorted(line.split()[0] for line in lines) == sorted(library)
    told = next(line for line in lines if line.split()[0] == "finite_outputs")
    assert told.split()[1:3] == ["artifact", "blocker"]
    assert "no NaN, no infinity" in told


def test_each_suite_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "suites"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  smoke           4 checks   Smoke test, without labels" in lines


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("formats", {"onnx", "columns:NAME[,NAME...]"}),
        ("sources", {"csv", "parquet"}),
        ("reporters", {"terminal", "json"}),
    ],
)
def test_the_seams(topic: str, names: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", topic]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert names <= {line.split()[0] for line in lines}
    assert all(len(line.split()) > 2 for line in lines)


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["required"] == ["checks"]
    assert len(schema["properties"]["checks"]["items"]["anyOf"]) == len(Library(builtin_root()))


def test_an_unknown_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "cheks"]) == 2
    err = capsys.readouterr().err
    assert err == "modelgate: MG2006 there is nothing to list as 'cheks'; did you mean 'checks'?\n"


def test_a_projects_own_are_listed_only_where_its_file_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "churn.yaml").write_text("title: \u202eChurn\nchecks: [a: b]", "utf-8")
    (tmp_path / "suites" / "broken.yaml").write_text("title: 'a", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["list", "suites"]) == 0
    assert "churn" not in capsys.readouterr().out
    (tmp_path / "modelgate.yaml").write_text("", "utf-8")
    assert main(["list", "suites"]) == 0
    shown = capsys.readouterr().out
    assert "\\u202eChurn" in shown
    assert "cannot be read: broken.yaml:1:8: MG2103" in shown


def test_a_broken_check_of_the_project_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "checks" / "drift" / "mine.py"
    broken.parent.mkdir(parents=True)
    broken.write_text("def mine(:", "utf-8")
    (tmp_path / "modelgate.yaml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["list", "checks"]) == 2
    assert capsys.readouterr().err.startswith(f"{broken}:1:10: MG2210 ")


def test_topics_are_those_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--help"])
    shown = capsys.readouterr().out
    assert all(topic in shown for topic in (*TOPICS, "schema"))
