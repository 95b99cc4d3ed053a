"""A proxy before PostgreSQL that cuts the connection at the commit of what was written."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

When = Literal["before", "between", "after"]
"""The server gets no COMMIT; it gets it, and its answer is not waited for; its answer is lost."""


@dataclass
class Proxy:
    """Between programs and a server.

    Attributes:
        port: on this machine, where programs connect.
        server: the server's socket.
        when: the next commit of entries is cut; None for never.
        back: whether the server can be reached after it.
        cuts: how many were.
    """

    port: int
    server: Path
    when: When | None = None
    back: bool = True
    cuts: int = 0
    closed: bool = False
    open: list[socket.socket] = field(default_factory=list)

    def carry(self, listening: socket.socket) -> None:
        """Take connections until it is closed."""
        while not self.closed:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            if self.cuts and not self.back:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.server))
            self.open += [client, server]
            threading.Thread(target=self._asked, args=(client, server), daemon=True).start()

    def _asked(self, client: socket.socket, server: socket.socket) -> None:
        """One connection: what the program sends; what it is answered, in another thread."""
        lost = threading.Event()
        answers = threading.Thread(target=_answered, args=(client, server, lost), daemon=True)
        answers.start()
        wrote = False
        with suppress(OSError):
            while sent := client.recv(65536):
                wrote = wrote or b"INSERT INTO entries" in sent
                if wrote and self.when is not None and b"COMMIT" in sent:
                    when, self.when = self.when, None
                    self.cuts += 1
                    if when == "after":
                        lost.set()
                        server.sendall(sent)
                        answers.join(10)
                    elif when == "between":
                        server.sendall(sent)
                    break
                server.sendall(sent)
        _shut(client, server)


def _answered(client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
    with suppress(OSError):
        while told := server.recv(65536):
            if lost.is_set():
                return
            client.sendall(told)
    _shut(client, server)


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(server: Path) -> Iterator[Proxy]:
    """A proxy before a server's socket, while a block lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        made = Proxy(listening.getsockname()[1], server)
        taking = threading.Thread(target=made.carry, args=(listening,), daemon=True)
        taking.start()
        try:
            yield made
        finally:
            made.closed = True
            _shut(listening)
            taking.join()
            for one in made.open:
                one.close()
