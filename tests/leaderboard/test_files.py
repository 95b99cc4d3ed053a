"""What is meant by files, folders and patterns, and what each model is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.errors import UsageError
from modelgate.leaderboard.files import called, found


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("runs/1/model.onnx", "runs/2/model.onnx", "runs/.old/model.onnx", "best.onnx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "runs" / "notes.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["runs"], ["runs/1/model.onnx", "runs/2/model.onnx"], id="folder"),
        pytest.param(["runs/*/*.onnx"], ["runs/1/model.onnx", "runs/2/model.onnx"], id="pattern"),
        pytest.param(["*.onnx", "best.onnx", "./best.onnx"], ["best.onnx"], id="each-file-once"),
        pytest.param(["columns:a", "none.onnx"], ["columns:a", "none.onnx"], id="as-they-are"),
        pytest.param(["best.onnx", "runs/2"], ["best.onnx", "runs/2/model.onnx"], id="both"),
    ],
)
def test_the_models_that_are_meant(runs: Path, words: list[str], expected: list[str]) -> None:
    del runs
    assert found(words) == expected


@pytest.mark.parametrize("word", ["runs/3*", "runs/.old/.."])
def test_nothing_is_meant(runs: Path, word: str) -> None:
    (runs / "runs" / "1" / "model.onnx").unlink()
    (runs / "runs" / "2" / "model.onnx").unlink()
    with pytest.raises(UsageError, match="MG2084"):
        found([word])


@pytest.mark.parametrize(
    ("models", "names"),
    [
        pytest.param(["a/x.onnx", "a/y.onnx"], ["x.onnx", "y.onnx"], id="files"),
        pytest.param(
            ["runs/1/m.onnx", "runs/2/m.onnx"], ["1/m.onnx", "2/m.onnx"], id="of-one-name"
        ),
        pytest.param([Path("a/m.onnx"), "a/m.onnx"], ["m.onnx", "m.onnx (2)"], id="twice"),
        pytest.param(["columns:a,b", "m.onnx"], ["columns:a,b", "m.onnx"], id="columns"),
        pytest.param([len, len], ["len", "len (2)"], id="functions"),
        pytest.param({"old": len, 3: len}, ["old", "3"], id="named"),
    ],
)
def test_names_are_as_short_as_tells_them_apart(models: object, names: list[str]) -> None:
    assert list(called(models)) == names  # type: ignore[arg-type]
