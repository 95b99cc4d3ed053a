"""Many clients that ask one server, each as soon as it has its answer."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Heard:
    """How long the answers took.

    Attributes:
        median, p99: seconds.
        rate: answers a second.
        slowest: seconds.
    """

    median: float
    p99: float
    rate: float
    slowest: float


def ask(url: str, body: bytes, *, clients: int, each: int) -> Heard:
    """So many clients, so many requests each, over connections that stay open."""
    began = time.perf_counter()
    spans = asyncio.run(_all(url, body, clients, each))
    took = time.perf_counter() - began
    half, high = np.percentile(spans, [50, 99])
    return Heard(float(half), float(high), len(spans) / took, float(max(spans)))


async def _all(url: str, body: bytes, clients: int, each: int) -> list[float]:
    parts = await asyncio.gather(*(_client(url, body, each) for _ in range(clients)))
    return [span for part in parts for span in part]


async def _client(url: str, body: bytes, each: int) -> list[float]:
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    request = (
        f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    reader, writer = await asyncio.open_connection(name, int(port))
    spans = []
    try:
        for _ in range(each):
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            spans.append(time.perf_counter() - began)
    finally:
        writer.close()
    return spans


def free_port() -> int:
    """One that nobody listens at just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
