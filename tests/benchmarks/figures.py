"""Each figure that the design promises, and how it is taken."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import champions, drifts, material, perturb, serving, sliced
from tests.benchmarks.measure import Cost, peak_memory, ratio, timed
from tests.benchmarks.property import examples_tried
from tests.benchmarks.taking import PROGRAM, VERDICTS, Figure, Size, Taken, gate, in_turn, raw

FREE = 0.58
"""Two threads over one, of work that shares nothing: above it, the machine is busy with others."""


def over_raw(model: str, *, drift: bool = False) -> Callable[[Size], Taken]:
    """CPU of the gate, worker included, over that of the frozen loop."""

    def take(size: Size) -> Taken:
        data = material.data(size.rows)
        ours, theirs = in_turn(
            size.rounds,
            lambda: timed(gate(model, data, drift=drift), good=VERDICTS),
            lambda: timed(raw(model, data)),
        )
        return Taken(
            value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]),
            parts={
                "gate CPU s": median(one.cpu for one in ours),
                "raw CPU s": median(one.cpu for one in theirs),
                "wall ratio": ratio([one.wall for one in ours], [one.wall for one in theirs]),
            },
        )

    return take


def memory(*, one_group: bool = False) -> Callable[[Size], Taken]:
    """Most memory of parent and worker together, in MiB."""

    def take(size: Size) -> Taken:
        data = material.data(size.rows, one_group=one_group)
        return Taken(value=peak_memory(gate("trees", data), good=VERDICTS))

    return take


def memory_growth(size: Size) -> Taken:
    """The same at ten times the rows; of the quick model, whose memory is the engine's own."""
    small = peak_memory(gate("logistic", material.data(size.rows)), good=VERDICTS)
    large = peak_memory(gate("logistic", material.data(10 * size.rows)), good=VERDICTS)
    return Taken(value=large / small, parts={"MiB": small, "MiB at 10 x": large})


def help_page(size: Size) -> Taken:
    """CPU of `modelgate --help`; ten runs a round, since one is near the clock's grain."""
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed([PROGRAM, "--help"], times=10),
        lambda: timed([sys.executable, "-c", "pass"], times=10),
    )
    return Taken(
        value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]),
        parts={"help CPU ms": 100 * median(one.cpu for one in ours)},
    )


def small_check(size: Size) -> Taken:
    """Wall of a whole check of 1,000 rows, worker included."""
    data = material.data(1_000)
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed(gate("logistic", data), good=VERDICTS, times=3),
        lambda: timed([sys.executable, "-c", "import onnxruntime"], times=3),
    )
    return Taken(
        value=ratio([one.wall for one in ours], [one.wall for one in theirs]),
        parts={
            "check wall ms": 1000 / 3 * median(one.wall for one in ours),
            "CPU ratio": ratio([one.cpu for one in ours], [one.cpu for one in theirs]),
        },
    )


def two_threads(size: Size) -> Taken:
    """Wall of the gate with two threads over that with one.

    A control does the same with a hash that keeps a core busy and shares nothing: where that gains
    little, others are using the cores and the figure says nothing of the gate.
    """
    data = material.data(size.rows)
    controls = [_control()]
    two, one = in_turn(
        size.rounds,
        lambda: timed(gate("trees", data, threads=2), good=VERDICTS),
        lambda: timed(gate("trees", data, threads=1), good=VERDICTS),
    )
    controls.append(_control())
    busy = max(controls) > FREE
    return Taken(
        value=ratio([run.wall for run in two], [run.wall for run in one]),
        parts={
            "CPU ratio": ratio([run.cpu for run in two], [run.cpu for run in one]),
            "control": max(controls),
        },
        unclear="the second core is not free" if busy else "",
    )


def _control() -> float:
    """Wall of hashing in two threads over that of the same work in one."""
    lump = bytes(1 << 26)

    def work() -> None:
        for _ in range(8):
            hashlib.sha256(lump).digest()

    start = time.perf_counter()
    work()
    work()
    alone = time.perf_counter() - start
    start = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - start) / alone


def same_bytes(size: Size) -> Taken:
    """Bytes that differ between the reports of one and of two threads, `provenance` apart."""
    data = material.data(size.rows)
    with tempfile.TemporaryDirectory() as folder:
        texts = []
        for threads in (1, 2):
            report = Path(folder) / f"{threads}.json"
            timed(gate("trees", data, threads=threads, report=report), good=VERDICTS)
            texts.append(_comparable(json.loads(report.read_text("utf-8"))))
    one, two = texts
    unlike = sum(a != b for a, b in zip(one, two, strict=False)) + abs(len(one) - len(two))
    return Taken(value=float(unlike), parts={"bytes": float(len(one))})


