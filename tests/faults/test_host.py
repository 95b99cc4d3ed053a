"""A disk that is full or may not be written, a clock that jumps, a signal in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelgate.errors import RefusedError, UsageError
from modelgate.promote import promote, rollback
from tests.faults.operations import holds
from tests.registered import Line, added, decided, line

MODULES = ("decisions.statement", "deciding")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return line(tmp_path, 2)


def gate(folder: Path, *words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command of modelgate's, that may write no file beyond so many bytes."""
    within = "" if limit is None else f"ulimit -f {limit // 512}; "
    shell = shutil.which("sh") or "/bin/sh"
    script = f'{within}exec "$0" -m modelgate "$@" --registry registry'
    return subprocess.run(
        [shell, "-c", script, sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("kibibytes", [0, 1, 4, 16, 64, 96, 128, 160])
def test_files_that_may_not_grow(two: Line, tmp_path: Path, kibibytes: int) -> None:
    """What a full disk or a quota does, at many sizes: nothing is lost, nothing half done."""
    two.registry.close()
    ended = gate(tmp_path, "promote", "churn@1", "--to", "production", limit=kibibytes << 10)
    assert ended.returncode in {0, 6}, ended.stderr
    assert "Traceback" not in ended.stderr
    if ended.returncode:
        assert "MG6" in ended.stderr
    holds(tmp_path)
    assert gate(tmp_path, "promote", "churn@1", "--to", "production").returncode == 0
    holds(tmp_path)


def test_a_folder_that_may_not_be_written(two: Line, tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root may write everywhere")
    two.registry.close()
    registry = tmp_path / "registry"
    for path in (registry, *registry.iterdir()):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        ended = gate(tmp_path, "promote", "churn@1", "--to", "production")
        assert (ended.returncode, "MG6" in ended.stderr) == (6, True)
    finally:
        for path in (registry, *registry.iterdir()):
            path.chmod(path.stat().st_mode | 0o200)
    holds(tmp_path)


def clock(patch: pytest.MonkeyPatch, jump: timedelta) -> None:
    """Let the clock that decisions are dated by jump."""

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + jump

    for name in MODULES:
        patch.setattr(f"modelgate.{name}.datetime", Jumped)


@pytest.mark.parametrize(
    "jump",
    [
        pytest.param(timedelta(hours=-1), id="an-hour-back"),
        pytest.param(datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC), id="1970"),
    ],
)
def test_a_clock_that_goes_back_changes_no_order(
    two: Line, tmp_path: Path, jump: timedelta
) -> None:
    promote(two.place, "1")
    with pytest.MonkeyPatch.context() as patch:
        clock(patch, jump)
        promote(two.place, "2")
        third = added(two.registry, tmp_path, 9)
        decided(two.registry, third, two.versions[1])
    times = [
        statement.issued for _, statement in two.registry.statements(name="churn", kind="move")
    ]
    assert times[1] < times[0]
    holds(tmp_path)
    assert rollback(two.place, "slow").version.number == 1


def test_a_clock_that_is_a_year_ahead_opens_nothing(two: Line, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock(patch, timedelta(days=366))
        with pytest.raises(RefusedError, match="MG5096"):
            promote(two.place, "1")
    promote(two.place, "1")
    holds(tmp_path)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_in_the_middle(two: Line, tmp_path: Path, sent: signal.Signals, code: int) -> None:
    """The target is at work when the signal comes: the same command once more mends it."""
    # A shell without job control ignores it for all that it starts behind `&`, us among them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    script = tmp_path / "deploy.sh"
    script.write_text("#!/bin/sh\ntouch began; test -e quick || sleep 30\n", "utf-8")
    script.chmod(0o755)
    text = "aliases: {production: {target: {command: [./deploy.sh]}}}\n"
    (tmp_path / "modelgate.yaml").write_text(text, "utf-8")
    two.registry.close()
    words = ["promote", "churn@1", "--to", "production", "--registry", "registry"]
    process = subprocess.Popen([sys.executable, "-m", "modelgate", *words], cwd=tmp_path)
    try:
        while not (tmp_path / "began").exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(sent)
        assert process.wait(10) == code
    finally:
        process.kill()
        process.wait()
    holds(tmp_path)
    (tmp_path / "quick").touch()
    assert gate(tmp_path, *words[:-2]).returncode == 0
    holds(tmp_path)


def test_an_alias_that_nobody_has_is_no_crash(two: Line) -> None:
    with pytest.raises(UsageError, match="MG2407"):
        rollback(two.place, "slow")
