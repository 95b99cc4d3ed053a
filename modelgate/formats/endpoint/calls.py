"""Calls over HTTP that end: in time, below a size, at the host that was named.

No redirect is followed, nothing of the environment is sent (proxies, passwords of `.netrc`), and
nothing is decompressed.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from modelgate.escape import one_line, printable
from modelgate.formats.endpoint.tensors import nonsense
from modelgate.formats.refusal import Refusal

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 8 << 20
"""Of one answer: as JSON that is parsed, it may take ten times the memory."""
UNFIT = "MG3182"
"""The rows of a request are refused: they do not fit, or are too many."""
_BUSY = frozenset({429, 502, 503, 504})
_TOO_MUCH = frozenset({400, 413, 422})
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an endpoint is waited for, and how often it is asked again.

    Attributes:
        connect: seconds until a connection stands.
        call: seconds of one call, from its first byte to the last of the answer.
        tries: of a call that ends in a broken connection, or in 429, 502, 503 or 504.
        pause: seconds before the second try; twice as many before each next one.
    """

    connect: float = 10.0
    call: float = 60.0
    tries: int = 3
    pause: float = 0.5


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the body, and for how long not to ask again."""

    status: int
    body: bytes
    pause: float = 0.0


class Caller:
    """Calls one model's addresses."""

    def __init__(self, url: str, patience: Patience) -> None:
        """Open nothing yet.

        Args:
            url: of the model, checked.
            patience: how long it is waited for.
        """
        import httpx

        self._url = url
        self._patience = patience
        self._stuck = False
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience.call, connect=patience.connect),
            follow_redirects=False,
            trust_env=False,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        if not self._stuck:  # a call that hangs still holds its connection; its thread ends with us
            self._client.close()

    def call(self, path: str = "", content: dict[str, Any] | None = None) -> Any:
        """Ask for what lies below the model's address.

        Args:
            path: "" for its metadata, "/infer" for answers.
            content: of a request; None to read only.

        Returns:
            The answer's JSON, whatever it holds.

        Raises:
            Refusal: MG71.., nobody answers, in time; MG318., the model or these rows are refused;
                MG408., it broke off or answered nonsense; MG5075, it redirects.
        """
        body = None if content is None else json.dumps(content, allow_nan=False).encode()
        pause = self._patience.pause
        for left in reversed(range(self._patience.tries)):
            try:
                reply = self._once(path, body)
            except Refusal as error:
                if error.code != "MG7101" or not left:
                    raise
                time.sleep(pause)
            else:
                if reply.status not in _BUSY or not left:
                    return _read(reply)
                time.sleep(max(pause, reply.pause))
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise AssertionError("the last try returns or raises")

    def _once(self, path: str, body: bytes | None) -> Reply:
        """One call, in a thread of its own: nothing else bounds looking up a name, or a trickle."""
        came: SimpleQueue[Reply | BaseException] = SimpleQueue()

        def run() -> None:
            try:
                came.put(self._exchange(path, body))
            except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
                came.put(error)

        Thread(target=run, daemon=True, name="endpoint").start()
        try:
            found = came.get(timeout=self._patience.call)
        except Empty:
            self._stuck = True
            raise self._late() from None
        if isinstance(found, Reply):
            return found
        raise self._explained(found)

    def _exchange(self, path: str, body: bytes | None) -> Reply:
        method = "GET" if body is None else "POST"
        headers = {} if body is None else {"content-type": "application/json"}
        with self._client.stream(
            method, self._url + path, content=body, headers=headers
        ) as response:
            return Reply(response.status_code, _body(response), _pause(response))

    def _explained(self, error: BaseException) -> BaseException:
        import httpx

        if isinstance(error, httpx.ConnectTimeout):
            return Refusal("MG7101", "cannot be reached: no connection came about in time")
        if isinstance(error, httpx.TimeoutException):
            return self._late()
        if isinstance(error, httpx.TransportError):
            return Refusal("MG7101", f"cannot be reached: {one_line(error)}")
        return error

    def _late(self) -> Refusal:
        return Refusal("MG7102", f"took more than {self._patience.call:g} s for one call")


def _body(response: httpx.Response) -> bytes:
    parts = bytearray()
    for part in response.iter_raw():
        parts += part
        if len(parts) > MOST_BYTES:
            raise Refusal("MG4082", f"answered with more than {MOST_BYTES >> 20} MiB")
    return bytes(parts)


def _pause(response: httpx.Response) -> float:
    said = response.headers.get("retry-after", "")
    return min(float(said), _LONGEST_PAUSE) if said.isascii() and said.isdigit() else 0.0


def _read(reply: Reply) -> Any:
    """The JSON of an answer.

    Raises:
        Refusal: its status says that there is none, or it is no JSON.
    """
    if reply.status == 200:
        try:
            found = json.loads(reply.body.decode(), object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise nonsense(f"what came is no JSON: {one_line(error, 80)}") from None
        if isinstance(found, dict) and found.get("error") is not None:
            raise nonsense(f"a success that tells of an error{_said(reply.body)}")
        return found
    raise _refused(reply.status, _said(reply.body))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; which of two values of one name is meant, nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _refused(status: int, said: str) -> Refusal:
    if 300 <= status < 400:
        return Refusal(
            "MG5075",
            f"redirects ({status}) to another address, which is not followed: it would get the"
            " rows",
            "name the address itself that answers, if you trust it",
        )
    if status in _BUSY:
        return Refusal("MG7103", f"is busy or down ({status}){said}")
    if status in {401, 403}:
        return Refusal("MG3183", f"lets nobody in without a password ({status}){said}")
    if status in _TOO_MUCH:
        return Refusal(UNFIT, f"refuses the request ({status}){said}")
    if status >= 500:
        return Refusal("MG4080", f"broke off ({status}){said}")
    return Refusal("MG3181", f"is served by nobody at this address ({status}){said}")


def _said(body: bytes) -> str:
    """The server's own words, as far as a message can hold them."""
    with suppress(ValueError, RecursionError):
        match json.loads(body[:10_000]):
            case {"error": str(text)} if text:
                return f": {printable(' '.join(text.split()), 160)}"
    return ""
