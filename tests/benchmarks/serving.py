"""What serving and promoting cost, beside the least that they could."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from modelgate.errors import ConflictError
from modelgate.promote import promote
from modelgate.registries.embedded import Registry
from tests.benchmarks.asking import Heard, ask, free_port
from tests.benchmarks.measure import ratio
from tests.benchmarks.taking import Size, Taken
from tests.registered import added, decided, line, there
from tests.serving.servers import row, serving

CLIENTS, EACH = 32, 60
COMMITS = 300
PROMOTERS = 64


@contextmanager
def _bare(model: Path) -> Iterator[str]:
    """The frozen server; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.frozen_server", str(model), str(port)]
    )
    try:
        import httpx

        ends = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.HTTPError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/v2/models/bare/infer"
    finally:
        process.terminate()
        process.wait(30)


def latency(which: Callable[[Heard], float]) -> Callable[[Size], Taken]:
    """A quantile of our answers over that of the bare server's: one model, 32 clients, in turn."""

    def take(size: Size) -> Taken:
        body = json.dumps(row()).encode()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made = line(folder, 1)
            promote(made.place, "1")
            model = made.registry.copy(made.versions[0], folder / "model")
            with serving(folder, "--registry", "registry") as mine, _bare(model) as theirs:
                found: dict[str, list[float]] = {mine.url: [], theirs: []}
                for turn in range(2 * size.rounds + 2):
                    url = (f"{mine.url}/infer", theirs)[turn % 2]
                    heard = ask(url, body, clients=CLIENTS, each=EACH)
                    if turn > 1:
                        found[(mine.url, theirs)[turn % 2]].append(which(heard))
        return Taken(
            value=ratio(found[mine.url], found[theirs]),
            parts={
                "ours ms": 1e3 * median(found[mine.url]),
                "bare ms": 1e3 * median(found[theirs]),
            },
        )

    return take


def swapped(size: Size) -> Taken:
    """Seconds from the end of `promote` to the first answer of the new model, under load."""
    body = json.dumps(row()).encode()
    spans: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = line(folder, 1 + size.rounds)
        promote(made.place, "1")
        with serving(folder, "--registry", "registry") as mine:
            over = threading.Event()

            def load() -> None:
                while not over.is_set():
                    ask(f"{mine.url}/infer", body, clients=CLIENTS, each=EACH)

            asking = threading.Thread(target=load)
            asking.start()
            try:
                for number in range(2, 2 + size.rounds):
                    promote(made.place, str(number))
                    began = time.perf_counter()
                    mine.waits_for(number)
                    spans.append(time.perf_counter() - began)
            finally:
                over.set()
                asking.join()
    return Taken(value=max(spans), parts={"median s": median(spans)})


def cold_start(size: Size) -> Taken:
    """Wall from the command to its first answer, over `import onnxruntime`."""
    import httpx

    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = line(folder, 1)
        promote(made.place, "1")
        for _ in range(size.rounds + 1):
            began = time.perf_counter()
            with serving(folder, "--registry", "registry") as mine:
                httpx.post(f"{mine.url}/infer", json=row()).raise_for_status()
                ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import onnxruntime"], check=True)
            theirs.append(time.perf_counter() - began)
    return Taken(
        value=ratio(ours[1:], theirs[1:]),
        parts={"ours s": median(ours[1:]), "import s": median(theirs[1:])},
    )


def promotions(size: Size) -> Taken:
    """Durable commits a second of a bare SQLite loop, over promotions a second.

    A process for each processor promotes a model of its own, in one registry.
    """
    workers = len(os.sched_getaffinity(0))
    each = 60
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(size.rounds):
            folder = Path(name, str(turn))
            for number in range(workers):
                line(folder, each, f"model{number}").registry.close()
            bare = _commits(folder / "bare.db")
            ours = _promoting(folder / "registry", workers, each)
            ratios.append(bare / ours)
    return Taken(value=median(ratios), parts={"commits/s": bare, "promotions/s": ours})


def _commits(path: Path) -> float:
    """A second, of one row each."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
    began = time.perf_counter()
    for number in range(COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows VALUES (?, ?)", (number, "x" * 1500))
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return COMMITS / took


def _promoting(folder: Path, workers: int, each: int) -> float:
    """Promotions a second, of so many processes at once."""
    context = get_context("spawn")
    barrier = context.Barrier(workers)
    spans: Any = context.Queue()
    processes = [
        context.Process(
            target=_promote_all, args=(folder, number, each, barrier, spans), daemon=True
        )
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    found = [spans.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    took = max(end for _, end in found) - min(begin for begin, _ in found)
    return float(workers * (each - 1) / took)


def _promote_all(folder: Path, number: int, each: int, barrier: Any, spans: Any) -> None:
    registry = Registry(folder)
    with chdir(folder):
        place = there(registry, f"model{number}")
        promote(place, "1")  # what is loaded once is loaded by now
        barrier.wait()
        began = time.perf_counter()
        for version in range(2, each + 1):
            promote(place, str(version))
        spans.put((began, time.perf_counter()))


def waiting(size: Size) -> Taken:
    """The longest that one of 64 promoters of one alias waits, over the mean."""
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(size.rounds):
            folder = Path(name, str(turn))
            made = line(folder, 1)
            promote(made.place, "1")
            for number in range(PROMOTERS):
                version = added(made.registry, folder, 100 + number)
                decided(made.registry, version, made.versions[0])
            made.registry.close()
            spans, won = _racing(folder / "registry")
            assert won == 1, f"{won} promoters won"
            ratios.append(max(spans) / (sum(spans) / len(spans)))
    return Taken(value=max(ratios), parts={"promoters": PROMOTERS})


def _racing(folder: Path) -> tuple[list[float], int]:
    """How long each of 64 promoters took, and how many won; eight processes of eight threads."""
    context = get_context("spawn")
    barrier = context.Barrier(8)
    told: Any = context.Queue()
    processes = [
        context.Process(target=_race, args=(folder, number, barrier, told), daemon=True)
        for number in range(8)
    ]
    for process in processes:
        process.start()
    found = [told.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return [span for spans, _ in found for span in spans], sum(won for _, won in found)


def _race(folder: Path, number: int, barrier: Any, told: Any) -> None:
    os.chdir(folder)
    spans: list[float] = []
    won: list[int] = []

    def work(version: int) -> None:
        registry = Registry(folder)
        place = there(registry)
        began = time.perf_counter()
        try:
            promote(place, str(version))
            won.append(version)
        except ConflictError:
            pass
        spans.append(time.perf_counter() - began)

    Registry(folder).close()
    barrier.wait()
    threads = [threading.Thread(target=work, args=(2 + 8 * number + one,)) for one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put((spans, len(won)))
