"""What is no ONNX is named for what it is, with the way to get ONNX from it; nothing is loaded."""

from __future__ import annotations

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from modelgate.errors import ModelError
from modelgate.formats import recognise

SAFETENSORS = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:12ab\nsize 12345\n"

FILES: dict[str, tuple[str, bytes, str, str]] = {
    "lfs": ("m.onnx", POINTER, "Git LFS pointer", "git lfs pull"),
    "torch-zip": ("m.pt", b"PK\x03\x04 m/data.pkl", "PyTorch", "torch.onnx.export"),
    "torch-as-onnx": ("m.onnx", b"PK\x03\x04 m/data.pkl", "PyTorch", "torch.onnx.export"),
    "torch-pickle": ("m.pth", pickle.dumps([1]), "pickle|PyTorch", "export"),
    "hdf5": ("m.h5", b"\x89HDF\r\n\x1a\n", "HDF5", "model.export"),
    "hdf5-as-onnx": ("m.onnx", b"\x89HDF\r\n\x1a\n", "HDF5", "model.export"),
    "keras": ("m.keras", b"PK\x03\x04", "Keras", "model.export"),
    "pickle": ("m.pkl", pickle.dumps([1]), "pickle.*does not open", "skops.io.dump"),
    "pickle-as-onnx": ("m.onnx", pickle.dumps([1], 2), "pickle.*does not open", "skops.io.dump"),
    "pickle-of-text": ("m.pickle", pickle.dumps([1], 0), "pickle", "skops.io.dump"),
    "joblib": ("m.joblib", b"x\x9c", "pickle", "skops.io.dump"),
    "safetensors": (
        "m.safetensors",
        struct.pack("<Q", len(SAFETENSORS)) + SAFETENSORS,
        "safetensors",
        "export",
    ),
    "safetensors-as-onnx": (
        "m.onnx",
        struct.pack("<Q", 8) + SAFETENSORS,
        "safetensors",
        "export",
    ),
    "catboost": ("m.cbm", b"CBM1\x00", "CatBoost", "format='onnx'"),
    "tflite": ("m.tflite", b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite", "tf2onnx"),
    "tflite-as-onnx": ("m.onnx", b"\x08\x00\x00\x00TFL3", "TensorFlow Lite", "tf2onnx"),
    "ort": ("m.onnx", b"\x08\x00\x00\x00ORTM", "onnxruntime's own", "made from"),
    "saved-model-file": ("saved_model.pb", b"\x08\x01\x12\x04", "TensorFlow graph", "tf2onnx"),
    "gguf": ("m.gguf", b"GGUF\x03", "GGUF", "optimum-cli"),
    "core-ml": ("m.mlmodel", b"\x08\x05", "Core ML", "original"),
    "tensorrt": ("m.engine", b"ptrt", "TensorRT", "built from"),
    "html": ("m.onnx", b"<!DOCTYPE html><title>Sign in", "web page", "download"),
    "xml": ("m.xml", b"<?xml version='1.0'?>", "XML", "made from"),
    "json": ("m.onnx", b'{"message": "Not Found"}', "JSON", "ONNX"),
    "zip": ("m.onnx", b"PK\x03\x04", "zip archive", "unpack"),
    "gzip": ("m.onnx.gz", b"\x1f\x8b\x08", "gzip", "unpack"),
    "numpy": ("m.npy", b"\x93NUMPY\x01", "numpy array", "--data"),
    "parquet": ("m.parquet", b"PAR1", "Parquet", "--data"),
    "csv": ("m.csv", b"a,b\n1,2\n", "table", "--data"),
    "text": ("m.onnx", b"Moved Permanently", "text.*'Moved Permanently'", "ONNX"),
    "text-with-a-tag": ("passwd", b"root:x:0:0:root:/root:/bin/bash\n", "text", "ONNX"),
    "control-characters": ("m.onnx", b"\x1b[2J\xff\xfe", "no ONNX model", "ONNX"),
    "empty": ("m.onnx", b"", "is empty", "again"),
    "empty-skops": ("m.skops", b"", "is empty", "again"),
    "python": ("m.py", b"def f(rows): ...\n", "its function is not named", "FILE.py:FUNCTION"),
}


@pytest.mark.parametrize(("name", "content", "what", "mend"), FILES.values(), ids=FILES)
def test_a_file_is_named_for_what_it_is(
    name: str, content: bytes, what: str, mend: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelError, match=what) as caught:
        recognise(path)
    assert (caught.value.code, caught.value.exit_code) == ("MG3003", 3)
    assert mend in (caught.value.hint or "")
    assert name in caught.value.message
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        pytest.param("m.skops", b"PK\x03\x04", "sklearn", id="skops"),
        pytest.param("m.json", b'{"learner": {}}', "xgboost", id="xgboost-json"),
        pytest.param("m.onnx", b'{"learner": {}}', "xgboost", id="xgboost-under-another-name"),
        pytest.param("m.ubj", b"{L\x00\x00\x00\x00learner", "xgboost", id="xgboost-ubj"),
        pytest.param("m.txt", b"tree\nversion=v4\n", "lightgbm", id="lightgbm"),
    ],
)
def test_a_format_is_known_by_its_first_bytes_or_its_name(
    name: str, content: bytes, format_: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert recognise(tmp_path / name) == format_


def test_only_a_file_of_python_has_functions(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("def f(rows): ...\n")
    (tmp_path / "m.onnx").write_bytes(b"\x08\x08")
    assert recognise(tmp_path / "m.py", function=True) == "python"
    with pytest.raises(ModelError, match=r"MG3003 .*no file of Python"):
        recognise(tmp_path / "m.onnx", function=True)


@pytest.mark.parametrize(
    ("holds", "what"),
    [
        pytest.param("saved_model.pb", "SavedModel", id="tensorflow"),
        pytest.param("MLmodel", "MLflow", id="mlflow"),
        pytest.param("config.json", "Hugging Face", id="hugging-face"),
        pytest.param("other", "a folder", id="anything"),
        pytest.param(None, "a folder", id="empty"),
    ],
)
def test_a_folder_is_named_for_what_it_holds(holds: str | None, what: str, tmp_path: Path) -> None:
    if holds:
        (tmp_path / holds).touch()
    with pytest.raises(ModelError, match=rf"MG3003 .*{what}") as caught:
        recognise(tmp_path)
    assert caught.value.exit_code == 3


def test_a_folder_with_a_model_names_it(tmp_path: Path) -> None:
    (tmp_path / "churn.onnx").touch()
    with pytest.raises(ModelError, match="a folder") as caught:
        recognise(tmp_path)
    assert caught.value.hint == "it holds churn.onnx"


def test_what_is_missing_is_missing_and_its_neighbours_are_named(tmp_path: Path) -> None:
    (tmp_path / "churn.onnx").touch()
    with pytest.raises(ModelError, match=r"MG3001 .*does not exist") as caught:
        recognise(tmp_path / "chrun.onnx")
    assert caught.value.hint == "in that folder there is churn.onnx"


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"MG3001 .*pipe"):
        recognise(tmp_path / "m.onnx")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"], ids=["too-long", "zero-byte"])
def test_an_impossible_name_is_an_error_of_ours(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MG3001") as caught:
        recognise(tmp_path / name)
    assert caught.value.exit_code == 3


def test_a_pickle_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    with zipfile.ZipFile(tmp_path / "m.pt", "w") as archive:
        archive.writestr("m/data.pkl", pickle.dumps(Evil()))
    (tmp_path / "m.pkl").write_bytes(pickle.dumps(Evil()))
    for name in ("m.pt", "m.pkl"):
        with pytest.raises(ModelError, match="does not open it"):
            recognise(tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.shared
def test_every_real_model_is_onnx(shared_data: Path) -> None:
    models = sorted((shared_data / "onnx").rglob("*.onnx"))
    found = {path.name: recognise(path) for path in models if path.stat().st_size}
    assert set(found.values()) == {"onnx"}
    assert len(found) == 40


def test_random_bytes_raise_or_are_left_to_the_worker(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "m.onnx"
    outcomes = set()
    for _ in range(200):
        path.write_bytes(rng.bytes(50))
        try:
            outcomes.add(recognise(path))
        except ModelError as error:
            outcomes.add(error.code)
    assert outcomes == {"onnx", "MG3003"}