def streamed_auroc(size: Size) -> Taken:
    """Error of the binned AUROC beyond a million rows; the worst of three shapes of scores."""
    import numpy as np

    from modelgate.aggregates import Batch, Facts
    from modelgate.metrics.table import known, options_for
    from tests.benchmarks.exact import auroc

    facts = Facts(task="classification", classes=(0, 1), positive=1)
    metric = known("auroc", facts)
    rows = 2 * max(size.rows, 1_000_000)
    errors = {}
    for shape, spread in (("even", 1.0), ("near 0 and 1", 6.0), ("crowded", 0.02)):
        rng = np.random.default_rng([material.SEED, rows])
        truth = rng.integers(0, 2, rows)
        scores = 1 / (1 + np.exp(-spread * (rng.normal(0, 1, rows) + 1.2 * truth - 0.6)))
        found = metric.need.make(facts)
        for start in range(0, rows, 8_192):
            part = slice(start, start + 8_192)
            both = np.stack([1 - scores[part], scores[part]], axis=1)
            answer = (scores[part] >= 0.5).astype(np.int64)
            found.add(Batch(truth=truth[part], answer=answer, scores=both))
        value = metric.measure(found, options_for(metric, facts)).value
        assert value is not None
        errors[shape] = abs(value - auroc(scores, truth == 1))
    return Taken(value=max(errors.values()), parts=errors)


