"""What was promoted serves, and nothing else; it is changed while it serves, and nobody notices."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import onnxruntime
import pytest

from modelgate.promote import promote, rollback
from tests.registered import Line, line, model_bytes, there
from tests.serving.servers import Server, row, serving

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Line:
    folder = tmp_path_factory.mktemp("serving")
    made = line(folder, 2)
    promote(made.place, "1")
    return made


@pytest.fixture(scope="module")
def server(found: Line) -> Iterator[Server]:
    folder = found.registry.folder.parent
    with serving(folder, "--registry", "registry", "--most-rows", "100") as running:
        yield running


def test_it_answers_as_the_model_does(server: Server) -> None:
    session = onnxruntime.InferenceSession(model_bytes(0), providers=["CPUExecutionProvider"])
    said = httpx.post(f"{server.url}/infer", json=row(12.5, rows=3)).json()
    label, scores = session.run(["label", "probabilities"], {"measurements": [[12.5] * 30] * 3})
    outputs = {one["name"]: one for one in said["outputs"]}
    assert outputs["label"]["data"] == label.tolist()
    assert outputs["probabilities"]["data"] == pytest.approx(scores.ravel().tolist(), abs=1e-6)
    assert outputs["probabilities"]["shape"] == [3, 2]


def test_an_answer_names_version_and_decision(server: Server, found: Line) -> None:
    said = httpx.post(f"{server.url}/infer", json=row() | {"id": "a1"}).json()
    assert (said["model_name"], said["model_version"], said["id"]) == ("churn", "1", "a1")
    decision = found.registry.entry(said["parameters"]["decision"])
    assert decision is not None
    assert decision.kind == "decision"
    assert said["parameters"]["digest"] == found.versions[0].digest


def test_the_metadata_says_what_is_taken_and_given(server: Server) -> None:
    said = httpx.get(server.url).json()
    assert said["inputs"] == [{"name": "measurements", "datatype": "FP32", "shape": [-1, 30]}]
    assert [one["name"] for one in said["outputs"]] == ["label", "probabilities"]
    assert said["versions"] == ["1"]


def test_health_and_versions(server: Server) -> None:
    root = server.root
    assert httpx.get(f"{root}/v2/health/live").status_code == 200
    assert httpx.get(f"{root}/v2/health/ready").status_code == 200
    assert httpx.get(f"{server.url}/ready").status_code == 200
    assert httpx.get(f"{server.url}/versions/1/ready").status_code == 200
    assert httpx.get(f"{server.url}/versions/2/ready").status_code == 404
    assert httpx.get(f"{root}/v2/models/other").status_code == 404
    assert httpx.get(f"{root}/v2").json()["name"] == "modelgate"


def test_only_the_outputs_asked_for(server: Server) -> None:
    asked = row() | {"outputs": [{"name": "label"}]}
    said = httpx.post(f"{server.url}/infer", json=asked).json()
    assert [one["name"] for one in said["outputs"]] == ["label"]


def _changed(**changes: Any) -> bytes:
    asked = row()
    asked["inputs"][0] |= changes  # type: ignore[index]
    return json.dumps(asked).encode()


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        pytest.param(b"", 400, "no JSON", id="empty"),
        pytest.param(b"[]", 400, "no JSON object", id="a-list"),
        pytest.param(b'{"inputs":3}', 400, "no list", id="inputs-of-another-kind"),
        pytest.param(b'{"inputs":[]}', 400, "'measurements' is missing", id="no-input"),
        pytest.param(b'{"inputs":[3]}', 400, "is no input", id="an-input-that-is-none"),
        pytest.param(_changed(name="x"), 400, "'x' is no input", id="another-name"),
        pytest.param(_changed(datatype="FP64"), 400, "is FP32, not FP64", id="another-type"),
        pytest.param(_changed(datatype=["FP32"]), 400, "has the datatype", id="a-list-for-a-type"),
        pytest.param(_changed(datatype="TEXT"), 400, "the datatype 'TEXT'", id="no-type"),
        pytest.param(_changed(shape=[30]), 400, "has the shape [30]", id="too-few-axes"),
        pytest.param(_changed(shape=[2, 15]), 400, "has the shape", id="another-shape"),
        pytest.param(_changed(shape=[2, 30]), 400, "holds 30 values", id="too-few-values"),
        pytest.param(_changed(shape=[-1, 30]), 400, "no list of sizes", id="a-free-axis"),
        pytest.param(_changed(data=["a"] * 30), 400, "no FP32", id="texts"),
        pytest.param(_changed(data=[None] * 30), 400, "no FP32", id="nulls"),
        pytest.param(_changed(data=[True] * 30), 400, "no FP32", id="truths"),
        pytest.param(_changed(data=[1e300] * 30), 400, "no FP32", id="beyond-the-type"),
        pytest.param(_changed(data=[[1.0], [1.0, 2.0]]), 400, "no FP32", id="ragged"),
        pytest.param(_changed(data="abc"), 400, "no list of data", id="data-of-another-kind"),
        pytest.param(
            _changed(data=[1.0] * 30).replace(b"1.0", b"NaN"), 400, "no JSON", id="not-a-number"
        ),
        pytest.param(
            json.dumps(row(rows=101)).encode(), 400, "1 to 100 rows", id="too-many-rows"
        ),
        pytest.param(_changed(shape=[0, 30], data=[]), 400, "1 to 100 rows", id="no-rows"),
        pytest.param(
            json.dumps(row() | {"outputs": [{"name": "x"}]}).encode(), 400, "no output",
            id="another-output",
        ),
        pytest.param(json.dumps(row() | {"id": 7}).encode(), 400, "'id'", id="an-id-that-is-none"),
        pytest.param(b"[" * 100_000, 400, "no JSON", id="nested-deep"),
        pytest.param(b" " * (17 << 20), 413, "at most", id="too-long"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_told_so(server: Server, body: bytes, code: int, says: str) -> None:
    answer = httpx.post(f"{server.url}/infer", content=body, timeout=30)
    assert answer.status_code == code
    assert says in answer.json()["error"]
    assert httpx.get(f"{server.root}/v2/health/ready").status_code == 200


def test_an_input_twice_is_told_so(server: Server) -> None:
    asked = row()
    asked["inputs"] = [*asked["inputs"], *asked["inputs"]]  # type: ignore[misc]
    answer = httpx.post(f"{server.url}/infer", json=asked)
    assert (answer.status_code, "twice" in answer.json()["error"]) == (400, True)


def test_what_is_counted(server: Server) -> None:
    before = _counted(server)
    httpx.post(f"{server.url}/infer", json=row(rows=7))
    httpx.post(f"{server.url}/infer", content=b"{")
    after = _counted(server)
    grown = {name: after[name] - before.get(name, 0.0) for name in after}
    assert grown["modelgate_rows_total"] == 7
    assert grown['modelgate_inference_requests_total{code="200"}'] == 1
    assert grown['modelgate_inference_requests_total{code="400"}'] == 1
    assert grown["modelgate_inference_duration_seconds_count"] == 2
    assert after["modelgate_in_flight"] == 0


def _counted(server: Server) -> dict[str, float]:
    lines = httpx.get(f"{server.root}/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


@pytest.mark.parametrize("case", ["nothing", "unknown", "tampered", "forged"])
def test_it_does_not_begin_without_a_decision(tmp_path: Path, case: str) -> None:
    made = line(tmp_path, 1)
    what = "churn@production"
    code, said = 5, "MG5111"
    if case == "unknown":
        what, code, said = "chrun@production", 2, "MG2402"
    if case in {"tampered", "forged"}:
        promote(made.place, "1")
    if case == "tampered":
        digest = made.versions[0].digest.removeprefix("sha256:")
        blob = made.registry.folder / "blobs" / "sha256" / digest[:2] / digest
        blob.write_bytes(blob.read_bytes()[:-1] + b"!")
        said = "MG5086"
    if case == "forged":
        with made.registry.changing() as change:
            change.point("churn", "production", 1, 1, before=1)  # no move of the log says so
        said = "MG5092"
    ended = subprocess.run(
        [sys.executable, "-m", "modelgate", "serve", what, "--registry", "registry", "--port", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, said in ended.stderr) == (code, True), ended.stderr


def test_what_is_in_flight_is_answered_after_sigterm(tmp_path: Path) -> None:
    made = line(tmp_path, 1)
    promote(made.place, "1")
    body = json.dumps(row()).encode()
    with serving(tmp_path, "--registry", "registry") as running:
        url = httpx.URL(running.url)
        head = (
            f"POST {url.path}/infer HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/json\r\n\r\n"
        )
        with socket.create_connection((url.host, url.port), timeout=20) as asking:
            asking.sendall(head.encode() + body[:10])
            time.sleep(0.3)  # it reads on its loop: there is nothing else to wait for
            running.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert running.process.poll() is None
            asking.sendall(body[10:])
            said = asking.recv(65_536)
        assert said.startswith(b"HTTP/1.1 200 "), said
        assert running.process.wait(20) == 143


def test_it_waits_for_the_first_promotion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = line(tmp_path, 1)
    with serving(tmp_path, "--registry", "registry", "--wait") as running:
        assert httpx.get(f"{running.root}/v2/health/ready").status_code == 503
        assert httpx.get(f"{running.root}/v2/health/live").status_code == 200
        said = httpx.post(f"{running.url}/infer", json=row())
        assert (said.status_code, said.json()["error"]) == (
            503,
            "nothing stands at churn@production",
        )
        text = f"aliases:\n  production:\n    target: {{server: '{running.root}'}}\n"
        Path("modelgate.yaml").write_text(text, "utf-8")
        promote(there(made.registry), "1")  # its target waits for the server
        assert httpx.get(f"{running.root}/v2/health/ready").status_code == 200


PAUSE = 0.1
"""Seconds between two questions of a client: a hundred of them leave the server some time."""


class Client(threading.Thread):
    """Asks until it is told to end."""

    def __init__(self, url: str, over: threading.Event) -> None:
        super().__init__()
        self.url, self.over = url, over
        self.failed: list[str] = []
        self.seen: dict[tuple[str, str], int] = {}

    def run(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self.over.wait(PAUSE):
                try:
                    answer = client.post(f"{self.url}/infer", json=row())
                    if answer.status_code != 200:
                        self.failed.append(answer.text)
                        continue
                    said = answer.json()
                    about = (said["model_version"], said["parameters"]["decision"])
                    self.seen[about] = self.seen.get(about, 0) + 1
                except httpx.HTTPError as error:
                    self.failed.append(repr(error))


def test_a_hundred_clients_while_the_alias_moves_fifty_times(tmp_path: Path) -> None:
    """No request fails, and no answer comes of a model that nothing was decided about."""
    made = line(tmp_path, 2)
    promote(made.place, "1")
    over = threading.Event()
    with serving(tmp_path, "--registry", "registry") as running:
        clients = [Client(running.url, over) for _ in range(100)]
        for client in clients:
            client.start()
        try:
            for turn in range(25):
                promote(made.place, "2")
                running.waits_for(2)
                rollback(made.place, f"turn {turn}")
                running.waits_for(1)
        finally:
            over.set()
            for client in clients:
                client.join()
        swaps = _counted(running)["modelgate_swaps_total"]
    assert [one for client in clients for one in client.failed] == []
    assert swaps == 50
    decided_about = {
        (str(statement.body["version"]), entry.digest)
        for entry, statement in made.registry.statements(name="churn", kind="decision")
    }
    seen = {about for client in clients for about in client.seen}
    assert {version for version, _ in seen} == {"1", "2"}
    assert seen <= decided_about


def refused(running: Server) -> dict[str, Any]:
    """What the server tells of the model that it did not let in."""
    ends = time.monotonic() + 20
    while "swap_failed" not in (told := httpx.get(running.url).json()["parameters"]):
        assert time.monotonic() < ends
        time.sleep(0.05)
    return dict(told)


def test_an_alias_that_was_moved_by_hand_leaves_what_serves_alone(tmp_path: Path) -> None:
    made = line(tmp_path, 2)
    promote(made.place, "1")
    promote(made.place, "2")
    with serving(tmp_path, "--registry", "registry") as running:
        with made.registry.changing() as change:  # as with rights to the tables; the log is silent
            assert change.point("churn", "production", 1, 1, before=2)
        told = refused(running)
        assert "MG5092" in told["swap_failed"]
        assert told["refused"] == made.versions[0].digest
        assert httpx.post(f"{running.url}/infer", json=row()).json()["model_version"] == "2"
        assert "modelgate_failed_swaps_total 1" in httpx.get(f"{running.root}/metrics").text


def test_a_blob_that_is_damaged_after_the_move_leaves_what_serves_alone(tmp_path: Path) -> None:
    made = line(tmp_path, 2)
    promote(made.place, "1")
    digest = made.versions[1].digest.removeprefix("sha256:")
    blob = made.registry.folder / "blobs" / "sha256" / digest[:2] / digest
    with serving(tmp_path, "--registry", "registry") as running:
        running.process.send_signal(signal.SIGSTOP)  # it looks once the damage is done
        promote(made.place, "2")
        blob.write_bytes(b"damaged")
        running.process.send_signal(signal.SIGCONT)
        told = refused(running)
        assert "MG5086" in told["swap_failed"]
        assert told["refused"] == made.versions[1].digest
        assert httpx.post(f"{running.url}/infer", json=row()).json()["model_version"] == "1"


def test_another_model_may_serve_under_another_alias(tmp_path: Path) -> None:
    made = line(tmp_path, 1)
    promote(there(made.registry, alias="staging"), "1")
    with serving(tmp_path, "--registry", "registry", what="churn@staging") as running:
        assert httpx.get(running.url).json()["parameters"]["alias"] == "staging"
