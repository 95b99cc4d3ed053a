"""Blocks in, answers out: in order, whole, the same whatever the threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from modelgate.errors import ModelCrashedError, ModelError
from modelgate.worker import Worker

FLOAT, INT, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
Save = Callable[..., Path]


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def asked(worker: Worker, name: str, rows: NDArray[Any], outputs: list[str]) -> dict[str, Any]:
    """All rows through blocks, as many in flight as there are slots."""
    most = worker.plan({name: rows.shape[1:]}, outputs)
    answers = []
    waiting = 0
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        slot = worker.slot()
        slot.inputs[name][: len(part)] = part
        worker.submit(slot, len(part))
        waiting += 1
        if waiting == 3:
            answers.append(worker.collect())
            waiting -= 1
    answers += [worker.collect() for _ in range(waiting)]
    return {name: np.concatenate([one[name] for one in answers]) for name in outputs}


def test_blocks_come_back_in_order_and_whole(linear: Path) -> None:
    rows = np.arange(60_000, dtype=np.float32).reshape(-1, 3)
    with Worker.start(linear) as worker:
        found = asked(worker, "x", rows, ["y"])
    np.testing.assert_array_equal(found["y"], rows[:, :2] * 2)


def test_an_answer_is_memory_of_its_own(linear: Path) -> None:
    with Worker.start(linear) as worker:
        worker.plan({"x": (3,)}, ["y"])
        first = None
        for value in range(8):
            slot = worker.slot()
            slot.inputs["x"][:2] = value
            worker.submit(slot, 2)
            answer = worker.collect()["y"]
            first = answer if first is None else first
    np.testing.assert_array_equal(first, np.zeros((2, 2)))


def test_more_blocks_than_slots_wait_for_answers(linear: Path) -> None:
    with Worker.start(linear, threads=2) as worker:
        worker.plan({"x": (3,)}, ["y"])
        for value in range(20):
            slot = worker.slot()
            slot.inputs["x"][:1] = value
            worker.submit(slot, 1)
        found = [float(worker.collect()["y"][0, 0]) for _ in range(20)]
    assert found == [2.0 * value for value in range(20)]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_change_no_byte(save: Save, threads: int) -> None:
    rng = np.random.default_rng(1)
    first, second = (rng.normal(size=shape).astype(np.float32) for shape in ((20, 64), (64, 3)))
    path = save(
        [node("MatMul", "x a", "h"), node("Tanh", "h", "t"), node("MatMul", "t b", "y")],
        {"x": (FLOAT, ["n", 20])},
        {"y": (FLOAT, ["n", 3])},
        weights=[numpy_helper.from_array(first, "a"), numpy_helper.from_array(second, "b")],
    )
    rows = rng.normal(size=(30_001, 20)).astype(np.float32)
    with Worker.start(path) as alone, Worker.start(path, threads=threads) as several:
        expected = asked(alone, "x", rows, ["y"])["y"]
        found = asked(several, "x", rows, ["y"])["y"]
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param((20,), 8192, id="a-table"),
        pytest.param((3, 224, 224), 16, id="an-image-of-600-kB"),
        pytest.param((4096, 4096), 1, id="a-row-larger-than-any-block"),
    ],
)
def test_rows_of_a_block_are_fewer_where_a_row_is_wide(
    save: Save, shape: tuple[int, ...], expected: int
) -> None:
    wide = {"x": (FLOAT, ["n", *shape])}
    path = save([node("Abs", "x", "y")], wide, {"y": wide["x"]})
    with Worker.start(path) as worker:
        assert worker.plan({"x": shape}, ["y"]) == expected


def test_an_answer_larger_than_its_room_is_sent(save: Save) -> None:
    """The second axis of the output is not declared, so the room for it was a guess."""
    wide = numpy_helper.from_array(np.ones((1, 100), np.float32), "w")
    path = save(
        [node("MatMul", "x w", "y")],
        {"x": (FLOAT, ["n", 1])},
        {"y": (FLOAT, ["n", "m"])},
        weights=[wide],
    )
    with Worker.start(path) as worker:
        found = asked(worker, "x", np.full((9000, 1), 3, np.float32), ["y"])["y"]
    np.testing.assert_array_equal(found, np.full((9000, 100), 3))


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_a_fixed_batch_is_filled_up_and_cut(save: Save, batch: int) -> None:
    path = save(
        [node("Mul", "x two", "y")],
        {"x": (FLOAT, [batch, 2])},
        {"y": (FLOAT, [batch, 2])},
        weights=[numpy_helper.from_array(np.array(2, np.float32), "two")],
    )
    rows = np.arange(200, dtype=np.float32).reshape(-1, 2)
    with Worker.start(path) as worker:
        assert worker.opened().signature.batch == batch
        np.testing.assert_array_equal(asked(worker, "x", rows, ["y"])["y"], rows * 2)
        np.testing.assert_array_equal(worker.ask({"x": rows[:5]}, 5)["y"], rows[:5] * 2)


def test_a_constant_input_is_given_whole(save: Save) -> None:
    path = save(
        [node("MatMul", "x w", "y")],
        {"x": (FLOAT, ["n", 2]), "w": (FLOAT, [2, 1])},
        {"y": (FLOAT, ["n", 1])},
    )
    with Worker.start(path) as worker:
        assert worker.opened().signature.batched == ("x",)
        worker.plan({"x": (2,), "w": (2, 1)}, ["y"])
        slot = worker.slot()
        slot.inputs["w"][:] = [[1], [10]]
        slot.inputs["x"][:2] = [[1, 2], [3, 4]]
        worker.submit(slot, 2)
        np.testing.assert_array_equal(worker.collect()["y"], [[21], [43]])


def test_where_no_axis_counts_rows_one_row_is_one_call(save: Save) -> None:
    path = save(
        [node("MatMul", "x w", "y")],
        {"x": (FLOAT, [1, 2]), "w": (FLOAT, [2, 1])},
        {"y": (FLOAT, [1, 1])},
    )
    with Worker.start(path) as worker:
        assert worker.opened().signature.batched == ()
        worker.plan({"x": (1, 2), "w": (2, 1)}, ["y"])
        slot = worker.slot()
        slot.inputs["x"][:2] = [[[1, 2]], [[3, 4]]]
        slot.inputs["w"][:2] = [[[1], [10]], [[1], [100]]]
        worker.submit(slot, 2)
        np.testing.assert_array_equal(worker.collect()["y"], [[[21]], [[403]]])


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(linear: Path, rows: int) -> None:
    with Worker.start(linear) as worker:
        worker.plan({"x": (3,)}, ["y"])
        slot = worker.slot()
        slot.inputs["x"][:] = 1
        worker.submit(slot, rows)
        assert len(worker.collect()["y"]) == rows


def test_a_probe_between_blocks_keeps_their_order(linear: Path) -> None:
    with Worker.start(linear) as worker:
        worker.plan({"x": (3,)}, ["y"])
        for value in (1, 2):
            slot = worker.slot()
            slot.inputs["x"][:1] = value
            worker.submit(slot, 1)
        probe = worker.ask({"x": np.full((2, 3), 9, np.float32)}, 2)["y"]
        found = [float(worker.collect()["y"][0, 0]) for _ in range(2)]
    assert (float(probe[0, 0]), found) == (18.0, [2.0, 4.0])


def test_a_probe_row_by_row_answers_the_same(linear: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    with Worker.start(linear) as worker:
        together = worker.ask({"x": rows}, 10)["y"]
        apart = worker.ask({"x": rows}, 10, batch=1)["y"]
    np.testing.assert_allclose(together, apart, rtol=1e-6)


def test_rows_that_do_not_fit_are_refused(linear: Path) -> None:
    with Worker.start(linear) as worker:
        with pytest.raises(ModelError, match=r"MG3160 model.onnx: .*3") as caught:
            worker.ask({"x": np.zeros((2, 4), np.float32)}, 2)
        assert caught.value.exit_code == 3
        assert worker.ask({"x": np.zeros((2, 3), np.float32)}, 2)["y"].shape == (2, 2)


def test_the_digest_is_that_of_the_file(linear: Path) -> None:
    import hashlib

    with Worker.start(linear) as worker:
        artifact = worker.opened()
    content = linear.read_bytes()
    assert artifact.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert (artifact.bytes, artifact.name, artifact.format) == (len(content), "model.onnx", "onnx")


def test_a_worker_that_was_closed_says_so(linear: Path) -> None:
    worker = Worker.start(linear)
    worker.opened()
    worker.close()
    worker.close()
    with pytest.raises(ModelCrashedError, match="MG4001") as caught:
        worker.ask({"x": np.zeros((1, 3), np.float32)}, 1)
    assert caught.value.exit_code == 4


def test_a_provider_that_is_not_there_is_named(linear: Path) -> None:
    worker = Worker.start(linear, provider="NoSuchExecutionProvider")
    with pytest.raises(ModelError, match=r"MG3013 .*CPUExecutionProvider") as caught:
        worker.opened()
    assert caught.value.exit_code == 3
