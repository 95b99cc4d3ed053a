"""A Python function is a model only where its file was approved, and may do in its process what it
likes: each misdeed has a code, and none opens the gate."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pytest

from modelgate.asking import Raw
from modelgate.asking.worker import WorkerAsker
from modelgate.cli import main
from modelgate.errors import ModelCrashedError, RefusedError
from modelgate.suite import ModelPart
from modelgate.worker import Worker
from modelgate.worker.granting import NOTHING, Granted
from modelgate.worker.limits import Limits

GOOD = "def answer(rows):\n    return (rows['x'] > 0).map({True: 'yes', False: 'no'})\n"
LEFT = "left-by-the-model"
ROWS = pa.RecordBatch.from_pydict({"x": np.linspace(-1, 1, 20), "word": ["a", None] * 10})
HASTE = Limits(open_seconds=30, call_seconds=1.5)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert psutil.Process().children(recursive=True) == []


@contextmanager
def opened(
    source: str, folder: Path, *, granted: Granted | None = None, limits: Limits = HASTE
) -> Iterator[WorkerAsker]:
    path = folder / "model.py"
    path.write_text(dedent(source))
    approving = Granted(lambda _: True) if granted is None else granted
    with Worker.start(path, function="answer", limits=limits) as worker:
        asker = WorkerAsker(worker, 1, granted=approving)
        asker.bind(ROWS.schema, (), ModelPart())
        yield asker


def asked(source: str, folder: Path) -> Raw:
    with opened(source, folder) as asker:
        return asker.look(ROWS)


def test_it_is_given_a_frame_and_answers_a_row_each(tmp_path: Path) -> None:
    found = asked(
        """
        import pandas as pd

        def answer(rows):
            assert isinstance(rows, pd.DataFrame) and list(rows) == ["x", "word"]
            print("this goes nowhere " * 10_000)
            return [f"{x > 0} {pd.isna(word)}" for x, word in zip(rows["x"], rows["word"])]
        """,
        tmp_path,
    )
    assert found["answer"].tolist() == [f"{i >= 10} {i % 2 == 1}" for i in range(20)]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("raise SystemExit(0)", "MG4020", id="leaves-as-it-is-read"),
        pytest.param("import os\ndef answer(rows):\n    os._exit(0)", "MG4001", id="exits-with-0"),
        pytest.param("def answer(rows):\n    while True: pass", "MG4006", id="hangs"),
        pytest.param(
            "import os\ndef answer(rows):\n    os.fork()\n    return rows['x']", "MG40", id="forks"
        ),
    ],
)
def test_a_misdeed_has_a_code(source: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(ModelCrashedError, match=f"^{code}.* model.py: ") as caught:
        asked(source, tmp_path)
    assert caught.value.exit_code == 4


def test_what_it_writes_on_its_descriptors_is_no_answer(tmp_path: Path) -> None:
    source = """
    import os

    def answer(rows):
        for descriptor in range(3, 500):
            try:
                os.write(descriptor, b"\\x00" * 64)
            except OSError:
                pass
        return rows["x"]
    """
    with pytest.raises(ModelCrashedError, match=r"^MG40") as caught:
        asked(source, tmp_path)
    assert caught.value.exit_code == 4


def test_it_reaches_neither_net_nor_files_nor_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    (tmp_path / "labels.csv").write_text("y\n1\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = asked(
            f"""
            import os, socket

            def reached(what):
                try:
                    what()
                except OSError:
                    return "shut"
                return "open"

            def answer(rows):
                net = reached(lambda: socket.create_connection(("127.0.0.1", {port}), 1))
                left = reached(lambda: open({str(tmp_path / LEFT)!r}, "w"))
                told = os.environ.get("SECRET_TOKEN", "untold")
                return [f"{{net}} {{left}} {{told}}"] * len(rows)
            """,
            tmp_path,
        )
    assert found["answer"][0] == "shut shut untold"
    assert not (tmp_path / LEFT).exists()


def test_it_does_not_run_where_nobody_approved_it(tmp_path: Path) -> None:
    source = f"open({str(tmp_path / LEFT)!r}, 'w')\n{GOOD}"
    digest = hashlib.sha256(dedent(source).encode()).hexdigest()
    with (
        pytest.raises(RefusedError, match=rf"^MG5074 .*sha256:{digest}") as caught,
        opened(source, tmp_path, granted=NOTHING),
    ):
        pass
    assert caught.value.exit_code == 5
    assert f"--allow-code sha256:{digest}" in (caught.value.hint or "")
    assert not (tmp_path / LEFT).exists()


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`modelgate check` of an approved or unapproved function, on rows that it gets right."""
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(1).normal(size=600)
    pd.DataFrame({"x": x, "y": np.where(x > 0, "yes", "no")}).to_csv("rows.csv", index=False)
    Path("rule.py").write_text(GOOD)

    def check(*words: str, command: str = "check") -> tuple[int, dict[str, Any]]:
        Path("report.json").unlink(missing_ok=True)
        asked = ("--data", "rows.csv", "--target", "y", "--report", "json:report.json")
        code = main([command, "rule.py:answer", *asked, *words])
        out = Path("report.json")
        return code, json.loads(out.read_text()) if out.exists() else {}

    return check


