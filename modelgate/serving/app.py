"""The protocol's routes, over whichever model stands there now.

Source:
    KServe, "Open Inference Protocol", version 2, REST,
    https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from modelgate import __version__
from modelgate.escape import printable
from modelgate.formats.refusal import Refusal
from modelgate.serving.measures import Measures
from modelgate.serving.opened import OpenModel
from modelgate.serving.requests import Asked, BadRequestError, described, read_request, written

TEXT = "text/plain; version=0.0.4; charset=utf-8"
SMALL_BODY = 1 << 16
"""Bytes of a request that a quick model answers before another could be begun."""
QUICK_SECONDS = 0.002
RETRY_SECONDS = "1"
BODY_SECONDS = 10
"""That a request's body is given to come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may be.

    Attributes:
        body: bytes.
        rows: of a request.
        in_flight: requests at once; one more is asked to come again.
    """

    body: int = 16 << 20
    rows: int = 10_000
    in_flight: int = 256


@dataclass(frozen=True, slots=True)
class Standing:
    """What answers a request, all of it.

    Attributes:
        model: that answers.
        quick: whether it answers a small request before another could be begun.
        parameters: of every answer: by which decision the model serves.
    """

    model: OpenModel
    quick: bool
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class Serving:
    """What serves now, and how it goes.

    Attributes:
        name: of the model, in the address.
        alias: that is followed.
        limits: of a request.
        now: what answers; None where the alias leads nowhere.
        swap_failed: why the model that stands at the alias does not serve; None where it does.
        refused: digest of that model.
        measures: what is counted.
    """

    name: str
    alias: str
    limits: Limits = field(default_factory=Limits)
    now: Standing | None = None
    swap_failed: str | None = None
    refused: str | None = None
    measures: Measures = field(default_factory=Measures)

    def let_in(self, model: OpenModel, *, quick: bool) -> None:
        """From the next request on this one answers; those in flight end with the one before."""
        if self.now is not None:
            self.measures.swaps += 1
        release = model.release
        told = {"digest": release.digest, "decision": release.decision}
        self.swap_failed = self.refused = None
        self.now = Standing(model, quick, told)

    def empty(self) -> None:
        """From the next request on nothing answers."""
        self.swap_failed = self.refused = None
        self.now = None

    def refuse(self, digest: str | None, why: str) -> None:
        """What answers goes on to do so; the model that stands at the alias does not serve."""
        self.measures.failed_swaps += 1
        self.swap_failed, self.refused = why, digest


def app_of(serving: Serving, lifespan: Lifespan[Starlette]) -> ASGIApp:
    """The routes.

    Requests for inference go by no router: it would cost more than a small model.

    Args:
        serving: what serves.
        lifespan: what runs beside.
    """
    told = _Told(serving)
    name = "/v2/models/{name}"
    version = f"{name}/versions/{{version}}"
    others = Starlette(
        routes=[
            Route("/v2", told.server),
            Route("/v2/health/live", told.live),
            Route("/v2/health/ready", told.ready),
            Route(name, told.metadata),
            Route(version, told.metadata),
            Route(f"{name}/ready", told.model_ready),
            Route(f"{version}/ready", told.model_ready),
            Route("/metrics", told.metrics),
        ],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _not_found},
    )
    inference = _Inference(serving)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/infer"):
            match scope["path"].split("/"):
                case ["", "v2", "models", asked, "infer"]:
                    return await inference(asked, None, scope, receive, send)
                case ["", "v2", "models", asked, "versions", number, "infer"]:
                    return await inference(asked, number, scope, receive, send)
        return await others(scope, receive, send)

    return app


class _Inference:
    """Asks the model."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def __call__(
        self, name: str, version: str | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """One request, from its first byte to its answer's last."""
        if scope["method"] != "POST":
            refused = _error(405, "this address takes POST alone", {"Allow": "POST"})
            await refused(scope, receive, send)
            return
        measures, began = self._serving.measures, time.perf_counter()
        try:
            answer = await self._answered(name, version, scope, receive)
        except Exception as error:  # noqa: BLE001 (a bug of ours is an answer too, and is counted)
            answer = _error(500, f"a bug of modelgate: {printable(repr(error), 200)}")
        measures.answered(answer.status_code, time.perf_counter() - began)
        await answer(scope, receive, send)

    async def _answered(
        self, name: str, version: str | None, scope: Scope, receive: Receive
    ) -> Response:
        now = self._serving.now  # what stands there at this instant answers all of the request
        refused = _refused(self._serving, name, version, now)
        if refused is not None:
            return refused
        assert now is not None
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(scope, receive, self._serving.limits.body)
        except BadRequestError as error:
            return _error(413, str(error))
        except TimeoutError:
            why = f"the request's body did not come within {BODY_SECONDS} s"
            return _error(408, why, {"Connection": "close"})
        if body is None:
            return _error(400, "the request broke off")
        measures = self._serving.measures
        if measures.in_flight >= self._serving.limits.in_flight:
            return _error(503, "too many requests at once", {"Retry-After": RETRY_SECONDS})
        measures.in_flight += 1
        try:
            return await self._counted(now, body)
        finally:
            measures.in_flight -= 1

    async def _counted(self, now: Standing, body: bytes) -> Response:
        if now.quick and len(body) <= SMALL_BODY:
            answer, rows, beyond = self._infer(now, body)
        else:
            answer, rows, beyond = await run_in_threadpool(self._infer, now, body)
        self._serving.measures.rows += rows  # here, on the loop: threads would lose some
        self._serving.measures.out_of_domain += beyond
        return answer

    def _infer(self, now: Standing, body: bytes) -> tuple[Response, int, int]:
        """The answer; the rows that it answers, and of them those out of domain."""
        model, parameters = now.model, now.parameters
        try:
            asked = read_request(body, model, self._serving.limits.rows)
            answers = self._asked(model, asked)
            beyond = model.out_of_domain(answers)
            if beyond is not None:
                parameters = {**parameters, "out_of_domain": beyond}
            content = written(answers, asked, model, parameters)
        except BadRequestError as error:
            return _error(400, str(error)), 0, 0
        except Refusal as refusal:
            mine = refusal.code.startswith("MG4")
            return _error(500 if mine else 400, f"the model {refusal.message}"), 0, 0
        except ValueError as error:
            return _error(500, str(error)), 0, 0
        answer = Response(content, media_type="application/json")
        return answer, asked.rows, 0 if beyond is None else sum(beyond)

    def _asked(self, model: OpenModel, asked: Asked) -> Mapping[str, Any]:
        watched = [name for name in model.watched if name not in asked.outputs]
        return model.answer(asked.feeds, asked.rows, [*asked.outputs, *watched])


