"""A decision counts for what was asked then: rows, cases, suite and checks that changed end it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelgate.demo import write
from modelgate.errors import ConflictError, ModelgateError, RefusedError
from modelgate.evaluation import evaluate
from modelgate.promote import promote
from modelgate.registering import register
from modelgate.registry_place import open_registry
from tests.registered import there

SUITE = """\
title: Tumours
data:
  test: {path: data/test.csv, target: diagnosis}
checks:
  - {metric: accuracy, at_least: 90%}
  - {must_get_right: by hand, examples: cases.yaml}
  - small: model
"""
CHECK = """\
from modelgate import Outcome, check
from modelgate.model import Artifact


@check(family="house", unit="byte", at_most=1e9)
def small(artifact: Artifact) -> Outcome:
    \"\"\"The model is small.\"\"\"
    return Outcome(value=float(artifact.bytes), better="lower", unit="byte", kind="exact")
"""
PROJECT = "suite: gate.yaml\naliases:\n  production: {suite: gate.yaml}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "demo")
    monkeypatch.chdir(tmp_path / "demo")
    folder = tmp_path / "demo"
    header, first, *_ = (folder / "data" / "test.csv").read_text("utf-8").splitlines()
    names, cells = header.split(",")[:-1], first.split(",")
    case = ", ".join(f"{name!r}: {cell}" for name, cell in zip(names, cells[:-1], strict=True))
    (folder / "cases.yaml").write_text(f"- input: {{{case}}}\n  expect: {cells[-1]}\n", "utf-8")
    (folder / "gate.yaml").write_text(SUITE, "utf-8")
    (folder / "modelgate.yaml").write_text(PROJECT, "utf-8")
    (folder / "checks" / "house").mkdir(parents=True)
    (folder / "checks" / "house" / "small.py").write_text(CHECK, "utf-8")
    registry = open_registry(create=True)
    register(registry, "models/champion.onnx", "tumours")
    assert evaluate("tumours@1").verdict.decision == "promote"
    registry.close()
    return folder


def moved() -> None:
    registry = open_registry()
    try:
        promote(there(registry, "tumours"), "1")
    finally:
        registry.close()


def test_as_it_was_decided_it_is_promoted(project: Path) -> None:
    del project
    moved()


@pytest.mark.parametrize(
    ("name", "change", "kind", "code"),
    [
        pytest.param("data/test.csv", lambda text: text + text.splitlines()[1] + "\n",
                     ConflictError, "MG8505", id="rows"),
        pytest.param("cases.yaml", lambda text: text + "# more\n",
                     ConflictError, "MG8505", id="cases"),
        pytest.param("checks/house/small.py", lambda text: text + "# more\n",
                     ConflictError, "MG8505", id="a-check"),
        pytest.param("gate.yaml", lambda text: text.replace("90%", "80%"),
                     RefusedError, "MG5094", id="the-suite"),
    ],
)  # fmt: skip
def test_what_was_changed_after_the_check_ends_the_decision(
    project: Path,
    name: str,
    change: Callable[[str], str],
    kind: type[ModelgateError],
    code: str,
) -> None:
    path = project / name
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(kind) as caught:
        moved()
    assert caught.value.code == code
    assert open_registry().alias("tumours", "production") is None
