"""A worker that was taken over by its model: nothing it says is believed without a look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from modelgate.errors import ModelCrashedError
from modelgate.worker import Limits, Worker, process

Lying = Callable[..., None]

LIAR = """
import sys, struct, json, socket, os, time
parent, folder, wire, memory, provider, tied, *paths = sys.argv[1:]
sys.path[:0] = paths
from modelgate.worker.wire import Channel, pack
import numpy as np
end = socket.socket(fileno=int(wire))
honest = Channel(end, 1 << 40)
tensor = lambda name: [name, "float32", [None, 3], "tensor"]
opened = {{
    "is": "opened", "inputs": [tensor("x")], "outputs": [tensor("y")], "classes": [],
    "batch": None, "batched": ["x"], "score_transform": "", "seconds": 1e-3,
    "facts": {{"weights": 0, "widest": 1, "nodes": 1, "trees": 0}},
}}
def raw(text, payload=b"", said=None):
    end.sendall(struct.pack("<IQ", len(text), len(payload) if said is None else said))
    end.sendall(text + payload)
def answer(**changes):
    described, buffers = pack({{"y": np.zeros((2, 3), np.float32)}})
    honest.send({{"is": "answer", "job": 1, "arrays": described}} | changes, buffers)
def strings(**changes):
    about = {{"name": "y", "type": "string", "shape": [2], "words": 1, "letters": 1}} | changes
    buffers = [np.array([0, 0], np.int32), np.array([1], np.int64), np.array([65], np.uint8)]
    honest.send({{"is": "answer", "job": 1, "arrays": [about]}}, buffers)
honest.receive()
honest.send({{"is": "ready", "isolation": ["process"]}})
{opening}
{answering}
honest.receive()
"""
HONEST_OPENING = "honest.send(opened)"
ASKED = HONEST_OPENING + "\nhonest.receive()"

OPENINGS = {
    "no-json": 'raw(b"{")',
    "a-list": 'raw(b"[]")',
    "nan": "raw(b'{\"is\": NaN}')",
    "nested-deeply": 'raw(b"[" * 100_000)',
    "a-number-of-a-million-digits": 'raw(b"1" * 1_000_000)',
    "a-header-of-4-GiB": 'end.sendall(struct.pack("<IQ", 0xFFFFFFFF, 0))',
    "a-payload-of-exabytes": 'raw(b"{}", said=1 << 62)',
    "random-bytes": "end.sendall(np.random.default_rng(0).bytes(4096))",
    "no-signature": 'honest.send({"is": "opened"})',
    "no-tensor": 'honest.send(opened | {"inputs": [1]})',
    "a-shape-of-text": 'honest.send(opened | {"inputs": [["x", "float32", "3", "tensor"]]})',
    "a-negative-axis": 'honest.send(opened | {"inputs": [["x", "float32", [-1], "tensor"]]})',
    "a-batch-of-zero": 'honest.send(opened | {"batch": 0})',
    "a-batch-of-text": 'honest.send(opened | {"batch": "3"})',
    "rows-of-no-input": 'honest.send(opened | {"batched": ["z"]})',
    "classes-that-are-objects": 'honest.send(opened | {"classes": [{}]})',
    "no-time": 'honest.send(opened | {"seconds": None})',
    "no-time-at-all": 'honest.send(opened | {"seconds": 0.0})',
    "more-time-than-went-by": 'honest.send(opened | {"seconds": 1e6})',
    "no-facts": 'honest.send(opened | {"facts": None})',
    "negative-weights": 'honest.send(opened | {"facts": {"weights": -1}})',
    "a-transform-of-a-megabyte": 'honest.send(opened | {"score_transform": "x" * 1_000_000})',
    "a-code-of-its-own": 'honest.send({"is": "refused", "code": "MG0000", "message": "passed"})',
    "a-message-that-is-no-text": 'honest.send({"is": "refused", "code": "MG3004", "message": 1})',
    "files-that-are-no-list": 'honest.send({"is": "needs", "files": "/etc/passwd"})',
}
ANSWERS = {
    "no-kind": 'honest.send({"job": 1})',
    "another-kind": 'answer(**{"is": "passed"})',
    "a-job-nobody-asked": "answer(job=7)",
    "a-job-of-text": 'answer(job="1")',
    "the-same-answer-twice-too-early": "answer(job=2)",
    "no-arrays": "answer(arrays=None)",
    "another-output": 'answer(arrays=[{"name": "z", "type": "float32", "shape": [2, 3]}])',
    "one-output-twice": ('answer(arrays=[{"name": "y", "type": "float32", "shape": [1, 1]}] * 2)'),
    "no-output": "answer(arrays=[])",
    "too-few-rows": 'answer(arrays=[{"name": "y", "type": "float32", "shape": [1, 3]}])',
    "too-many-rows": 'answer(arrays=[{"name": "y", "type": "float32", "shape": [3, 2]}])',
    "no-rows": 'answer(arrays=[{"name": "y", "type": "float32", "shape": []}])',
    "more-than-was-sent": 'answer(arrays=[{"name": "y", "type": "float32", "shape": [2, 999]}])',
    "a-negative-size": 'answer(arrays=[{"name": "y", "type": "float32", "shape": [-2, -3]}])',
    "a-size-of-exabytes": (
        'answer(arrays=[{"name": "y", "type": "float32", "shape": [2, 1 << 60]}])'
    ),
    "sizes-that-overflow": (
        'answer(arrays=[{"name": "y", "type": "float32", "shape": [1 << 39] * 9}])'
    ),
    "a-size-of-text": 'answer(arrays=[{"name": "y", "type": "float32", "shape": ["2", 3]}])',
    "a-size-that-is-true": 'answer(arrays=[{"name": "y", "type": "float32", "shape": [True]}])',
    "objects": 'answer(arrays=[{"name": "y", "type": "object", "shape": [2, 3]}])',
    "a-type-of-code": 'answer(arrays=[{"name": "y", "type": "O", "shape": [2]}])',
    "in-shared-memory-for-a-probe": "answer(shared=8)",
    "more-calls-than-there-are": 'for _ in range(9): honest.send({"is": "tick", "job": 1})',
    "half-a-message": 'raw(b"{}", b"1234", said=8); os._exit(0)',
    "words-that-are-not-there": "strings(words=9)",
    "no-words": "strings(words=0)",
    "negative-words": "strings(words=-1)",
    "letters-that-do-not-add-up": "strings(letters=999)",
    "a-word-without-a-number": "strings(shape=[9])",
    "lengths-of-text": 'strings(words="1")',
}


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> Lying:
    """Put a program of these statements in the worker's place."""

    def set_up(opening: str, answering: str = "") -> None:
        program = LIAR.format(opening=opening, answering=answering)
        monkeypatch.setattr(process, "_PROGRAM", program)

    return set_up


