"""However a worker ends, it is told, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from modelgate.errors import ModelCrashedError, StorageError
from modelgate.worker import Limits, Worker, process

ROWS = {"x": np.zeros((1, 3), np.float32)}

CRASHING = """
import sys
parent, folder, wire, memory, provider, tied, *paths = sys.argv[1:]
sys.path[:0] = paths
import modelgate.worker.child as child
from modelgate.worker import calls, session
def crash(*_, **__): {crash}
{place} = crash
child.main(int(parent), folder, (int(wire), int(memory)), provider, tied=tied == "tied")
"""


@pytest.mark.parametrize("place", ["session.open_model", "calls.answer"])
@pytest.mark.parametrize(
    ("crash", "says"),
    [
        pytest.param("import ctypes; ctypes.string_at(0)", r"signal 11", id="segfault"),
        pytest.param("import os; os.abort()", r"signal 6", id="abort"),
        pytest.param("import os; os._exit(0)", r"exit code 0", id="exit-0"),
        pytest.param("import os; os._exit(3)", r"exit code 3", id="exit-3"),
        pytest.param("1 / 0", r"exit code 1\): ZeroDivisionError", id="raise"),
        pytest.param("raise SystemExit(0)", r"exit code 1\): SystemExit", id="system-exit"),
    ],
)
def test_a_crash_is_told_with_its_signal(
    place: str, crash: str, says: str, linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PROGRAM", CRASHING.format(place=place, crash=crash))
    with (
        Worker.start(linear) as worker,
        pytest.raises(ModelCrashedError, match=rf"MG4001 model\.onnx: .*died \({says}") as caught,
    ):
        worker.ask(ROWS, 1)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("when", ["opening", "answering"])
def test_a_worker_killed_from_outside(when: str, linear: Path) -> None:
    with Worker.start(linear) as worker:
        if when == "answering":
            worker.opened()
        os.kill(worker._process.pid, signal.SIGKILL)
        with pytest.raises(ModelCrashedError, match="signal 9") as caught:
            worker.ask(ROWS, 1)
    assert caught.value.hint == "it may have been ended for want of memory"


@pytest.mark.parametrize(
    ("place", "limits"),
    [
        ("session.open_model", Limits(open_seconds=1)),
        ("calls.answer", Limits(call_seconds=0.5)),
    ],
)
def test_a_hang_is_ended(
    place: str, limits: Limits, linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang = "import time; time.sleep(600)"
    monkeypatch.setattr(process, "_PROGRAM", CRASHING.format(place=place, crash=hang))
    with (
        Worker.start(linear, limits=limits) as worker,
        pytest.raises(ModelCrashedError, match=r"MG4006 .*took more than") as caught,
    ):
        worker.ask(ROWS, 1)
    assert caught.value.exit_code == 4


PARENT = """
import os, sys, time
from modelgate.worker import Worker
worker = Worker.start(sys.argv[1])
if {opened}:
    worker.opened()
print(worker._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "opening"])
def test_no_worker_outlives_a_parent_that_is_killed(
    opened: bool, linear: Path, temporary: Path
) -> None:
    arguments = [sys.executable, "-c", PARENT.format(opened=opened), str(linear)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        left = listed(temporary)
        parent.kill()
        parent.wait()
    ended(child)
    assert not opened or left == []
    for folder in temporary.iterdir():
        (folder / "model.onnx").unlink(missing_ok=True)
        folder.rmdir()


def test_an_interrupt_leaves_nothing(linear: Path, temporary: Path) -> None:
    program = """
    import signal, sys
    from modelgate.worker import Worker
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
    with Worker.start(sys.argv[1]) as worker:
        worker.opened()
        print(worker._process.pid, flush=True)
        import time; time.sleep(600)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(program), str(linear)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGINT)
        _, errors = parent.communicate()
    assert b"KeyboardInterrupt" in errors
    ended(child)
    assert listed(temporary) == []


def listed(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def ended(pid: int) -> None:
    for _ in range(500):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} still runs")


def test_the_folder_is_gone_as_soon_as_the_model_is_open(linear: Path, temporary: Path) -> None:
    with Worker.start(linear) as worker:
        assert len(listed(temporary)) == 1
        worker.opened()
        assert listed(temporary) == []


def test_a_worker_that_is_dropped_ends(linear: Path, temporary: Path) -> None:
    worker = Worker.start(linear)
    pid = worker._process.pid
    del worker
    assert not psutil.pid_exists(pid)
    assert listed(temporary) == []


def test_no_descriptor_is_left(linear: Path) -> None:
    def run() -> int:
        with Worker.start(linear) as worker:
            worker.opened()
            worker.ask(ROWS, 1)
        return len(listed(Path("/proc/self/fd")))

    run()
    assert run() == run()


def test_no_place_for_temporary_files_is_a_storage_error(
    linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no-such-folder")
    with pytest.raises(StorageError, match="MG6002") as caught:
        Worker.start(linear)
    assert caught.value.exit_code == 6
