"""Many at once, and for long: `python -m tests.faults.loads`.

--gates ROUNDS       64 gates at once, each with a decision a round
--promoters ROUNDS   64 promoters at once, each with a version of its own
--soak MINUTES       one gate after the other, a second apart, and what they leave behind
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from modelgate.audit import audited
from modelgate.decisions.keys import public_keys
from modelgate.errors import ConflictError, ModelgateError
from modelgate.evaluation import evaluate
from modelgate.promote import promote
from modelgate.registries.embedded import Registry
from tests.registered import added, decided, line, there, trial

PROCESSES, THREADS = 8, 8
MANY = PROCESSES * THREADS
MIB = 1 << 20


def main() -> int:
    """Run what was asked for; 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gates", type=int, default=20)
    parser.add_argument("--promoters", type=int, default=200)
    parser.add_argument("--soak", type=float, default=0)
    asked = parser.parse_args()
    trial()
    held = True
    for load, much in ((gates, asked.gates), (promoters, asked.promoters), (soak, asked.soak)):
        if not much:
            continue
        with tempfile.TemporaryDirectory(prefix="modelgate-loads-") as folder:
            os.chdir(folder)
            held &= load(much)
            os.chdir("/")
    return 0 if held else 1


def gates(rounds: float) -> bool:
    """Each decision once, and the log sound."""
    found = line(Path(), 2)
    found.registry.close()
    began = time.monotonic()

    def work(number: int) -> str:
        registry = Registry(Path("registry"))
        for look in range(int(rounds)):
            decided(registry, found.versions[1], found.versions[0], seed=1000 * number + look + 1)
        registry.close()
        return "done"

    ended = _at_once(work)
    seconds = time.monotonic() - began
    registry = Registry(Path("registry"))
    seeds = [
        decision.body["environment"]["seed"]
        for _, decision in registry.statements(name="churn", kind="decision")
    ]
    wanted = MANY * int(rounds)
    once = len(seeds) - 2 == wanted and len(set(seeds)) == wanted + 1
    _audit(registry)
    _say(f"gates: {len(seeds) - 2} of {wanted} decisions in {seconds:.0f} s, {dict(ended)}")
    registry.close()
    return once and ended == {"done": MANY}


def promoters(rounds: float) -> bool:
    """One of 64 wins each round."""
    found = line(Path(), 1)
    promote(there(found.registry), "1")
    total: Counter[str] = Counter()
    waited: list[float] = []
    number = 1
    for _ in range(int(rounds)):
        champion = found.registry.alias("churn", "production")
        first = number + 1
        for _ in range(MANY):
            decided(found.registry, added(found.registry, Path(), number), champion)
            number += 1
        found.registry.database.engine.dispose()  # no connection outlives a fork

        def work(place: int, first: int = first) -> str:
            registry = Registry(Path("registry"))
            began = time.monotonic()
            try:
                promote(there(registry), str(first + place))
            except ConflictError as error:
                return error.code
            finally:
                waited.append(time.monotonic() - began)
                registry.close()
            return "won"

        total += _at_once(work)
    _audit(found.registry)
    moves = len(list(found.registry.entries(kind="move")))
    found.registry.close()
    _say(f"promoters: {rounds:.0f} rounds of {MANY}: {dict(total)}, {moves} moves in the log")
    return total == {"won": int(rounds), "MG8502": (MANY - 1) * int(rounds)}


def soak(minutes: float) -> bool:
    """Gates that pass, fail and break off; what they leave behind grows with the log alone."""
    found = line(Path(), 2)
    found.registry.close()
    os.environ["MODELGATE_REGISTRY"] = "registry"
    Path("fails.yaml").write_text("checks: [{model_size: bytes, at_most: 1}]\n", "utf-8")
    Path("wrong.yaml").write_text("checks: [{metrik: accuracy}]\n", "utf-8")
    suites = ("smoke", "fails.yaml", "wrong.yaml")
    me = psutil.Process()
    ends, seen = time.monotonic() + 60 * minutes, []
    began = time.monotonic()
    while time.monotonic() < ends:
        next_one = time.monotonic() + 1
        for suite in suites:
            with suppress(ModelgateError):
                evaluate("churn@1", suite=suite)
        size = Path("registry/registry.db").stat().st_size
        wal = Path("registry/registry.db-wal")
        grown = wal.stat().st_size if wal.exists() else 0
        held = (time.monotonic() - began, me.memory_info().rss, me.num_fds(), size, grown)
        seen.append(held)
        time.sleep(max(0.0, next_one - time.monotonic()))
    later = np.array(seen[len(seen) // 3 :], dtype=float)
    slope = np.polyfit(later[:, 0], later[:, 1], 1)[0] * 3600 / MIB
    began = time.monotonic()
    registry = Registry(Path("registry"))
    _audit(registry)
    registry.close()
    _say(
        f"soak: {len(seen) * len(suites)} gates in {minutes:g} min; memory"
        f" {later[0, 1] / MIB:.0f} to {later[-1, 1] / MIB:.0f} MiB ({slope:+.1f} MiB an hour),"
        f" descriptors {later[:, 2].min():.0f} to {later[:, 2].max():.0f}, database"
        f" {seen[-1][3] / MIB:.1f} MiB, WAL at most {later[:, 4].max() / MIB:.1f} MiB;"
        f" verified in {time.monotonic() - began:.1f} s"
    )
    return bool(later[:, 2].max() - later[:, 2].min() <= 4)


def _at_once(work: Callable[[int], str]) -> Counter[str]:
    """What 64 workers answer, 8 threads in each of 8 processes."""
    pipes = []
    for process in range(PROCESSES):
        read, write = os.pipe()
        if os.fork() == 0:
            _serve(work, process, write)
        os.close(write)
        pipes.append(read)
    said: Counter[str] = Counter()
    for pipe in pipes:
        with os.fdopen(pipe) as answers:
            said.update(answers.read().split())
        os.wait()
    return said


def _serve(work: Callable[[int], str], process: int, write: int) -> None:
    answers: list[str] = []

    def one(number: int) -> None:
        try:
            answers.append(work(number))
        except BaseException as error:  # noqa: BLE001 (whatever it is, it is counted)
            answers.append(type(error).__name__)
            sys.stderr.write(f"{error}\n")

    threads = [
        threading.Thread(target=one, args=(process * THREADS + place,)) for place in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(write, " ".join(answers).encode())
    os._exit(0)


def _audit(registry: Registry) -> None:
    audited(registry, "churn", public_keys(registry.keys))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
