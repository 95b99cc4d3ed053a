"""Whatever is wrong with raw inputs or what prepares them has its code; the gate stays shut."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

import modelgate
from modelgate.errors import DataError, ModelCrashedError, ModelError, ModelgateError, RefusedError
from modelgate.image_files import MOST_BYTES
from modelgate.prepare import Preparation
from modelgate.worker import Limits, Worker
from tests.prepare.conftest import LABELS, SENTENCES, bag_of_words, content, save, trained
from tests.prepare.test_checked import write_rows
from tests.prepare.test_images import bomb

Suite = Callable[..., Path]
TOKENS = "{tokenizer: tokenizer.json, max_length: 16}"
CLASSES = "classes: [ham, spam]"


def refused(model: Path, suite: Path) -> ModelgateError:
    with pytest.raises(ModelgateError) as caught:
        modelgate.evaluate(model, suite=suite)
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tokenizer and sentences."""
    (tmp_path / "tokenizer.json").write_bytes(content(trained()))
    write_rows(tmp_path / "data.csv", ("label", "text"), list(zip(LABELS, SENTENCES, strict=True)))
    return tmp_path


def test_a_tokenizer_of_more_words_than_the_model_knows(folder: Path, suite: Suite) -> None:
    model = bag_of_words(folder / "m.onnx", np.zeros((10, 2)))
    found = refused(model, suite(TOKENS, model=CLASSES))
    assert isinstance(found, ModelError)
    assert (found.code, found.exit_code) == ("MG3173", 3)
    assert "its embedding knows 10" in found.message


def test_a_tokenizer_for_a_model_that_takes_no_tokens(folder: Path, suite: Suite) -> None:
    model = save(
        folder / "m.onnx",
        [helper.make_node("Softmax", ["image"], ["p"])],
        {"image": (TensorProto.FLOAT, ["n", 2])},
        {"p": (TensorProto.FLOAT, ["n", 2])},
        {},
    )
    found = refused(model, suite(TOKENS, model=CLASSES))
    assert (found.code, found.exit_code) == ("MG3172", 3)
    assert "has the input 'image' (float32 nx2)" in found.message


@pytest.mark.parametrize("broken", [b"", b"{}", b"\xff\xfe\x00", b'{"model": {"type": "BPE"}}'])
def test_a_tokenizer_that_is_none(broken: bytes, folder: Path, suite: Suite) -> None:
    (folder / "tokenizer.json").write_bytes(broken)
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    found = refused(model, suite(TOKENS, model=CLASSES))
    assert (found.code, found.exit_code) == ("MG3171", 3)


def test_a_text_that_is_too_long_and_may_not_be_cut_is_named_by_its_row(
    folder: Path, suite: Suite
) -> None:
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    block = "{tokenizer: tokenizer.json, max_length: 7, truncation: false}"
    found = refused(model, suite(block, model=CLASSES))
    assert (found.code, found.exit_code) == ("MG3175", 3)
    assert "(row " in found.message


@pytest.mark.parametrize("broken", [b"", b"not a graph", b"\x08\x0a\x12\x03abc"])
def test_a_featuriser_that_is_none(broken: bytes, folder: Path, suite: Suite) -> None:
    (folder / "f.onnx").write_bytes(broken)
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    found = refused(model, suite("{onnx: f.onnx}", model=CLASSES))
    assert (found.code, found.exit_code) == ("MG3171", 3)


def _graph(path: Path, name: str, kind: int, width: int) -> Path:
    return save(
        path,
        [helper.make_node("Cast", ["raw"], [name], to=kind)],
        {"raw": (TensorProto.FLOAT, ["n", width])},
        {name: (kind, ["n", width])},
        {},
    )


