"""A decision on other rows than the suite's opens no alias that names the suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from modelgate.demo import write
from modelgate.earned import Place, place
from modelgate.errors import ConflictError, RefusedError
from modelgate.evaluation import evaluate
from modelgate.options import Options
from modelgate.project import find_project
from modelgate.promote import promote
from modelgate.registering import register
from modelgate.registry_place import open_registry

SUITE = """\
title: Tumours
data:
  test: {path: ../parts/*.csv, target: diagnosis}
model: {positive: malignant}
checks:
  - {metric: accuracy, at_least: 90%}
"""


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The demo's better and worse model, and test data in two files; an alias with a suite."""
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    rows = pd.read_csv("data/test.csv")
    (tmp_path / "parts").mkdir()
    rows[:200].to_csv("parts/a.csv", index=False)
    rows[200:].to_csv("parts/b.csv", index=False)
    Path("suites/gate.yaml").write_text(SUITE, "utf-8")
    text = "suite: suites/gate.yaml\naliases:\n  production: {suite: suites/gate.yaml}\n"
    Path("modelgate.yaml").write_text(text, "utf-8")
    registry = open_registry(create=True)
    for name in ("better", "worse"):
        register(registry, f"models/{name}.onnx", "tumours")
    yield place(registry, find_project(tmp_path), "tumours", "production", registry.keys)
    registry.close()


def test_rows_that_the_caller_named_do_not_count(where: Place) -> None:
    options = Options()
    assert evaluate("tumours@1", options=options).verdict.decision == "promote"
    easy = evaluate("tumours@1", data="parts/a.csv", target="diagnosis", options=options)
    assert easy.verdict.decision == "promote"
    with pytest.raises(RefusedError, match=r"MG5094.*other test rows than its suite says"):
        promote(where, "1")
    evaluate("tumours@1", options=options)
    promote(where, "1")


def test_a_file_of_many_that_was_changed_is_told(where: Place) -> None:
    evaluate("tumours@1")
    part = Path("parts/b.csv")
    part.write_text(part.read_text("utf-8").replace("malignant", "benign"), "utf-8")
    with pytest.raises(ConflictError, match=r"MG8505.*csv' has changed"):
        promote(where, "1")


def test_rows_that_are_not_here_are_told_of(where: Place) -> None:
    evaluate("tumours@1")
    for part in Path("parts").iterdir():
        part.unlink()
    (note,) = promote(where, "1").notes
    assert "nobody looked whether it is the same" in note
