"""Whatever breaks off at whichever step: the invariants hold, and the same once more ends well."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelgate.errors import DeployError, ModelgateError, StorageError
from tests.faults.operations import OPERATIONS, begun, holds
from tests.faults.steps import How, counted

DISK = {errno.EIO, errno.ENOSPC}
REPOSITORY = Path(__file__).parents[2]
QUICK = sorted(set(OPERATIONS) - {"check"})
"""Those that start no worker; with it, see `python -m tests.faults`, and the kills below."""


@pytest.fixture(autouse=True)
def _back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path.cwd())
    monkeypatch.delenv("MODELGATE_REGISTRY", raising=False)


@pytest.mark.parametrize("name", QUICK)
def test_every_step_that_fails(name: str, tmp_path: Path) -> None:
    operation = OPERATIONS[name]
    folder = tmp_path / "it"
    begun(operation, folder)
    with counted() as whole:
        operation.run()
    holds(folder)
    assert whole.taken > 5
    for step in range(1, whole.taken + 1):
        how: How = "EIO" if step % 2 else "ENOSPC"
        begun(operation, folder)
        try:
            with counted(step, how):
                operation.run()
        except (StorageError, DeployError):
            pass
        except OSError as error:
            assert error.errno in DISK, f"step {step} of {name}"  # noqa: PT017 (any step may)
        except ModelgateError as error:
            pytest.fail(f"step {step} of {name}: {error!r} is no fault of the disk")
        holds(folder)
        operation.run()
        holds(folder)


def broken_off(*words: str) -> dict[str, int]:
    """What `python -m tests.faults` counts."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults", *words, "--json"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def test_the_process_dies_at_ten_steps_of_each() -> None:
    found = broken_off("--steps", "10", "--kills", "0")
    assert found["killed"] >= 10 * (len(OPERATIONS) - 1)
    assert found["broken"] == 0


def test_the_process_dies_at_sixty_instants() -> None:
    found = broken_off("--steps", "0", "--kills", "60")
    assert found["tried"] == 60
    assert found["killed"] >= 20
    assert found["broken"] == 0
