"""`python -m tests.benchmarks.itself`: is a model ever called slower than itself?

Candidate and champion are one file, timed as `latency` times them while other programs come and
go. The step is a blocker, and its limit 1.05; or 1, which leaves no room at all.
What it prints is written down in docs/artifact.md; `--record FILE` keeps the rounds for
tests/checks/artifact/test_timed.py, as microseconds: a line a sitting and session.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from modelgate.asking.worker import WorkerAsker
from modelgate.bench import Rounds
from modelgate.benching import bench_for
from modelgate.suite import ModelPart
from modelgate.testing import run_check
from modelgate.worker import Worker
from tests.checks.artifact.toys import ToyBench

LIMITS = (1.0, 1.05)
SUBJECTS = ("p50", "p95")


def main() -> int:
    """Judge a model against itself, again and again; 1 where it was blocked once."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.itself", description=__doc__)
    parser.add_argument("--model", type=Path, help="an ONNX file; a small network where left out")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0, help="that each run measures")
    parser.add_argument("--busy", type=int, default=3, help="programs that run beside it")
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    found: Counter[tuple[str, float, str]] = Counter()
    noises, recorded = [], []
    path = given.model or _network()
    with _load(given.busy):
        for run in range(given.runs):
            rounds = _measured(path, given.rows, given.seconds)
            for subject in SUBJECTS:
                for limit in LIMITS:
                    result = run_check(
                        "latency",
                        subject=subject,
                        bench=ToyBench(rounds),
                        at_most=limit,
                        severity="blocker",
                    )
                    found[subject, limit, str(result.status)] += 1
                    if subject == "p50" and limit == LIMITS[0]:
                        noises.append(result.details["noise"])
                        says = f"run {run + 1}: {result.value:.3f}, {result.interval}"
                        sys.stderr.write(f"{says}, noise {noises[-1]:.3f}\n")
            recorded += _lines(rounds)
            if given.record:
                given.record.write_text("\n".join(recorded) + "\n", encoding="utf-8")
    for (subject, limit, status), count in sorted(found.items()):
        sys.stdout.write(f"latency: {subject}, at_most: {limit:g}: {count} {status}\n")
    middle = float(np.median(noises))
    sys.stdout.write(f"noise: {middle:.1%} (median of {given.runs} runs, {given.busy} busy)\n")
    return 1 if any(status == "failed" for _, _, status in found) else 0


def _measured(path: Path, rows: int, seconds: float) -> Rounds:
    """The rounds of a model against itself."""
    with Worker.start(path) as one, Worker.start(path) as other:
        asker, rival = WorkerAsker(one, 1), WorkerAsker(other, 1)
        rival.look(None)
        bench = bench_for(asker, rival, asker.look(None), None, ModelPart())
        assert bench is not None
        rounds = bench.calls(rows=rows, fewest=20, seconds=seconds)
        if rounds is None:
            raise SystemExit("the time is too short: give more --seconds")
        return rounds


def _lines(rounds: Rounds) -> list[str]:
    """The median of each round in microseconds; session by session, sitting by sitting."""
    sessions = [rounds.candidate, rounds.again, rounds.champion]
    middle = [np.median(one, axis=1) * 1e6 for one in sessions if one is not None]
    parts: list[list[NDArray[np.float64]]] = [
        np.array_split(one, rounds.sittings) for one in middle
    ]
    return [
        ",".join(f"{value:.2f}" for value in part[sitting])
        for sitting in range(rounds.sittings)
        for part in parts
    ]


def _network() -> Path:
    """Three layers of 64, which take some microseconds."""
    rng = np.random.default_rng(0)
    weights = [
        numpy_helper.from_array(rng.normal(size=(64, 64)).astype(np.float32), f"w{at}")
        for at in range(3)
    ]
    nodes, last = [], "x"
    for at in range(3):
        nodes += [
            helper.make_node("MatMul", [last, f"w{at}"], [f"m{at}"]),
            helper.make_node("Tanh", [f"m{at}"], [f"t{at}"]),
        ]
        last = f"t{at}"
    shape: list[str | int | None] = ["n", 64]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = Path("network.onnx").resolve()
    onnx.save(model, path)
    return path


@contextmanager
def _load(programs: int) -> Iterator[None]:
    """Programs that compute for a while and rest for a while, each as it likes."""
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_busy, args=(seed,), daemon=True) for seed in range(programs)]
    for one in running:
        one.start()
    try:
        yield
    finally:
        for one in running:
            one.kill()


def _busy(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 (when it rests, not what anybody guesses)
    table = np.random.default_rng(seed).normal(size=1 << 21)  # 16 MiB: more than most caches
    while True:
        until = time.monotonic() + dice.expovariate(2)
        while time.monotonic() < until:
            table.sort()
            table *= -1.0
        time.sleep(dice.expovariate(2))


if __name__ == "__main__":
    sys.exit(main())
