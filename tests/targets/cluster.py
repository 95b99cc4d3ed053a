"""A stub of a cluster with KServe: its API server, its controller, and a runtime as Triton's.

No cluster can be started here. The API server takes and refuses what Kubernetes would (server-side
apply, strict about fields, dry runs); the controller needs a while; the runtime really loads the
model from where Triton would look for it, and answers by the Open Inference Protocol.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import numpy as np
import onnxruntime
import yaml

API = "/apis/serving.kserve.io/v1beta1/namespaces/models/inferenceservices/scoring"
SCHEMA = json.loads((Path(__file__).parent / "inference_service.schema.json").read_text("utf-8"))
DATATYPES = {"tensor(float)": "FP32", "tensor(int64)": "INT64", "tensor(string)": "BYTES"}


@dataclass
class Cluster:
    """What it holds, and how it behaves.

    Attributes:
        files: what `storage` leads to.
        held: the InferenceService; None for none.
        asked: method and query of each request to the API server.
        slow: looks at a new one until it is ready.
        broken: what the runtime says of a version that it cannot load, by "churn@NUMBER".
        silent: whether the runtime answers no questions.
    """

    files: Path
    url: str = ""
    held: dict[str, Any] | None = None
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    slow: int = 2
    broken: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    looks: int = 0

    def apply(self, body: dict[str, Any], *, keep: bool) -> dict[str, Any]:
        """What is there after an apply."""
        before = self.held or {"metadata": {"generation": 0}, "spec": None}
        generation = before["metadata"]["generation"] + (before["spec"] != body["spec"])
        after = {**body, "metadata": {**body["metadata"], "generation": generation}}
        if keep:
            self.held = {**after, "status": before.get("status", {})}
            self.looks = 0
        return after

    def look(self) -> dict[str, Any] | None:
        """What is there; the controller goes on by one step."""
        if self.held is None:
            return None
        self.looks += 1
        if self.looks > self.slow:
            self.held["status"] = self.status(self.held)
        return self.held

    def status(self, held: dict[str, Any]) -> dict[str, Any]:
        """As the controller writes it, once it has seen the newest."""
        said = self.broken.get(held["metadata"]["annotations"]["modelgate/version"])
        return {
            "observedGeneration": held["metadata"]["generation"],
            "url": self.url,
            "conditions": [{"type": "Ready", "status": "False" if said else "True"}],
            "modelStatus": {
                "transitionStatus": "BlockedByFailedLoad" if said else "UpToDate",
                "lastFailureInfo": {"message": said} if said else None,
            },
        }

    def session(self) -> onnxruntime.InferenceSession:
        """The model where Triton looks for it."""
        assert self.held is not None
        uri = self.held["spec"]["predictor"]["model"]["storageUri"]
        folder = self.files / uri.removeprefix("pvc://models/churn/")
        return onnxruntime.InferenceSession(folder / "scoring" / "1" / "model.onnx")


@contextmanager
def cluster(files: Path, kubeconfig: Path) -> Iterator[Cluster]:
    """One that runs, and the file by which clients find it."""
    found = Cluster(files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    found.url = f"http://127.0.0.1:{server.server_port}"
    kubeconfig.write_text(yaml.safe_dump(_config(found.url)), "utf-8")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _config(url: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": url}}],
        "users": [{"name": "test", "user": {"token": "of-the-test"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }


def _handler(found: Cluster) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class)
    class Handler(BaseHTTPRequestHandler):
        def answer(self, code: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def refuse(self, code: int, message: str) -> None:
            self.answer(code, {"kind": "Status", "code": code, "message": message})

        def asked(self) -> bool:
            """Whether it is the API server that is asked, by somebody who may."""
            parts = urlsplit(self.path)
            if parts.path != API or self.headers["Authorization"] != "Bearer of-the-test":
                self.refuse(403, f"{parts.path} is forbidden")
                return False
            found.asked.append((self.command, parse_qs(parts.query)))
            return True

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def do_PATCH(self) -> None:
            if not self.asked():
                return
            query = found.asked[-1][1]
            if self.headers["Content-Type"] != "application/apply-patch+yaml":
                self.refuse(415, "no apply")
                return
            body = json.loads(self.body())
            try:
                jsonschema.validate(body, SCHEMA)
            except jsonschema.ValidationError as error:
                self.refuse(422, error.message)
                return
            self.answer(200, found.apply(body, keep="dryRun" not in query))

        def do_DELETE(self) -> None:
            if self.asked():
                found.held = None
                self.answer(200, {"kind": "Status", "status": "Success"})

        def do_GET(self) -> None:
            if self.path == "/v2/models/scoring" and not found.silent:
                self.answer(200, _metadata(found.session()))
            elif self.path == "/v2/models/scoring":
                self.refuse(503, "no healthy upstream")
            elif self.asked():
                held = found.look()
                if held is None:
                    self.refuse(404, "not found")
                else:
                    self.answer(200, held)

        def do_POST(self) -> None:
            if self.path != "/v2/models/scoring/infer":
                self.refuse(404, "not found")
                return
            self.answer(200, _answered(found.session(), json.loads(self.body())))

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _metadata(session: onnxruntime.InferenceSession) -> dict[str, Any]:
    def tensors(all_of: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "datatype": DATATYPES[one.type],
                "shape": [size if isinstance(size, int) else -1 for size in one.shape],
            }
            for one in all_of
        ]

    inputs, outputs = tensors(session.get_inputs()), tensors(session.get_outputs())
    return {"name": "scoring", "versions": ["1"], "inputs": inputs, "outputs": outputs}


def _answered(session: onnxruntime.InferenceSession, asked: dict[str, Any]) -> dict[str, Any]:
    types = {"FP32": np.float32, "INT64": np.int64}
    feed = {
        one["name"]: np.array(one["data"], types[one["datatype"]]).reshape(one["shape"])
        for one in asked["inputs"]
    }
    names = [one.name for one in session.get_outputs()]
    kinds = [DATATYPES[one.type] for one in session.get_outputs()]
    outputs = [
        {
            "name": name,
            "datatype": kind,
            "shape": list(array.shape),
            "data": array.reshape(-1).tolist(),
        }
        for name, kind, array in zip(names, kinds, session.run(None, feed), strict=True)
    ]
    return {"model_name": "scoring", "outputs": outputs}
