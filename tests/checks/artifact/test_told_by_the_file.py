"""What a file says of itself: the release that runs it, its size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from modelgate.artifact.opsets import faults, newest_opsets, releases
from modelgate.errors import UsageError
from modelgate.model import Artifact
from modelgate.report import Result
from modelgate.testing import Toy, run_check
from modelgate.worker import Worker
from tests.checks.artifact.toys import ToyBench, artifact


def facts(opset: int = 17, ml: int = 0, ir: int = 8, **more: Any) -> dict[str, Any]:
    opsets = {"ai.onnx": opset} | ({"ai.onnx.ml": ml} if ml else {})
    return {"ir": ir, "opsets": opsets, "ops": {"MatMul": 2}, **more}


def asked(release: str, given: Mapping[str, Any], **more: Any) -> Result:
    toy = Toy(artifact(facts=given), lambda rows, *_: np.zeros((rows, 1)))
    return run_check("opset", subject=release, probe=toy, **more)


@pytest.mark.parametrize(
    ("release", "given", "fault"),
    [
        pytest.param("1.17", facts(20, 4, 9), "", id="the-newest-it-runs"),
        pytest.param("1.17.3", facts(7), "", id="the-oldest-opset"),
        pytest.param(
            "1.17", facts(21), "opset 21 of ai.onnx; it runs up to 20", id="too-new-an-opset"
        ),
        pytest.param(
            "1.16", facts(17, 4), "opset 4 of ai.onnx.ml; it runs up to 3", id="classical-models"
        ),
        pytest.param(
            "1.20", facts(6), "opset 6 of ai.onnx; it runs 7 and newer", id="too-old-an-opset"
        ),
        pytest.param(
            "1.20", facts(ir=11), "the file's IR version is 11; it reads up to 10", id="format"
        ),
        pytest.param(
            "1.16",
            facts(ops={"com.microsoft:MoE": 1}),
            "it has no operator MoE of com.microsoft on a CPU",
            id="an-operator-that-came-later",
        ),
        pytest.param("1.23", facts(ops={"com.microsoft:MoE": 1}), "", id="an-operator-in-time"),
        pytest.param(
            "1.24",
            facts(22, ops={"DeformConv": 1}),
            "it has no kernel for DeformConv of ai.onnx from opset 19 on, on a CPU",
            id="an-operator-without-a-kernel",
        ),
        pytest.param("1.25", facts(22, ops={"DeformConv": 1}), "", id="whose-kernel-came-later"),
        pytest.param("1.24", facts(18, ops={"DeformConv": 1}), "", id="in-an-older-opset"),
        pytest.param(
            "1.20",
            facts(17, 5, ops={"ai.onnx.ml:TreeEnsemble": 1}),
            "it has no kernel for TreeEnsemble of ai.onnx.ml from opset 5 on, on a CPU",
            id="trees-without-a-kernel",
        ),
        pytest.param(
            "1.20",
            facts(22, ops={"RoiAlign": 1}),
            "opset 22 of ai.onnx; it runs up to 21",
            id="whose-opset-is-too-new-anyhow",
        ),
        pytest.param(
            "1.20",
            facts(ops={"my.company:Fast": 1}),
            "it has no operator Fast of my.company",
            id="an-operator-of-nobody",
        ),
        pytest.param(
            "1.20",
            facts(ops={"my.company:Fast": 1}, functions=["my.company:Fast"]),
            "",
            id="a-function-that-the-file-defines",
        ),
    ],
)
def test_a_release_runs_the_file_or_it_is_said_why_not(
    release: str, given: Mapping[str, Any], fault: str
) -> None:
    result = asked(release, given)
    assert result.status == ("failed" if fault else "passed")
    assert [one["text"] for one in result.evidence] == ([fault] if fault else [])
    assert result.value == bool(fault)


@pytest.mark.parametrize(
    ("release", "fault"),
    [
        ("1.20", "opset 22 of ai.onnx; it runs up to 21"),
        ("1.24", "it has no kernel for LpNormalization of ai.onnx from opset 22 on, on a CPU"),
        ("1.25", ""),
    ],
)
def test_what_a_real_file_says_of_itself(
    normalizer: Mapping[str, Any], release: str, fault: str
) -> None:
    assert faults(release, normalizer) == ((fault,) if fault else ())


@pytest.fixture(scope="module")
def normalizer(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the worker tells of a file with an operator that few releases run."""
    import onnx
    from onnx import TensorProto, helper

    path = tmp_path_factory.mktemp("opset") / "normalizer.onnx"
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2]) for name in ("x", "y")]
    nodes = [helper.make_node("LpNormalization", ["x"], ["y"])]
    graph = helper.make_graph(nodes, "normalizer", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", 22)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    with Worker.start(path) as worker:
        return worker.opened().facts


def test_all_faults_are_said_in_a_sentence() -> None:
    result = asked("1.16", facts(21, 5, 10), settings={"shown": 2})
    assert result.value == 3
    assert result.says == (
        "onnxruntime 1.16 cannot run the model: the file's IR version is 10; it reads up to 9;"
        " opset 21 of ai.onnx; it runs up to 19."
    )


@pytest.mark.parametrize("release", ["1.2", "1.99", "17.1"])
def test_a_release_that_nobody_knows_is_a_mistake(release: str) -> None:
    with pytest.raises(UsageError, match=f"no release of onnxruntime is known as '{release}'") as e:
        asked(release, facts())
    assert e.value.code == "MG2197"
    assert e.value.where is not None
    assert e.value.where.line == 1


def test_releases_only_learn() -> None:
    newest = [asked(one, facts(26, 5, 13)).value for one in releases()]
    assert newest == sorted(newest, key=lambda faults: -float(faults or 0))
    assert newest[-1] == 0


def test_the_table_has_what_the_release_at_hand_says_of_itself() -> None:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    named = ".".join(onnxruntime.__version__.split(".")[:2])
    if named not in releases():
        pytest.skip(f"the table ends before onnxruntime {named}")
    kernels: dict[str, list[tuple[int, int]]] = {}
    for one in native.get_all_opkernel_def():
        if one.provider == "CPUExecutionProvider":
            kernels.setdefault(f"{one.domain or 'ai.onnx'}:{one.op_name}", []).append(
                one.version_range
            )
    newest = newest_opsets(named)
    for domain, opset in newest.items():
        versions = _standard(domain, opset)
        lacking = {name for name, since in versions.items() if not _runs(kernels, name, since)}
        given = {"ir": 8, "opsets": newest}
        assert lacking == {name for name in versions if faults(named, {**given, "ops": {name: 1}})}
    for one in native.get_all_operator_schema():
        if one.domain == "com.microsoft" and f"{one.domain}:{one.name}" in kernels:
            given = {"ir": 8, "opsets": {}, "ops": {f"{one.domain}:{one.name}": 1}}
            assert faults(named, given) == ()


def _standard(domain: str, opset: int) -> dict[str, int]:
    """Operator -> its version at an opset, but for those that are made of others."""
    import onnx

    found = {}
    for name in {one.name for one in onnx.defs.get_all_schemas() if one.name != "Constant"}:
        try:
            one: Any = onnx.defs.get_schema(name, opset, "" if domain == "ai.onnx" else domain)
        except onnx.defs.SchemaError:
            continue  # of another domain
        made = one.has_function or one.has_context_dependent_function
        if not one.deprecated and not made:
            found[f"{domain}:{name}"] = one.since_version
    return found


def _runs(kernels: dict[str, list[tuple[int, int]]], name: str, since: int) -> bool:
    """As onnxruntime matches: a kernel without an end fits the very version that it begins with."""
    return any(
        first == since or first < since <= last < 2**31 - 1 for first, last in kernels.get(name, ())
    )


def test_another_format_declares_no_opset() -> None:
    other = Artifact("m.ubj", "m.ubj", "xgboost", None, 9, artifact().signature)
    toy = Toy(other, lambda rows, *_: np.zeros((rows, 1)))
    result = run_check("opset", subject="1.17", probe=toy)
    assert result.status == "crashed"
    assert str(result.reason).startswith("MG3192 'm.ubj' is no ONNX file")


def size(subject: str, own: int, champion: int | None, at_most: float) -> Result:
    toy = Toy(artifact(size=own), lambda rows, *_: np.zeros((rows, 1)))
    other = None if champion is None else artifact("champion.onnx", size=champion)
    return run_check(
        "model_size",
        subject=subject,
        probe=toy,
        bench=ToyBench(champion=other),
        at_most=at_most,
        severity="blocker",
    )


@pytest.mark.parametrize(
    ("subject", "own", "champion", "at_most", "expected", "value"),
    [
        pytest.param("bytes", 1000, None, 1000, "passed", 1000, id="as-large-as-allowed"),
        pytest.param("bytes", 1001, None, 1000, "failed", 1001, id="a-byte-too-large"),
        pytest.param("bytes", 0, None, 1000, "undecided", None, id="no-file"),
        pytest.param("ratio", 1500, 1000, 1.5, "passed", 1.5, id="half-as-large-again"),
        pytest.param("ratio", 1501, 1000, 1.5, "failed", 1.501, id="larger-than-that"),
        pytest.param("ratio", 1000, None, 1.5, "undecided", None, id="no-champion"),
        pytest.param("ratio", 1000, 0, 1.5, "undecided", None, id="a-champion-without-a-file"),
        pytest.param("ratio", 0, 1000, 1.5, "undecided", None, id="a-model-without-a-file"),
    ],
)
def test_the_size_of_a_model(
    subject: str,
    own: int,
    champion: int | None,
    at_most: float,
    expected: str,
    value: float | None,
) -> None:
    result = size(subject, own, champion, at_most)
    assert (result.status, result.kind, result.value) == (expected, "exact", value)


def test_why_there_is_no_ratio() -> None:
    assert "write `model_size: bytes`" in str(size("ratio", 1, None, 1).reason)
