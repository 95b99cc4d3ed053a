"""Kill modelgate at chosen steps and at random instants: `python -m tests.faults`.

    python -m tests.faults                     every step of every operation, then 1,000 kills
    python -m tests.faults --steps 10 --kills 60   what the tests run

Each trial forks a process that dies by SIGKILL; then the invariants are looked at, and the same
operation is done once more, which has to end well.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np

from tests.faults.operations import OPERATIONS, Operation, begun, holds
from tests.faults.steps import counted


def main() -> int:
    """Run what was asked for; 1 where an invariant was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=None, help="steps of each; all if left out")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=sorted(OPERATIONS))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    chance = np.random.default_rng(asked.seed)
    names = asked.only or sorted(OPERATIONS)
    found = {"tried": 0, "killed": 0, "broken": 0}
    with tempfile.TemporaryDirectory(prefix="modelgate-faults-") as folder:
        place = Path(folder) / "it"
        for name in names:
            if asked.steps != 0:
                _at_steps(name, place, asked.steps, found, quiet=asked.json)
        if asked.kills:
            spans = {name: _span(OPERATIONS[name], place) for name in names}
            for _ in range(asked.kills):
                name = str(chance.choice(names))
                _trial(name, place, found, after=chance.uniform(0, 1.2 * spans[name]))
        os.chdir("/")
    _say(json.dumps(found) if asked.json else f"{found}")
    return 1 if found["broken"] else 0


def _at_steps(
    name: str, place: Path, most: int | None, found: dict[str, int], *, quiet: bool
) -> None:
    operation = OPERATIONS[name]
    begun(operation, place)
    count = _counted_apart(operation)
    every = range(1, count + 1)
    chosen = (
        every
        if most is None
        else sorted(np.random.default_rng(count).permutation(every)[:most].tolist())
    )
    for step in chosen:
        _trial(name, place, found, step=step)
    if not quiet:
        _say(f"{name}: {count} steps, {len(chosen)} tried")


def _counted_apart(operation: Operation) -> int:
    """The steps of one run, in a process of its own: what is loaded once is counted each time."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with counted() as steps:
            operation.run()
        os.write(write, str(steps.taken).encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    assert status == 0
    return int(os.read(read, 20))


def _trial(
    name: str, place: Path, found: dict[str, int], *, step: int = 0, after: float | None = None
) -> None:
    operation = OPERATIONS[name]
    begun(operation, place)
    child = os.fork()
    if child == 0:
        _silent()
        try:
            with counted(step, "kill"):
                operation.run()
        except BaseException:  # noqa: BLE001 (the parent looks at what is left)
            os._exit(3)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    found["tried"] += 1
    found["killed"] += os.WIFSIGNALED(status)
    try:
        holds(place)
        operation.run()
        holds(place)
    except BaseException:  # noqa: BLE001 (counted, and told)
        found["broken"] += 1
        sys.stderr.write(f"{name}, step {step}, after {after}:\n")
        traceback.print_exc()


def _span(operation: Operation, place: Path) -> float:
    """How long it takes."""
    begun(operation, place)
    began = time.monotonic()
    operation.run()
    return time.monotonic() - began


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _silent() -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


if __name__ == "__main__":
    sys.exit(main())
