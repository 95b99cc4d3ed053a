"""An endpoint is asked as any other model; whatever it does wrong keeps the gate shut."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from modelgate.asking import Raw
from modelgate.asking.endpoint import EndpointAsker
from modelgate.cli import main
from modelgate.drafting.measured import relative
from modelgate.errors import (
    ModelCrashedError,
    ModelError,
    ModelgateError,
    RefusedError,
    ServiceError,
    UsageError,
)
from modelgate.formats.endpoint.address import address
from modelgate.formats.endpoint.calls import MOST_BYTES, Patience
from modelgate.judgement import champion_of
from modelgate.prepare import Preparation
from modelgate.suite import ModelPart, Suite
from tests.asking import serving as broken
from tests.asking.serving import Fault, Json, Served

QUICKLY = Patience(connect=1, call=0.5, tries=3, pause=0.01)
SUITE = """
task: classification
model: {classes: [well, ill]}
checks: [{finite_outputs: all}, {determinism: outputs}, {metric: accuracy, at_least: 0.9}]
"""
COLUMNS = ["age", "visits", "land"]


def batch(table: pd.DataFrame, rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pandas(table[COLUMNS].head(rows), preserve_index=False)


def asked(served: Served, rows: pa.RecordBatch) -> Raw:
    with EndpointAsker(served.url, QUICKLY) as asker:
        asker.bind(rows.schema, (), ModelPart())
        return asker.look(rows)


def check(*words: str) -> tuple[int, Json]:
    out = Path("report.json")
    code = main(["check", *words, "--report", f"json:{out}"])
    return code, json.loads(out.read_text()) if out.exists() else {}


@pytest.fixture
def trial(
    served: Served, patients: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, Json]]:
    monkeypatch.chdir(tmp_path)
    patients.to_csv("patients.csv", index=False)
    Path("suite.yaml").write_text(SUITE)
    return lambda *words: check(
        served.url, "--data", "patients.csv", "--target", "state", "--suite", "suite.yaml", *words
    )


def test_an_endpoint_is_promoted_and_known_by_name_and_version(
    served: Served, trial: Callable[..., tuple[int, Json]]
) -> None:
    code, report = trial("--champion", served.url)
    assert code == 0, report["verdict"]
    assert "metric[accuracy] v champion" in {one["id"] for one in report["results"]}
    model = report["subject"]["model"]
    assert (model["format"], model["digest"], model["bytes"]) == ("endpoint", None, 0)
    assert (model["name"], model["facts"]["version"], model["path"]) == ("risk", "3", served.url)
    assert any("no bytes to take a digest of" in line for line in report["taken"])
    assert max(one["inputs"][0]["shape"][0] for one in served.requests) == 512


def test_every_request_keeps_to_the_published_schema(
    served: Served, patients: pd.DataFrame, shared_data: Path
) -> None:
    from jsonschema import Draft202012Validator

    asked(served, batch(patients, 5))
    text = (shared_data / "schemas" / "open_inference_rest.yaml").read_text()
    schema = yaml.safe_load(text) | {"$ref": "#/components/schemas/inference_request"}
    for request in served.requests:
        Draft202012Validator(schema).validate(request)
    assert [one["datatype"] for one in served.requests[0]["inputs"]] == ["FP32", "INT64", "BYTES"]


def test_nothing_of_the_environment_is_sent(
    served: Served, patients: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    asked(served, batch(patients, 5))
    assert not any("authorization" in map(str.lower, head) for head in served.heads)


def test_requests_shrink_to_what_the_server_takes(served: Served, patients: pd.DataFrame) -> None:
    served.most = 20
    seen = asked(served, batch(patients, 64))
    assert [one["inputs"][0]["shape"][0] for one in served.requests] == [64, 32, *[16] * 4]
    assert seen["probabilities"].shape == (64, 2)


def test_a_fixed_batch_is_filled_up(served: Served, patients: pd.DataFrame) -> None:
    for one in served.about["inputs"] + served.about["outputs"]:
        one["shape"][0] = 4
    seen = asked(served, batch(patients, 6))
    assert [one["inputs"][0]["shape"][0] for one in served.requests] == [4, 4]
    assert len(seen["label"]) == 6


def test_outputs_that_nobody_declares_are_seen(served: Served, patients: pd.DataFrame) -> None:
    del served.about["outputs"]
    assert set(asked(served, batch(patients, 3))) == {"probabilities", "label"}


def test_a_busy_server_is_asked_again(served: Served, patients: pd.DataFrame) -> None:
    times = iter([503, 502])

    def busy(handler: broken.Handler) -> None:
        served.fault = busy if (code := next(times)) == 503 else None
        broken.status(code)(handler)

    served.fault = busy
    assert len(asked(served, batch(patients, 3))["label"]) == 3
    assert len(served.requests) == 3


def without(name: str) -> Callable[[Json], Json]:
    return lambda answer: {key: value for key, value in answer.items() if key != name}


def with_first(**changed: Any) -> Callable[[Json], Json]:
    def change(answer: Json) -> Json:
        first, *others = answer["outputs"]
        return answer | {"outputs": [first | changed, *others]}

    return change


FAULTS: list[tuple[str, Fault, type[ModelgateError], str]] = [
    ("500", broken.status(500), ModelCrashedError, "MG4080"),
    ("503-for-ever", broken.status(503), ServiceError, "MG7103"),
    ("429-for-ever", broken.status(429, **{"retry-after": "0"}), ServiceError, "MG7103"),
    ("password", broken.status(401), ModelError, "MG3183"),
    ("gone", broken.status(404), ModelError, "MG3181"),
    ("redirect", broken.status(307, location="http://127.0.0.1:9/"), RefusedError, "MG5075"),
    ("no-content", broken.status(204), ModelError, "MG3181"),
    ("slow", broken.slow, ServiceError, "MG7102"),
    ("a-byte-now-and-then", broken.trickling, ServiceError, "MG7102"),
    ("a-body-of-drops", broken.dripping, ServiceError, "MG7102"),
    ("dropped", broken.dropping, ServiceError, "MG7101"),
    ("endless", broken.endless, ModelCrashedError, "MG4082"),
    ("no-json", broken.says(b"<html>"), ModelCrashedError, "MG4081"),
    ("no-text", broken.says(b"\xff\xfe"), ModelCrashedError, "MG4081"),
    ("nested", broken.says(b"[" * 100_000), ModelCrashedError, "MG4081"),
    ("a-number-of-miles", broken.says(b"1" * 10_000), ModelCrashedError, "MG4081"),
    ("a-list", broken.says(b"[]"), ModelCrashedError, "MG4081"),
    ("an-error-that-succeeds", broken.status(200), ModelCrashedError, "MG4081"),
    (
        "a-name-that-stands-twice",
        broken.says(b'{"model_name": "risk", "outputs": [], "outputs": [1]}'),
        ModelCrashedError,
        "MG4081",
    ),
    ("nothing", broken.says(b""), ModelCrashedError, "MG4081"),
]


@pytest.mark.parametrize(
    ("fault", "kind", "code"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_fault_is_told_by_its_code(
    fault: Fault,
    kind: type[ModelgateError],
    code: str,
    served: Served,
    patients: pd.DataFrame,
) -> None:
    served.fault = fault
    with pytest.raises(kind, match=f"^{code} risk: ") as caught:
        asked(served, batch(patients, 8))
    assert caught.value.exit_code in {3, 4, 5, 7}
    assert "\x1b" not in str(caught.value)
    tries = {"MG7101": 3, "MG7103": 3}
    assert len(served.requests) == tries.get(code, 1)


LIES: list[tuple[str, Callable[[Json], Any], str]] = [
    ("a-row-short", with_first(shape=[7, 2], data=[0.5] * 14), "MG4004"),
    ("short-of-its-shape", with_first(data=[0.5] * 15), "MG4081"),
    ("another-width", with_first(shape=[8, 3], data=[0.1] * 24), "MG4083"),
    ("another-rank", with_first(shape=[8], data=[0.1] * 8), "MG4083"),
    ("another-type", with_first(datatype="INT64", data=[0, 1] * 8), "MG4083"),
    ("an-unknown-type", with_first(datatype="FP8"), "MG4081"),
    ("numbers-as-text", with_first(data=["0.5"] * 16), "MG4081"),
    ("truth-for-numbers", with_first(data=[True, 0.5] * 8), "MG4081"),
    ("ragged", with_first(data=[[0.5, 0.5]] * 7 + [0.5, 0.5]), "MG4081"),
    ("another-name", with_first(name="scores"), "MG4081"),
    ("a-name-twice", with_first(name="label"), "MG4081"),
    ("a-free-axis", with_first(shape=[-1, 2]), "MG4081"),
    ("a-vast-axis", with_first(shape=[1 << 60, 2]), "MG4081"),
    ("an-integer-too-large", with_first(datatype="UINT8", data=[256] * 16), "MG4081"),
    ("half-a-character", with_first(datatype="BYTES", data=["\ud800"] * 16), "MG4081"),
    ("no-outputs", without("outputs"), "MG4081"),
    ("no-name", without("model_name"), "MG4081"),
    ("an-error-beside", lambda answer: answer | {"error": "out of memory"}, "MG4081"),
    ("another-model", lambda answer: answer | {"model_name": "other"}, "MG4084"),
    ("no-version-that-is-text", lambda answer: answer | {"model_version": 3}, "MG4081"),
]


@pytest.mark.parametrize(
    ("change", "code"), [case[1:] for case in LIES], ids=[case[0] for case in LIES]
)
def test_an_answer_that_is_none_is_told_by_its_code(
    change: Callable[[Json], Any], code: str, served: Served, patients: pd.DataFrame
) -> None:
    served.change = change
    with pytest.raises(ModelCrashedError, match=f"^{code} risk: "):
        asked(served, batch(patients, 8))


def test_a_version_that_changes_while_it_is_judged(served: Served, patients: pd.DataFrame) -> None:
    rows = batch(patients, 8)
    with EndpointAsker(served.url, QUICKLY) as asker:
        asker.bind(rows.schema, (), ModelPart())
        asker.look(rows)
        served.change = lambda answer: answer | {"model_version": "4"}
        with pytest.raises(ModelCrashedError, match=r"^MG4084 risk: answers as version '4', not"):
            asker.again(8)


def test_a_version_that_was_named_is_the_one_that_answers(
    served: Served, patients: pd.DataFrame
) -> None:
    served.change = lambda answer: answer | {"model_version": "2"}
    rows = batch(patients, 8)
    with EndpointAsker(f"{served.url}/versions/3", QUICKLY) as asker:
        asker.bind(rows.schema, (), ModelPart())
        with pytest.raises(ModelCrashedError, match=r"^MG4084"):
            asker.look(rows)


@pytest.mark.parametrize("missing", [float("nan"), None], ids=["NaN", "null"])
def test_an_answer_that_is_no_number_comes_as_it_is(
    missing: float | None, served: Served, patients: pd.DataFrame
) -> None:
    served.change = with_first(data=[missing, 0.5] * 8)
    seen = asked(served, batch(patients, 8))["probabilities"]
    assert np.isnan(seen[:, 0]).all()
    assert np.isfinite(seen[:, 1]).all()


def test_an_answer_that_is_no_number_keeps_the_gate_shut(
    served: Served, trial: Callable[..., tuple[int, Json]]
) -> None:
    def spoilt(answer: Json) -> Json:
        for one in answer["outputs"]:
            if one["name"] == "probabilities":
                one["data"][0] = [float("nan"), float("nan")]
        return answer

    served.change = spoilt
    code, report = trial()
    assert code == 1
    statuses = {one["check"]: one["status"] for one in report["results"]}
    assert statuses["finite_outputs"] == "failed"


@pytest.mark.parametrize(
    ("fault", "code"),
    [pytest.param(broken.status(500), 4, id="500"), pytest.param(broken.dropping, 7, id="dropped")],
)
def test_a_fault_in_the_middle_leaves_no_report(
    fault: Fault,
    code: int,
    served: Served,
    trial: Callable[..., tuple[int, Json]],
    capfd: pytest.CaptureFixture[str],
) -> None:
    def late(answer: Json) -> Json:
        served.fault = fault if len(served.requests) > 2 else None
        return answer

    served.change = late
    assert trial() == (code, {})
    said = capfd.readouterr().err
    assert said.startswith("modelgate: MG")
    assert len(said.splitlines()) <= 2


METADATA: list[tuple[str, Json, str]] = [
    ("no-inputs", {"inputs": []}, "MG3180"),
    ("no-platform", {"platform": None}, "MG3180"),
    ("another-name", {"name": "other"}, "MG4084"),
    ("inputs-that-are-none", {"inputs": {"age": 1}}, "MG4081"),
    ("an-input-without-a-shape", {"inputs": [{"name": "age", "datatype": "FP32"}]}, "MG4081"),
    (
        "a-name-that-moves-the-cursor",
        {"inputs": [{"name": "a\x1b[2J", "datatype": "FP32", "shape": [-1]}]},
        "MG4081",
    ),
    (
        "a-name-twice",
        {"inputs": [{"name": "age", "datatype": "FP32", "shape": [-1]}] * 2},
        "MG4081",
    ),
]


@pytest.mark.parametrize(
    ("changed", "code"), [case[1:] for case in METADATA], ids=[case[0] for case in METADATA]
)
def test_metadata_that_is_none(changed: Json, code: str, served: Served) -> None:
    served.about |= changed
    with pytest.raises((ModelError, ModelCrashedError), match=f"^{code} risk: "):
        EndpointAsker(served.url, QUICKLY)


def test_a_model_that_nobody_serves(served: Served) -> None:
    with pytest.raises(ModelError, match=r"^MG3181 other: .*no model at ") as caught:
        EndpointAsker(served.url.replace("risk", "other"), QUICKLY)
    assert "\x1b" not in str(caught.value)


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ServiceError, match=r"^MG7101 risk: ") as caught:
        EndpointAsker("http://127.0.0.1:9/v2/models/risk", QUICKLY)
    assert caught.value.exit_code == 7


def test_missing_numbers_cannot_be_said_in_json(served: Served, patients: pd.DataFrame) -> None:
    table = patients.astype({"age": float})
    table.loc[2, "age"] = np.nan
    with pytest.raises(ModelError, match=r"^MG3164 risk: takes its input 'age' as JSON"):
        asked(served, batch(table, 8))
    assert not served.requests


def test_what_prepares_rows_has_no_place_beside_an_endpoint(
    served: Served, patients: pd.DataFrame
) -> None:
    told = ModelPart(prepare=Preparation(kind="onnx", file=Path("featuriser.onnx")))
    with EndpointAsker(served.url, QUICKLY) as asker, pytest.raises(ModelError, match=r"^MG3184"):
        asker.bind(batch(patients, 1).schema, (), told)


def test_rows_are_made_up_where_there_is_no_data(served: Served) -> None:
    with EndpointAsker(served.url, QUICKLY) as asker:
        assert asker.look(None)["probabilities"].shape == (16, 2)


def test_wide_answers_are_asked_for_in_smaller_requests(
    served: Served, patients: pd.DataFrame
) -> None:
    rows = batch(patients, 1200)
    with EndpointAsker(served.url, QUICKLY) as asker:
        fed = {"age": np.zeros((1200, 1), np.float32)}
        each = asker._endpoint.rows_a_call(fed, 1200, 10_000)
    assert each * 10_000 * 24 <= MOST_BYTES < 64 * each * 10_000 * 24
    assert len(rows) == 1200


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "http://127.0.0.1",
        "http://127.0.0.1/v2/models/",
        "http://127.0.0.1/v1/models/risk",
        "http://127.0.0.1/v2/models/risk/infer",
        "http://127.0.0.1/v2/models/risk?x=1",
        "http://127.0.0.1/v2/models/risk#x",
        "http://127.0.0.1/v2/models/..",
        "http://127.0.0.1/../v2/models/risk",
        "http://127.0.0.1/v2/models/risk%2e%2e",
        "http://127.0.0.1:123456/v2/models/risk",
        "http://me:secret@127.0.0.1/v2/models/risk",
        "http://127.0.0.1/v2/models/risk\n",
        "http:// /v2/models/risk",
    ],
)
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match=r"^MG2037 ") as caught:
        address(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("https://models.example.org/v2/models/risk", "risk", None),
        ("http://[::1]:8000/v2/models/risk/versions/3/", "risk", "3"),
        ("http://localhost:8000/team/a/v2/models/a.b-c", "a.b-c", None),
    ],
)
def test_an_address(text: str, name: str, version: str | None) -> None:
    found = address(text)
    assert (found.name, found.version, found.url) == (name, version, text.rstrip("/"))


@pytest.mark.parametrize(
    ("model", "alone"),
    [
        ("http://localhost/v2/models/risk", True),
        ("package.module:answer", True),
        ("columns:score", True),
        ("rules/rule.py:answer", False),
        ("models/risk.onnx", False),
    ],
)
def test_a_suite_names_an_endpoint_as_it_is_and_a_file_from_where_it_lies(
    model: str, alone: bool
) -> None:
    drafted = relative(model, Path("suites") / "risk.yaml")
    assert drafted == (model if alone else f"../{model}")
    suite = Suite(
        name="risk", title="", path="suites/risk.yaml", digest="", steps=(), champion=drafted
    )
    assert champion_of(suite) == model


def test_endpoints_are_compared_and_one_that_is_down_is_a_line_of_the_page(
    served: Served, trial: Callable[..., tuple[int, Json]]
) -> None:
    del trial  # which wrote the files
    lost = "http://127.0.0.1:9/v2/models/lost"
    words = ("--data", "patients.csv", "--target", "state", "--suite", "suite.yaml")
    models = (served.url, f"{served.url}/versions/3", lost)
    assert main(["compare", *models, *words, "--report", "json:board.json"]) in {0, 11}
    text = Path("board.json").read_text()
    assert "MG7101 lost: cannot be reached" in text
