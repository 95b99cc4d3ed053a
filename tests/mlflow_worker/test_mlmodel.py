"""An `MLmodel` says which file is the model; what it would run is never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.errors import MistakesError, ModelgateError, RefusedError, UsageError
from modelgate.mlflow_worker.mlmodel import leads_only_to, model_file

PYTHON = "python_function: {loader_module: mlflow.onnx, data: model.onnx}"


def folder(path: Path, flavours: str | None, *names: str) -> Path:
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"x")
    if flavours is not None:
        (path / "MLmodel").write_text(f"flavors: {{{flavours}}}\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("flavours", "names", "found"),
    [
        pytest.param(
            f"onnx: {{data: model.onnx}}, {PYTHON}",
            ["model.onnx", "model.onnx.data", "conda.yaml"],
            "model.onnx",
            id="onnx",
        ),
        pytest.param(
            "sklearn: {pickled_model: model.skops, serialization_format: skops}",
            ["model.skops"],
            "model.skops",
            id="skops",
        ),
        pytest.param("xgboost: {data: model.ubj}", ["model.ubj"], "model.ubj", id="xgboost"),
        pytest.param("lightgbm: {data: model.lgb}", ["model.lgb"], "model.lgb", id="lightgbm"),
        pytest.param("onnx: {data: a/m.onnx}", ["a/m.onnx", "b.onnx"], "a/m.onnx", id="one-of-two"),
        pytest.param(None, ["a/m.onnx", "readme.md"], "a/m.onnx", id="no-description"),
        pytest.param(None, ["model.json"], "model.json", id="the-only-file"),
    ],
)
def test_the_model_is_found(
    tmp_path: Path, flavours: str | None, names: list[str], found: str
) -> None:
    assert model_file(folder(tmp_path, flavours, *names)) == found


@pytest.mark.parametrize(
    ("flavours", "names", "kind", "code"),
    [
        pytest.param(PYTHON, ["model.pkl"], RefusedError, "MG5120", id="python-function-alone"),
        pytest.param(
            "pytorch: {model_data: data}", ["data/x"], RefusedError, "MG5120", id="pytorch"
        ),
        pytest.param("", ["model.onnx"], RefusedError, "MG5120", id="no-flavour"),
        pytest.param(
            "sklearn: {pickled_model: m.pkl}", ["m.pkl"], RefusedError, "MG5120", id="a-pickle"
        ),
        pytest.param(
            "onnx: {data: ../../secret.onnx}", ["m.onnx"], RefusedError, "MG5121", id="climbs"
        ),
        pytest.param("onnx: {data: /etc/passwd}", ["m.onnx"], RefusedError, "MG5121", id="root"),
        pytest.param("onnx: {data: m.onnx}", ["n.onnx"], UsageError, "MG2443", id="not-there"),
        pytest.param(
            "onnx: {data: m.onnx}, xgboost: {data: m.ubj}",
            ["m.onnx", "m.ubj"],
            UsageError,
            "MG2443",
            id="two-flavours",
        ),
        pytest.param("onnx: 3", ["m.onnx"], UsageError, "MG2443", id="no-block"),
        pytest.param("onnx: {data: [", ["m.onnx"], MistakesError, "MG2103", id="no-yaml"),
        pytest.param(None, ["a.onnx", "b.onnx"], UsageError, "MG2443", id="two-files"),
        pytest.param(None, ["a.csv", "b.md"], UsageError, "MG2443", id="none-of-a-known-format"),
        pytest.param(None, [], UsageError, "MG2443", id="an-empty-folder"),
    ],
)
def test_what_is_none_or_code_is_refused(
    tmp_path: Path,
    flavours: str | None,
    names: list[str],
    kind: type[ModelgateError],
    code: str,
) -> None:
    with pytest.raises(kind) as caught:
        model_file(folder(tmp_path, flavours, *names))
    assert caught.value.code == code


def test_several_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"several models: 'a\.onnx', 'b\.skops'"):
        model_file(folder(tmp_path, None, "a.onnx", "b.skops"))


def test_a_description_beyond_its_size_is_refused(tmp_path: Path) -> None:
    folder(tmp_path, None, "m.onnx")
    (tmp_path / "MLmodel").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(UsageError, match="MG2443"):
        model_file(tmp_path)


@pytest.mark.parametrize(
    ("flavours", "only"),
    [
        pytest.param("onnx: {data: m.onnx}", True, id="the-file"),
        pytest.param(
            "onnx: {data: m.onnx, code: null}, python_function: {loader_module: mlflow.onnx}",
            True,
            id="as-mlflow-writes-it",
        ),
        pytest.param("onnx: {data: other.onnx}", False, id="another-file"),
        pytest.param(
            "onnx: {data: m.onnx}, python_function: {loader_module: mine}", False, id="a-loader"
        ),
        pytest.param("onnx: {data: m.onnx, code: code}", False, id="code-beside-it"),
        pytest.param("onnx: {data: m.onnx}, pytorch: {model_data: d}", False, id="another-flavour"),
        pytest.param("python_function: {loader_module: mlflow.onnx}", False, id="no-file"),
    ],
)
def test_a_version_for_production_loads_that_file_and_nothing_else(
    tmp_path: Path, flavours: str, only: bool
) -> None:
    folder(tmp_path, flavours)
    assert leads_only_to(tmp_path / "MLmodel", "m.onnx") is only