DIGEST = f"sha256:{hashlib.sha256(GOOD.encode()).hexdigest()}"


@pytest.mark.parametrize("text", ["yes", "sha256:abc", DIGEST.upper(), f"{DIGEST} "])
def test_what_is_no_digest_is_a_mistake(
    text: str, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("--allow-code", text) == (2, {})
    assert "MG2003" in capfd.readouterr().err


def test_a_digest_on_the_command_line_allows_that_file(run: Run) -> None:
    code, report = run("--allow-code", f"sha256:{'0' * 64}", "--allow-code", DIGEST)
    assert code == 0, report["verdict"]
    model = report["subject"]["model"]
    assert (model["format"], model["digest"]) == ("python", DIGEST)
    assert model["name"] == "rule.py:answer"


def test_a_digest_in_the_project_allows_that_file_until_it_is_changed(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("modelgate.yaml").write_text(f"approved: [{DIGEST}]\n")
    assert run()[0] == 0
    Path("rule.py").write_text(f"{GOOD}\n")
    capfd.readouterr()
    assert run("--allow-code", f"sha256:{'0' * 64}") == (5, {})
    said = capfd.readouterr().err
    changed = f"sha256:{hashlib.sha256(Path('rule.py').read_bytes()).hexdigest()}"
    assert "MG5074" in said
    assert f"approved: [{changed}]" in said
    assert f"--allow-code {changed}" in said


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("init", "rule.py:answer", "--data", "rows.csv", "--target", "y"), id="init"),
        pytest.param(
            ("curate", "rows.csv", "--model", "rule.py:answer", "--budget", "9"),
            id="curate",
        ),
    ],
)
def test_every_command_that_runs_a_model_allows_it_likewise(
    words: tuple[str, ...], run: Run
) -> None:
    del run  # which wrote the files
    assert main([*words, "--allow-code", DIGEST]) == 0


def test_compare_allows_it_likewise(run: Run) -> None:
    Path("other.py").write_text(GOOD)
    assert run("other.py:answer", "--allow-code", DIGEST, command="compare")[0] == 0
    assert run("other.py:answer", command="compare")[0] == 5


def test_a_module_that_is_not_there(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    del run
    assert main(["check", "no_such_module:answer", "--data", "rows.csv"]) == 3
    assert "MG3001" in capfd.readouterr().err


def test_a_pipe_in_place_of_a_file(
    run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    del run
    os.mkfifo(tmp_path / "pipe.py")
    assert main(["check", "pipe.py:answer", "--data", "rows.csv"]) == 3
    assert "MG3001" in capfd.readouterr().err
