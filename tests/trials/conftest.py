"""One small model, trained once, that takes thirty numbers a row."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from modelgate.cli import main
from modelgate.demo import write

Trial = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="session")
def tumours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder: models/*.onnx and data/test.csv with the target `diagnosis`."""
    folder = tmp_path_factory.mktemp("tumours")
    write(folder)
    return folder


@pytest.fixture
def champion(tumours: Path) -> Path:
    return tumours / "models" / "champion.onnx"


@pytest.fixture
def rows(tumours: Path) -> pd.DataFrame:
    return pd.read_csv(tumours / "data" / "test.csv")


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Run `modelgate check` in an empty folder: exit code and report, {} where there is none."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> tuple[int, dict[str, Any]]:
        out = tmp_path / "report.json"
        out.unlink(missing_ok=True)
        code = main(["check", *map(str, words), "--report", f"json:{out}"])
        return code, json.loads(out.read_text()) if out.exists() else {}

    return run
