"""The walls around the worker, and how it ends."""

from __future__ import annotations

import ast
import os
import shutil
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

from modelgate.errors import ModelCrashedError, ModelError, StorageError
from modelgate.stand_in import stand_in
from modelgate.worker import Limits, Worker, process

ROWS = {"x": np.zeros((1, 3), np.float32)}

INSIDE = """
import sys
parent, folder, wire, memory, provider, tied, *paths = sys.argv[1:]
sys.path[:0] = paths
import modelgate.worker.child as child
from modelgate.worker.explain import Refusal

def probe():
{probe}

def opened(self):
    try:
        said = probe()
    except BaseException as error:
        said = type(error).__name__
    self._send({{"is": "refused", "code": "MG3004", "message": repr(said), "hint": ""}})
    return False

child.Inside._opened = opened
child.main(int(parent), folder, (int(wire), int(memory)), provider, tied=tied == "tied")
"""


def said_inside(probe: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """What a probe finds at the very place where a model would be opened."""
    body = textwrap.indent(textwrap.dedent(probe), "    ")
    monkeypatch.setattr(process, "_PROGRAM", INSIDE.format(probe=body))
    worker = Worker.start(path, threads=2)
    with pytest.raises(ModelError) as caught:
        worker.opened()
    return ast.literal_eval(caught.value.message.partition(": ")[2])


ON_LINUX_WITH_LANDLOCK = ("landlock", "seccomp-net", "no-new-privs", "rlimits", "process")


def test_the_layers_that_held_are_named_strongest_first(linear: Path) -> None:
    with Worker.start(linear) as worker:
        artifact = worker.opened()
        assert artifact.isolation == worker.isolation
    order = [ON_LINUX_WITH_LANDLOCK.index(layer) for layer in artifact.isolation]
    assert order == sorted(order)
    assert {"process", "rlimits", "no-new-privs"} <= set(artifact.isolation)


def needs(layer: str, path: Path) -> None:
    with Worker.start(path) as worker:
        if layer not in worker.opened().isolation:
            pytest.skip(f"this system has no {layer}")


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param("import socket; socket.socket(); return 'open'", id="internet"),
        pytest.param("import socket; socket.socket(socket.AF_INET6); return 'open'", id="ipv6"),
        pytest.param(
            "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM); return 'open'",
            id="datagrams",
        ),
        pytest.param("import socket; socket.socket(socket.AF_NETLINK); return 'x'", id="netlink"),
        pytest.param("import os; os.fork(); return 'forked'", id="fork"),
        pytest.param("import os; os.execv('/bin/true', ['true']); return 'run'", id="exec"),
        pytest.param("import os; os.kill(os.getppid(), 0); return 'signalled'", id="signal"),
    ],
)
def test_what_a_model_must_not_do_is_refused_by_the_kernel(
    probe: str, linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("seccomp-net", linear)
    assert said_inside(probe, linear, monkeypatch) == "PermissionError"


def test_files_of_the_user_can_be_neither_read_nor_made(
    linear: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("landlock", linear)
    secret = tmp_path / "labels.csv"
    secret.write_text("secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = said_inside(
        f"""
        import os
        def tried(what, *more):
            try:
                open(what, *more)
                return "open"
            except OSError as error:
                return type(error).__name__
        places = [({str(secret)!r},), ({str(secret)!r}, "w"), ("/etc/passwd",)]
        places += [("/proc/%d/environ" % os.getppid(),), ({str(tmp_path / "new")!r}, "w")]
        return [tried(*place) for place in places] + [tried("mine", "w")]
        """,
        linear,
        monkeypatch,
    )
    assert found == ["PermissionError"] * 5 + ["open"]


def test_the_environment_is_empty_and_the_folder_private(
    linear: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.delenv("LOCPATH", raising=False)
    names, folder, files, argv = said_inside(
        """
        import os, sys
        return sorted(os.environ), os.getcwd(), os.listdir(), sys.argv[7:]
        """,
        linear,
        monkeypatch,
    )  # type: ignore[misc]
    assert set(names) <= {"LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert Path(folder).parent == temporary
    assert files == ["model.onnx"]
    assert not {"", "."} & set(argv)


def test_limits_hold_inside(linear: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = said_inside(
        """
        import resource as r
        return [r.getrlimit(x)[1] for x in (r.RLIMIT_CORE, r.RLIMIT_NPROC, r.RLIMIT_NOFILE)] + [
            r.getrlimit(r.RLIMIT_AS)[1] < 8 << 30, r.getrlimit(r.RLIMIT_CPU)[1] > 0,
            r.getrlimit(r.RLIMIT_FSIZE)[1] < 1 << 30]
        """,
        linear,
        monkeypatch,
    )
    assert found == [0, 0, 256, True, True, True]


def test_a_worker_has_a_session_of_its_own(linear: Path) -> None:
    with Worker.start(linear) as worker:
        worker.opened()
        pid = worker._process.pid
        assert os.getsid(pid) == os.getpgid(pid) == pid != os.getsid(0)


CRASHING = """
import sys
parent, folder, wire, memory, provider, tied, *paths = sys.argv[1:]
sys.path[:0] = paths
import modelgate.worker.child as child
from modelgate.worker import calls, session
def crash(*_): {crash}
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
        pytest.raises(ModelCrashedError, match=rf"MG4001 model.onnx: .*died \({says}") as caught,
    ):
        worker.opened()
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
        pytest.raises(ModelCrashedError, match="MG4006 .*took more than") as caught,
    ):
        worker.opened()
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
        left = os.listdir(temporary)
        parent.kill()
        parent.wait()
    ended(child)
    assert not opened or left == []
    for name in os.listdir(temporary):
        (temporary / name / "model.onnx").unlink(missing_ok=True)
        (temporary / name).rmdir()


def test_an_interrupt_leaves_nothing(linear: Path, temporary: Path) -> None:
    program = """
    import sys
    from modelgate.worker import Worker
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
    assert os.listdir(temporary) == []


def ended(pid: int) -> None:
    for _ in range(500):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} still runs")


def test_the_folder_is_gone_as_soon_as_the_model_is_open(linear: Path, temporary: Path) -> None:
    with Worker.start(linear) as worker:
        assert len(os.listdir(temporary)) == 1
        worker.opened()
        assert os.listdir(temporary) == []


def test_a_worker_that_is_dropped_ends(linear: Path, temporary: Path) -> None:
    worker = Worker.start(linear)
    pid = worker._process.pid
    del worker
    assert not psutil.pid_exists(pid)
    assert os.listdir(temporary) == []


def test_no_descriptor_is_left(linear: Path) -> None:
    def run() -> int:
        with Worker.start(linear) as worker:
            worker.opened()
            worker.ask(ROWS, 1)
        return len(os.listdir("/proc/self/fd"))

    run()
    assert run() == run()


def test_no_place_for_temporary_files_is_a_storage_error(
    linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no-such-folder")
    with pytest.raises(StorageError, match="MG6002") as caught:
        Worker.start(linear)
    assert caught.value.exit_code == 6


@pytest.mark.shared
def test_a_model_that_needs_a_locale_finds_the_one_it_is_shown(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("localedef") or not Path("/usr/share/i18n/locales/en_US").exists():
        pytest.skip("this system cannot make a locale")
    made = tmp_path / "locales" / "en_US.UTF-8"
    made.parent.mkdir()
    subprocess.run(["localedef", "-i", "en_US", "-f", "UTF-8", str(made)], check=True)  # noqa: S607
    monkeypatch.setenv("LOCPATH", str(made.parent))
    with Worker.start(shared_data / "onnx" / "strings_need_locale.onnx") as worker:
        signature = worker.opened().signature
        assert all(len(one) == 3 for one in worker.ask(stand_in(signature, 3), 3).values())