def talk(path: Path) -> ModelCrashedError:
    limits = Limits(open_seconds=10, call_seconds=3)
    with (
        Worker.start(path, limits=limits) as worker,
        pytest.raises(ModelCrashedError, match=r"model\.onnx") as caught,
    ):
        worker.ask({"x": np.zeros((2, 3), np.float32)}, 2)
    assert caught.value.exit_code == 4
    return caught.value


@pytest.mark.parametrize("lie", OPENINGS.values(), ids=OPENINGS)
def test_a_lie_while_opening(lie: str, linear: Path, lying: Lying) -> None:
    lying(lie)
    assert talk(linear).code == "MG4005"


@pytest.mark.parametrize("lie", ANSWERS.values(), ids=ANSWERS)
def test_a_lie_in_an_answer(lie: str, linear: Path, lying: Lying) -> None:
    lying(ASKED, lie)
    assert talk(linear).code in {"MG4005", "MG4001"}


def test_the_liar_can_also_be_honest(linear: Path, lying: Lying) -> None:
    lying(ASKED, "answer()")
    with Worker.start(linear) as worker:
        worker.opened()
        assert worker.ask({"x": np.zeros((2, 3), np.float32)}, 2)["y"].shape == (2, 3)


def test_a_message_is_made_fit_for_a_terminal(linear: Path, lying: Lying) -> None:
    from modelgate.errors import ModelError

    text = '"\\x1b[2J\\u202epassed\\n" * 100'
    lying(f'honest.send({{"is": "refused", "code": "MG3004", "message": {text}, "hint": ""}})')
    with Worker.start(linear) as worker, pytest.raises(ModelError) as caught:
        worker.opened()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_the_memory_cannot_be_shrunk_under_the_parent(linear: Path, lying: Lying) -> None:
    lying(ASKED, "os.ftruncate(int(memory), 0)")
    with Worker.start(linear) as worker:
        worker.plan({"x": (3,)}, ["y"])
        slot = worker.slot()
        with pytest.raises(ModelCrashedError, match=r"MG4001 .*not permitted"):
            worker.ask({"x": np.zeros((2, 3), np.float32)}, 2)
        slot.inputs["x"][:] = 1
        assert slot.inputs["x"].sum() == 3 * 8192


def test_what_is_written_later_into_shared_memory_changes_no_answer(
    linear: Path, lying: Lying
) -> None:
    lying(
        ASKED,
        """
import mmap
header, _ = honest.receive()
seen = mmap.mmap(int(memory), 0)
answer(shared=64, arrays=[{"name": "y", "type": "float32", "shape": [2, 3]}])
honest.receive()
seen[:] = b"\\xff" * len(seen)
answer(job=2)
""",
    )
    with Worker.start(linear) as worker:
        worker.opened()
        worker.plan({"x": (3,)}, ["y"])
        worker.submit(worker.slot(), 2)
        first = worker.collect()["y"]
        worker.submit(worker.slot(), 2)
        worker.collect()
    np.testing.assert_array_equal(first, np.zeros((2, 3)))
