"""A real server on the loopback that speaks the Open Inference Protocol, and can be broken."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Json = dict[str, Any]
Fault = Callable[["Handler"], None]


def metadata() -> Json:
    """Of the model that is served: two numbers and a text in, scores and a label out."""
    return {
        "name": "risk",
        "versions": ["3"],
        "platform": "toy",
        "inputs": [
            {"name": "age", "datatype": "FP32", "shape": [-1, 1]},
            {"name": "visits", "datatype": "INT64", "shape": [-1, 1]},
            {"name": "land", "datatype": "BYTES", "shape": [-1, 1]},
        ],
        "outputs": [
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]},
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
        ],
    }


def risk(age: float, visits: int, land: str) -> float:
    """The probability of `ill` that the model gives."""
    return 1 / (1 + math.exp(-(age - 50) / 5 - visits / 10 - (land == "no")))


@dataclass
class Served:
    """What a server was asked, and how it behaves.

    Attributes:
        about: its metadata.
        fault: takes the place of an answer.
        change: made to each right answer.
        most: rows of a request that it takes.
        requests: the bodies that came.
        heads: the headers of each request.
    """

    about: Json = field(default_factory=metadata)
    fault: Fault | None = None
    change: Callable[[Json], Any] = lambda answer: answer
    most: int = 1 << 30
    requests: list[Json] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v2/models/risk"


class Handler(BaseHTTPRequestHandler):
    """Answers as a v2 server does, but for the fault that it is given."""

    protocol_version = "HTTP/1.1"
    served: Served

    def do_GET(self) -> None:
        self.served.heads.append(dict(self.headers))
        if self.path not in {"/v2/models/risk", "/v2/models/risk/versions/3"}:
            self.reply(404, {"error": f"no model at {self.path}\x1b[31m"})
        else:
            self.reply(200, self.served.about)

    def do_POST(self) -> None:
        self.served.heads.append(dict(self.headers))
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.served.requests.append(request)
        rows = request["inputs"][0]["shape"][0]
        if self.served.fault is not None:
            self.served.fault(self)
        elif rows > self.served.most:
            self.reply(400, {"error": f"at most {self.served.most} rows"})
        else:
            self.reply(200, self.served.change(answer_to(request)))

    def reply(self, status: int, content: Any) -> None:
        self.send(status, json.dumps(content).encode())

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Nothing is said."""


def answer_to(request: Json) -> Json:
    """What the model answers to a request that asks for some outputs, or all."""
    given = {one["name"]: one["data"] for one in request["inputs"]}
    chances = [risk(*row) for row in zip(given["age"], given["visits"], given["land"], strict=True)]
    rows = len(chances)
    outputs = [
        {
            "name": "probabilities",
            "datatype": "FP32",
            "shape": [rows, 2],
            "data": [[1 - chance, chance] for chance in chances],
        },
        {
            "name": "label",
            "datatype": "BYTES",
            "shape": [rows],
            "data": ["ill" if chance >= 0.5 else "well" for chance in chances],
        },
    ]
    wanted = {one["name"] for one in request.get("outputs", outputs)}
    outputs = [one for one in outputs if one["name"] in wanted]
    return {"model_name": "risk", "model_version": "3", "outputs": outputs}


@contextmanager
def serving(served: Served) -> Iterator[Served]:
    """A server on a free port, until it is left."""

    class Mine(Handler):
        """Of this server."""

    Mine.served = served
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    server.daemon_threads = True
    server.block_on_close = False
    served.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def status(code: int, **headers: str) -> Fault:
    """Answers with a status and the server's own words."""
    return lambda handler: handler.send(code, b'{"error": "out of \\u001b[31m memory"}', **headers)


def says(body: bytes) -> Fault:
    """Answers 200 with these bytes."""
    return lambda handler: handler.send(200, body)


def slow(handler: Handler) -> None:
    """Never answers."""
    time.sleep(5)
    handler.close_connection = True


def trickling(handler: Handler) -> None:
    """Sends a header, then one byte now and then: each of them comes in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    for _ in range(50):
        time.sleep(0.1)
        try:
            handler.wfile.write(b"x")
            handler.wfile.flush()
        except OSError:
            break
    handler.close_connection = True


def dripping(handler: Handler) -> None:
    """Sends a body, one byte now and then: each of them comes in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n")
    for _ in range(50):
        time.sleep(0.1)
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            break
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """Sends without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    with_room = True
    while with_room:
        try:
            handler.wfile.write(b" " * 65536)
        except OSError:
            with_room = False
    handler.close_connection = True


def dropping(handler: Handler) -> None:
    """Promises more than it sends."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"model_')
    handler.close_connection = True