@pytest.mark.parametrize(
    ("name", "kind", "width", "part"),
    [
        pytest.param("other", TensorProto.INT64, 3, "its featuriser gives 'other'", id="names"),
        pytest.param("x", TensorProto.DOUBLE, 3, "its featuriser gives float64", id="type"),
        pytest.param("x", TensorProto.FLOAT, 4, "the featuriser makes 4", id="width"),
    ],
)
def test_a_featuriser_that_does_not_fit(
    name: str, kind: int, width: int, part: str, folder: Path, suite: Suite
) -> None:
    _graph(folder / "f.onnx", name, kind, width)
    inputs = ["x"] if name == "x" else ["x", "y"]
    model = save(
        folder / "m.onnx",
        [helper.make_node("Softmax", ["x"], ["p"])],
        {one: (TensorProto.FLOAT, ["n", 3]) for one in inputs},
        {"p": (TensorProto.FLOAT, ["n", 3])},
        {},
    )
    rows = [[label, *range(width)] for label in ("a", "b", "c")]
    write_rows(folder / "data.csv", ("label", *"pqrs"[:width]), rows)
    found = refused(model, suite("{onnx: f.onnx}", model="classes: [a, b, c]"))
    assert (found.code, found.exit_code) == ("MG3172", 3)
    assert part in found.message


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A model of small images, and a folder of them; the model's path."""
    (tmp_path / "png").mkdir()
    for name in ("a", "b", "c"):
        Image.new("L", (4, 4), 9).save(tmp_path / "png" / f"{name}.png")
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Softmax", ["flat"], ["p"]),
    ]
    return save(
        tmp_path / "m.onnx",
        nodes,
        {"x": (TensorProto.FLOAT, ["n", 1, 4, 4])},
        {"p": (TensorProto.FLOAT, ["n", 16])},
        {},
    )


def names(images: Path, second: object) -> None:
    rows = [(0, "png/a.png"), (1, second), (2, "png/c.png")]
    write_rows(images.parent / "data.csv", ("label", "file"), rows)


PIXELS = f"classes: {list(range(16))}"


@pytest.mark.parametrize(
    ("bytes_", "code", "part"),
    [
        pytest.param(b"hello", "MG3540", "(row 2, 'png/b.png')", id="text"),
        pytest.param(b"", "MG3540", "(row 2, 'png/b.png')", id="empty"),
        pytest.param(bomb(60_000, 60_000), "MG3541", "(row 2, 'png/b.png')", id="bomb"),
        pytest.param(bytes(MOST_BYTES + 1), "MG3541", "larger than 64 MiB", id="large-file"),
    ],
)
def test_a_file_that_is_no_image(
    bytes_: bytes, code: str, part: str, images: Path, suite: Suite
) -> None:
    (images.parent / "png" / "b.png").write_bytes(bytes_)
    names(images, "png/b.png")
    found = refused(images, suite("{image: {}}", model=PIXELS))
    assert isinstance(found, DataError)
    assert (found.code, found.exit_code) == (code, 3)
    assert part in found.message


def test_an_image_behind_the_first_rows_is_named_by_its_row_too(images: Path, suite: Suite) -> None:
    (images.parent / "png" / "b.png").write_bytes(b"hello")
    rows = [(0, "png/a.png")] * 9000 + [(1, "png/b.png")]
    write_rows(images.parent / "data.csv", ("label", "file"), rows)
    found = refused(images, suite("{image: {}}", model=PIXELS))
    assert (found.code, "(row 9001, 'png/b.png')" in found.message) == ("MG3540", True)


def test_an_image_that_is_not_there(images: Path, suite: Suite) -> None:
    names(images, "png/none.png")
    found = refused(images, suite("{image: {}}", model=PIXELS))
    assert isinstance(found, DataError)
    assert (found.code, found.exit_code) == ("MG3542", 3)
    assert "'png/none.png'" in found.message


def test_a_name_that_is_missing(images: Path, suite: Suite) -> None:
    names(images, "")
    found = refused(images, suite("{image: {}}", model=PIXELS))
    assert found.exit_code == 3
    assert found.code in {"MG3540", "MG3542"}


def test_a_name_that_leads_out_of_the_folder(images: Path, suite: Suite) -> None:
    Image.new("L", (4, 4)).save(images.parent.parent / "outside.png")
    names(images, "../outside.png")
    found = refused(images, suite("{image: {}}", model=PIXELS))
    assert isinstance(found, RefusedError)
    assert (found.code, found.exit_code) == ("MG5071", 5)


PREP = Preparation(kind="python", name="prep.py:go", settings={"function": "go"})
LIMITS = Limits(open_seconds=20, call_seconds=1.5)


def asked(tmp_path: Path, source: str, *, approved: bool = True) -> float:
    """What the model says to one row that this function prepared."""
    model = save(
        tmp_path / "m.onnx",
        [helper.make_node("Identity", ["x"], ["y"])],
        {"x": (TensorProto.FLOAT, ["n", 1])},
        {"y": (TensorProto.FLOAT, ["n", 1])},
        {},
    )
    (tmp_path / "prep.py").write_text(source)
    preparation = Preparation(
        kind="python",
        name="prep.py:go",
        file=tmp_path / "prep.py",
        settings={"function": "go"},
    )
    with Worker.start(model, limits=LIMITS) as worker:
        worker.prepare(preparation, lambda _: approved)
        return float(worker.ask({"a": np.array([2.0])}, 1)["y"][0, 0])