def _refused(
    serving: Serving, name: str, version: str | None, now: Standing | None
) -> Response | None:
    """Why nothing can be asked under an address; None where something can."""
    if name != serving.name:
        return _error(404, f"no model of this name is served; this is {serving.name}")
    if now is None:
        why = f"nothing stands at {serving.name}@{serving.alias}"
        return _error(503, f"it was not let in: {serving.swap_failed}" if serving.refused else why)
    if version is not None and version != str(now.model.release.number):
        return _error(404, f"this version is not served; {now.model.release} is")
    return None


class _Told:
    """What else is told, each under its address."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def _refused(self, request: Request) -> Response | None:
        asked = request.path_params
        return _refused(self._serving, asked["name"], asked.get("version"), self._serving.now)

    async def server(self, _: Request) -> Response:
        """What answers."""
        return _json({"name": "modelgate", "version": __version__, "extensions": []})

    async def live(self, _: Request) -> Response:
        """That it answers at all."""
        return _json({"live": True})

    async def ready(self, _: Request) -> Response:
        """Whether a model stands there."""
        there = self._serving.now is not None
        return _json({"ready": there}, 200 if there else 503)

    async def model_ready(self, request: Request) -> Response:
        """Whether this model, or this version, stands there."""
        refused = self._refused(request)
        return refused or _json({"name": self._serving.name, "ready": True})

    async def metadata(self, request: Request) -> Response:
        """What the model takes and gives, and by which decision it serves."""
        serving, now = self._serving, self._serving.now
        refused = self._refused(request)
        if refused is not None:
            return refused
        assert now is not None
        model, release = now.model, now.model.release
        told = {**now.parameters, "alias": serving.alias}
        if release.out_of_domain is not None:
            told["out_of_domain_above"] = release.out_of_domain["above"]
            told["out_of_domain_by"] = release.out_of_domain["score"]
        if serving.swap_failed is not None:
            told |= {"swap_failed": serving.swap_failed, "refused": serving.refused}
        return _json(
            {
                "name": release.name,
                "versions": [str(release.number)],
                "platform": model.platform,
                "inputs": [described(one) for one in model.inputs],
                "outputs": [described(one) for one in model.outputs],
                "parameters": told,
            }
        )

    async def metrics(self, _: Request) -> Response:
        """What was counted, for Prometheus."""
        now = self._serving.now
        text = self._serving.measures.text(None if now is None else now.model.release)
        return PlainTextResponse(text, media_type=TEXT)


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The request's body, read no further than it may be long; None where it broke off."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if told.isdigit() and int(told) > most:
        raise BadRequestError(f"a request has at most {most:,} bytes")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BadRequestError(f"a request has at most {most:,} bytes")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _not_found(_: Request, error: Exception) -> Response:
    if getattr(error, "status_code", 404) == 405:
        allowed = dict(getattr(error, "headers", None) or {})
        return _error(405, f"this address takes {allowed.get('Allow')} alone", allowed)
    return _error(404, "nothing answers under this address")


def _json(content: Mapping[str, Any], code: int = 200) -> Response:
    return Response(to_json(content), code, media_type="application/json")


def _error(code: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(to_json({"error": why}), code, headers, media_type="application/json")