def intervals(size: Size) -> Taken:
    """From 100,000 rows of answers to all metrics with intervals, over one AUROC of sklearn's."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    from modelgate.aggregates import Batch, Facts
    from modelgate.metrics.table import METRICS, options_for

    rng = np.random.default_rng(material.SEED)
    truth = rng.integers(0, 2, 100_000)
    scores = 1 / (1 + np.exp(-(rng.normal(0, 1, len(truth)) + 1.2 * truth - 0.6)))
    both = np.stack([1 - scores, scores], axis=1)
    batch = Batch(truth=truth, answer=(scores >= 0.5).astype(np.int64), scores=both)
    facts = Facts(task="classification", classes=(0, 1), positive=1)
    metrics = [metric for metric in METRICS.values() if metric.task == facts.task]

    def ours() -> Cost:
        start, wall = time.process_time(), time.perf_counter()
        states = {metric.need: metric.need.make(facts) for metric in metrics}
        for state in states.values():
            state.add(batch)
        for metric in metrics:
            k = min(2, len(facts.classes))
            metric.measure(states[metric.need], options_for(metric, facts, k=k))
        return Cost(time.process_time() - start, time.perf_counter() - wall)

    def theirs() -> Cost:
        start, wall = time.process_time(), time.perf_counter()
        roc_auc_score(truth, scores)
        return Cost(time.process_time() - start, time.perf_counter() - wall)

    one, other = in_turn(size.rounds, ours, theirs)
    return Taken(
        value=ratio([run.cpu for run in one], [run.cpu for run in other]),
        parts={"metrics": len(metrics), "ours CPU ms": 1000 * median(run.cpu for run in one)},
    )


def _comparable(report: dict[str, Any]) -> bytes:
    report.pop("provenance")
    report["results"] = [one for one in report["results"] if one["kind"] != "measured"]
    return json.dumps(report).encode("utf-8")


FIGURES = (
    Figure(
        name="trees",
        what="gate with drift, missing values, calibration / raw pass, CPU, boosted trees",
        must=1.5,
        aim=1.15,
        take=over_raw("trees", drift=True),
    ),
    Figure(
        name="logistic",
        what="gate / raw pass, CPU, logistic model",
        must=3,
        aim=1.5,
        take=over_raw("logistic"),
    ),
    Figure(name="mlp", what="gate / raw pass, CPU, MLP", must=3, aim=1.5, take=over_raw("mlp")),
    Figure(
        name="strings",
        what="gate / raw pass, CPU, logistic model on text columns",
        must=3,
        aim=1.5,
        take=over_raw("strings"),
    ),
    Figure(
        name="memory", what="peak MiB, parent + worker, trees", must=350, aim=200, take=memory()
    ),
    Figure(
        name="memory-pandas",
        what="the same, row groups as pandas writes them",
        must=350,
        aim=200,
        take=memory(one_group=True),
    ),
    Figure(
        name="memory-growth",
        what="peak memory at 10 x the rows / at the rows",
        must=1.1,
        aim=1.02,
        take=memory_growth,
    ),
    Figure(
        name="help", what="modelgate --help / python -c pass, CPU", must=6, aim=4, take=help_page
    ),
    Figure(
        name="small",
        what="check of 1k rows / import onnxruntime, wall",
        must=5,
        aim=3,
        take=small_check,
    ),
    Figure(
        name="intervals",
        what="all metrics with intervals / one sklearn AUROC, CPU, 100k rows",
        must=30,
        aim=1,
        take=intervals,
    ),
    Figure(
        name="threads",
        what="two threads / one, wall, trees",
        must=0.65,
        aim=0.55,
        take=two_threads,
    ),
    Figure(
        name="champion",
        what="candidate and champion / two raw passes, CPU, trees",
        must=1.3,
        aim=1.15,
        take=champions.against_champion,
    ),
    Figure(
        name="known-champion",
        what="the same with the champion's answers known / one raw pass",
        must=1.4,
        aim=1.2,
        take=champions.known_champion,
    ),
    Figure(
        name="slices",
        what="1,032 slices / none, CPU, trees",
        must=1.3,
        aim=1.1,
        take=sliced.thousand_slices,
    ),
    Figure(
        name="weak-slices",
        what="search for slices that nobody named / raw pass, CPU, trees",
        must=1,
        aim=0.2,
        take=sliced.searched_slices,
    ),
    Figure(
        name="second",
        what="second run on unchanged inputs / first, CPU, trees",
        must=0.3,
        aim=0.05,
        take=champions.second_run,
    ),
    Figure(
        name="bytes",
        what="bytes that differ between one and two threads",
        must=0,
        aim=0,
        take=same_bytes,
    ),
    Figure(
        name="auroc",
        what="streamed AUROC - exact AUROC, 2 x the rows",
        must=1e-3,
        aim=1e-4,
        take=streamed_auroc,
    ),
    Figure(
        name="drift",
        what="modelgate drift / scipy on data frames, start and reading included, CPU",
        must=0.25,
        aim=1 / 12,
        take=drifts.against_loop,
    ),
    Figure(
        name="drift-profile",
        what="modelgate drift with a stored profile / with the reference's rows, CPU",
        must=0.75,
        aim=0.6,
        take=drifts.against_profile,
    ),
    Figure(
        name="drift-memory",
        what="peak MiB of modelgate drift",
        must=350,
        aim=200,
        take=drifts.memory,
    ),
    Figure(
        name="drift-growth",
        what="peak memory of modelgate drift at 10 x the rows / at the rows",
        must=1.1,
        aim=1.02,
        take=drifts.memory_growth,
    ),
    Figure(
        name="texts",
        what="all perturbations of texts / passes of a TF-IDF model on what they made, CPU",
        must=1,
        aim=0.5,
        take=perturb.texts_changed,
    ),
    Figure(
        name="property",
        what="1,000 inputs tried for a property, 20 columns / drawing them, CPU",
        must=3,
        aim=1.5,
        take=examples_tried,
    ),
    Figure(
        name="serve-median",
        what="served inference, 32 clients: median / bare Starlette and onnxruntime",
        must=1.3,
        aim=1.0,
        take=serving.latency(lambda heard: heard.median),
    ),
    Figure(
        name="serve-p99",
        what="the same, 99th percentile",
        must=1.3,
        aim=1.0,
        take=serving.latency(lambda heard: heard.p99),
    ),
    Figure(
        name="swap",
        what="seconds from a promotion to the new model's first answer, under load",
        must=1,
        aim=0.3,
        take=serving.swapped,
    ),
    Figure(
        name="cold-start",
        what="wall from `modelgate serve` to its first answer / import onnxruntime",
        must=4,
        aim=3,
        take=serving.cold_start,
    ),
    Figure(
        name="promotions",
        what="bare durable commits a second / promotions a second",
        must=5,
        aim=3,
        take=serving.promotions,
    ),
    Figure(
        name="waiting",
        what="longest wait of 64 promoters / mean",
        must=10,
        aim=3,
        take=serving.waiting,
    ),
)
