"""Every answer is one of the protocol's own schemas; every format of data is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import numpy as np
import pytest
import yaml

from modelgate.deciding import recorded
from modelgate.promote import promote
from modelgate.registering import register
from modelgate.registries.embedded import Registry
from tests.registered import READING, Line, line, report_on, there
from tests.serving.servers import Server, row, serving

pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Line:
    made = line(tmp_path_factory.mktemp("protocol"), 1)
    promote(made.place, "1")
    return made


@pytest.fixture(scope="module")
def server(found: Line) -> Iterator[Server]:
    with serving(found.registry.folder.parent, "--registry", "registry") as running:
        yield running


@pytest.fixture(scope="module")
def schemas(shared_data: Path) -> dict[str, Any]:
    """The protocol's own, as JSON Schema."""
    text = (shared_data / "schemas" / "open_inference_rest.yaml").read_text("utf-8")
    whole: dict[str, Any] = yaml.safe_load(text)
    plain = json.dumps(whole["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/")
    return dict(json.loads(plain))


def fits(content: Any, name: str, schemas: dict[str, Any]) -> None:
    assert name in schemas, sorted(schemas)
    jsonschema.validate(content, {"$ref": f"#/$defs/{name}", "$defs": schemas})


@pytest.mark.shared
def test_answers_are_the_protocols(server: Server, schemas: dict[str, Any]) -> None:
    asked = row(rows=2) | {"id": "a", "outputs": [{"name": "label"}]}
    fits(asked, "inference_request", schemas)
    fits(httpx.post(f"{server.url}/infer", json=asked).json(), "inference_response", schemas)
    fits(httpx.get(server.url).json(), "metadata_model_response", schemas)
    fits(httpx.get(f"{server.root}/v2").json(), "metadata_server_response", schemas)
    refused = httpx.post(f"{server.url}/infer", json={"inputs": []})
    fits(refused.json(), "inference_error_response", schemas)


def test_what_is_answered_has_the_fields_of_the_protocol(server: Server) -> None:
    said = httpx.post(f"{server.url}/infer", json=row() | {"id": "a"}).json()
    assert set(said) == {"model_name", "model_version", "id", "outputs", "parameters"}
    assert all(set(one) == {"name", "shape", "datatype", "data"} for one in said["outputs"])
    metadata = httpx.get(server.url).json()
    assert set(metadata) == {"name", "versions", "platform", "inputs", "outputs", "parameters"}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/v2/models/churn/infer", 405),
        ("PUT", "/v2/models/churn/versions/1/infer", 405),
        ("POST", "/v2", 405),
        ("GET", "/", 404),
        ("GET", "/v2/models/churn/versions/1/infer/more", 404),
        ("POST", "/v2/models//infer", 404),
        ("POST", "/v2/models/%00/infer", 404),
        ("GET", "/v2/models/../../etc/passwd", 404),
    ],
)
def test_what_nothing_answers(server: Server, method: str, path: str, code: int) -> None:
    answer = httpx.request(method, f"{server.root}{path}", json={} if method != "GET" else None)
    assert answer.status_code == code
    assert set(answer.json()) == {"error"}


def test_many_that_say_only_half_stop_nobody(server: Server) -> None:
    """More than may be in flight at once; each is given ten seconds, and none is counted before."""
    import socket

    host, _, port = server.root.removeprefix("http://").partition(":")
    head = b"POST /v2/models/churn/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    with ExitStack() as open_:
        for _ in range(300):
            one = open_.enter_context(socket.create_connection((host, int(port))))
            one.sendall(head)
        for _ in range(5):
            assert httpx.post(f"{server.url}/infer", json=row()).status_code == 200
        one.settimeout(20)
        assert one.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_request_that_breaks_off_hurts_nobody(server: Server) -> None:
    import socket

    host, _, port = server.root.removeprefix("http://").partition(":")
    head = b"POST /v2/models/churn/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    for _ in range(20):
        with socket.create_connection((host, int(port))) as one:
            one.sendall(head)
    assert httpx.post(f"{server.url}/infer", json=row()).status_code == 200
    counted = httpx.get(f"{server.root}/metrics").text
    assert "modelgate_in_flight 0" in counted


def trained(kind: str, path: Path) -> Any:
    """A model of a format, saved; what answers in its place."""
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(200, 30)), rng.integers(0, 2, 200)
    if kind == "sklearn":
        skops = pytest.importorskip("skops.io")
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression().fit(rows, labels)
        skops.dump(model, path)
        return model.predict_proba
    if kind == "xgboost":
        xgboost = pytest.importorskip("xgboost")
        booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, labels), 5)
        booster.save_model(path)
        return lambda asked: booster.predict(xgboost.DMatrix(asked))
    lightgbm = pytest.importorskip("lightgbm")
    made = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, labels), 5)
    made.save_model(path)
    return made.predict


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sklearn", "model.skops"), ("xgboost", "model.json"), ("lightgbm", "model.txt")],
)
def test_other_formats_of_data_are_served(kind: str, name: str, tmp_path: Path) -> None:
    answers = trained(kind, tmp_path / name)
    with chdir(tmp_path):
        registry = Registry(tmp_path / "registry")
        version = register(registry, name, "other")
        assert version.format == kind
        recorded(registry, version, report_on(version, None), reading=READING)
        promote(there(registry, "other"), "1")
        registry.close()
    rows = np.random.default_rng(1).normal(size=(4, 30)).astype(np.float32)
    with serving(tmp_path, "--registry", "registry", what="other@production") as running:
        inputs = httpx.get(running.url).json()["inputs"]
        columns = rows[:, None, :] if len(inputs) == 1 else rows.T[:, :, None]
        given = [
            {
                "name": one["name"],
                "datatype": one["datatype"],
                "shape": [4, 30] if len(inputs) == 1 else [4],
                "data": (rows if len(inputs) == 1 else columns[place]).ravel().tolist(),
            }
            for place, one in enumerate(inputs)
        ]
        said = httpx.post(f"{running.url}/infer", json={"inputs": given})
    assert said.status_code == 200, said.text
    numbers = next(one for one in said.json()["outputs"] if one["datatype"].startswith("FP"))
    wanted = np.asarray(answers(rows.astype(np.float64)))
    got = np.reshape(numbers["data"], numbers["shape"])
    got = got if got.ndim == wanted.ndim else got[:, -1]
    assert got == pytest.approx(wanted, abs=1e-4)
