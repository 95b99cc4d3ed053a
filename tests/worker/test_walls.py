"""The walls around the worker: what a model in it can reach."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import textwrap
from pathlib import Path

import numpy as np
import pytest

from modelgate.errors import ModelError
from modelgate.stand_in import stand_in
from modelgate.worker import Worker, process

REPOSITORY = Path(__file__).parents[2]
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
        pytest.param(
            "import os, resource as r; r.prlimit(os.getppid(), r.RLIMIT_CORE); return 'limits'",
            id="limits-of-the-parent",
        ),
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
        places += [({str(REPOSITORY / "pyproject.toml")!r},)]
        places += [("/proc/%d/environ" % os.getppid(),), ({str(tmp_path / "new")!r}, "w")]
        return [tried(*place) for place in places] + [tried("mine", "w")]
        """,
        linear,
        monkeypatch,
    )
    assert found == ["PermissionError"] * 6 + ["open"]


def test_the_environment_is_empty_and_the_folder_private(
    linear: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.delenv("LOCPATH", raising=False)
    found = said_inside(
        """
        import os, sys
        return sorted(os.environ), os.getcwd(), os.listdir(), sys.argv[7:]
        """,
        linear,
        monkeypatch,
    )
    assert isinstance(found, tuple)
    names, folder, files, argv = found
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