def test_a_function_that_prints_does_its_work(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = "import sys\ndef go(rows):\n    print('PROMOTE' * 99)\n    sys.stderr.write('x')\n"
    assert asked(tmp_path, f"{source}    return rows[['a']] * 3") == 6.0
    assert "PROMOTE" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("raise ValueError('no')", "MG4030", id="raises"),
        pytest.param("import sys; sys.exit(0)", "MG4030", id="exits"),
        pytest.param("import os; os._exit(0)", "MG4001", id="exits-hard"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "MG4001", id="kills-itself"),
        pytest.param("import time; time.sleep(60)", "MG4006", id="hangs"),
        pytest.param("while True: pass", "MG4006", id="spins"),
        pytest.param("import os; os.fork()", "MG4030", id="forks"),
        pytest.param("import subprocess; subprocess.run(['true'])", "MG4030", id="starts"),
        pytest.param(
            "import socket; socket.create_connection(('127.0.0.1', 9))", "MG4030", id="net"
        ),
        pytest.param("return open('/etc/passwd').read()", "MG4030", id="reads"),
        pytest.param("return rows[['a']].iloc[:0]", "MG4031", id="too-few"),
        pytest.param("return [[1.0]] * 7", "MG4031", id="too-many"),
        pytest.param("return [float('nan')] * 1 and [['a']]", "MG3172", id="texts"),
        pytest.param("return bytearray(1 << 43)", "MG4003", id="too-much-memory"),
        pytest.param("raise ValueError('a' * 9_000_000)", "MG4030", id="says-too-much"),
    ],
)
def test_a_function_that_misbehaves(body: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(ModelgateError) as caught:
        asked(tmp_path, f"def go(rows):\n    {body}\n")
    assert caught.value.code == code
    assert caught.value.exit_code == (3 if code.startswith("MG3") else 4)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("import os; os._exit(0)", "MG4001", id="exits-hard"),
        pytest.param("raise SystemExit(0)", "MG4030", id="exits"),
        pytest.param("def go(", "MG4030", id="no-python"),
    ],
)
def test_a_file_that_misbehaves_while_it_is_read(source: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(ModelCrashedError) as caught:
        asked(tmp_path, source)
    assert (caught.value.code, caught.value.exit_code) == (code, 4)


def test_code_that_nobody_approved_does_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(RefusedError) as caught:
        asked(tmp_path, f"open({str(mark)!r}, 'w')\ndef go(rows): return rows", approved=False)
    assert (caught.value.code, caught.value.exit_code) == ("MG5070", 5)
    assert "approved: [sha256:" in (caught.value.hint or "")
    assert not mark.exists()


def test_a_suite_with_a_function_is_refused_until_it_is_approved(
    folder: Path, suite: Suite
) -> None:
    (folder / "prep.py").write_text("def go(rows): return rows")
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    found = refused(model, suite("{python: 'prep.py:go'}", model=CLASSES))
    assert isinstance(found, RefusedError)
    assert (found.code, found.exit_code) == ("MG5070", 5)
    assert found.where is not None
    assert found.where.line == 1


@pytest.mark.parametrize("name", ["no_such_module", "numpy", "sys", "numpy.no_such"])
def test_a_module_that_is_no_file_of_python_or_does_not_exist(
    name: str, folder: Path, suite: Suite
) -> None:
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    found = refused(model, suite(f"{{python: '{name}:go'}}", model=CLASSES))
    expected = ("MG5070", 5) if name == "numpy" else ("MG3171", 3)  # a package's __init__ is code
    assert (found.code, found.exit_code) == expected


def test_a_pipe_instead_of_a_tokenizer_is_refused(folder: Path, suite: Suite) -> None:
    path = suite(TOKENS, model=CLASSES)
    model = bag_of_words(folder / "m.onnx", np.zeros((300, 2)))
    (folder / "tokenizer.json").unlink()
    os.mkfifo(folder / "tokenizer.json")
    found = refused(model, path)
    assert found.code in {"MG2133", "MG3001"}
