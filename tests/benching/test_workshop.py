"""A model's file, opened afresh beside the champion's: weighed, timed, and never another file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelgate.asking.worker import WorkerAsker
from modelgate.bench import Bench, Rounds
from modelgate.benching import bench_for
from modelgate.errors import ModelError
from modelgate.suite import ModelPart
from modelgate.worker import Worker

WIDE = 2_000
"""A square of so many float32 weighs 16 MB."""


def _network(path: Path, layers: int) -> Path:
    weights = numpy_helper.from_array(np.eye(WIDE, dtype=np.float32), "w")
    nodes = [helper.make_node("ReduceMean", ["x"], ["l0"], axes=[1], keepdims=1)]
    for at in range(layers):
        op, by = ("MatMul", "w") if at else ("Expand", "wide")
        nodes.append(helper.make_node(op, [f"l{at}", by], [f"l{at + 1}"]))
    nodes.append(helper.make_node("Relu", [nodes[-1].output[0]], ["y"]))
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", None]) for name in "xy"]
    ends[0].type.tensor_type.shape.dim[1].dim_value = 4
    held = [weights, numpy_helper.from_array(np.array([1, WIDE]), "wide")] if layers else []
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], held)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _network(tmp_path_factory.mktemp("small") / "small.onnx", 0)


@pytest.fixture(scope="module")
def bench(small: Path) -> Iterator[Bench]:
    """A heavy candidate beside a light champion."""
    heavy = _network(small.with_name("heavy.onnx"), 2)
    with Worker.start(heavy) as one, Worker.start(small) as other:
        asker, rival = WorkerAsker(one, 1), WorkerAsker(other, 1)
        rival.look(None)
        made = bench_for(asker, rival, asker.look(None), None, ModelPart())
        assert made is not None
        yield made


def middle(rounds: Rounds) -> tuple[float, float, float]:
    assert rounds.again is not None
    assert rounds.champion is not None
    each = (rounds.candidate, rounds.again, rounds.champion)
    one, again, champion = (float(np.median(found)) for found in each)
    return one, again, champion


def test_memory_is_what_the_file_and_its_answers_take(bench: Bench) -> None:
    one, again, champion = middle(bench.memory(rows=8, rounds=1))
    assert 4 * WIDE**2 < one < 40 * WIDE**2
    assert one == pytest.approx(again, rel=0.1)
    assert one - champion > 3 * WIDE**2


def test_openings_are_counted_from_the_file_on(bench: Bench) -> None:
    found = bench.openings(rounds=1)
    assert found.candidate.shape == (1, 1)
    assert min(middle(found)) > 0
    assert found.sittings == 1


def test_calls_are_timed_in_rounds_and_sittings(bench: Bench) -> None:
    found = bench.calls(rows=2, fewest=3, seconds=1.0)
    assert found is not None
    assert found.sittings == 3
    assert found.again is not None
    assert found.champion is not None
    assert found.candidate.shape == found.again.shape == found.champion.shape
    rounds, questions = found.candidate.shape
    assert rounds >= 12
    assert questions >= 3
    assert min(middle(found)) > 0


def test_too_short_a_time_tells_nothing(bench: Bench) -> None:
    assert bench.calls(rows=2, fewest=3, seconds=1e-6) is None


def test_a_file_that_was_changed_is_another_model(tmp_path: Path) -> None:
    path = _network(tmp_path / "model.onnx", 0)
    with Worker.start(path) as worker:
        asker = WorkerAsker(worker, 1)
        bench = bench_for(asker, None, asker.look(None), None, ModelPart())
        assert bench is not None
        assert bench.champion is None
        path.write_bytes(_network(tmp_path / "other.onnx", 1).read_bytes())
        with pytest.raises(ModelError, match="was changed while it was judged") as caught:
            bench.openings(rounds=1)
    assert caught.value.code == "MG3014"
