"""Follow an alias and serve what stands there: load beside, then let in; never in between."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from modelgate.errors import ModelgateError, RefusedError, StorageError
from modelgate.escape import printable
from modelgate.release import Release
from modelgate.serving.app import QUICK_SECONDS, Limits, Serving, app_of
from modelgate.serving.opened import OpenModel, opened
from modelgate.serving.source import Source

LOOK_SECONDS = 0.1
"""Between two looks at the alias."""
PAUSE_SECONDS = 2
"""Before a registry that did not answer is asked again."""
GRACE_SECONDS = 30
"""That requests in flight are given to end."""


@dataclass(slots=True)
class Follower:
    """Keeps what serves at what stands at the alias.

    Attributes:
        source: the alias.
        serving: what serves.
        place: the entry of the log that was followed last; 0 before the first.
        say: told in a line what serves from now on.
    """

    source: Source
    serving: Serving
    place: int | None = 0
    say: Callable[[str], None] = print

    def begin(self, *, wait: bool = False) -> None:
        """Load what stands there.

        Args:
            wait: for the first promotion, where nothing stands there.

        Raises:
            RefusedError: MG5111, nothing does; or its decision or bytes do not hold.
            DeployError: MG8010, it does not open.
        """
        place = self.source.place()
        release = self.source.release()
        if release is None and wait:
            self.place = place
            return
        if release is None:
            raise RefusedError(
                "MG5111",
                f"nothing stands at {self.serving.name}@{self.serving.alias}, and only what was"
                " promoted there is served",
                hint=f"modelgate promote {self.serving.name}@VERSION --to {self.serving.alias};"
                " or --wait for it",
            )
        self._let_in(release)
        self.place = place

    def look(self) -> None:
        """Follow the alias where it was moved; what cannot be loaded leaves what serves alone."""
        place = self.source.place()
        if place == self.place:
            return
        try:
            release = self.source.release()
            if release is None:
                self.serving.empty()
                self.say(f"nothing stands at {self.serving.name}@{self.serving.alias} any more")
            else:
                self._let_in(release)
                self.say(f"{release} serves now")
        except StorageError:
            raise  # the registry's fault, and none of the model's: it is asked again
        except ModelgateError as error:
            self.serving.refuse(self.source.digest(), f"{error.code} {error.message}")
            self.say(f"not let in: {error.code} {error.message}")
        self.place = place

    async def follow(self) -> None:
        """Look, again and again; a registry that does not answer is asked again."""
        looked: int | None = None
        while True:
            try:
                stamp = self.source.stamp()
                if stamp is None or stamp != looked:
                    await asyncio.to_thread(self.look)
                    looked = stamp
            except Exception as error:  # noqa: BLE001 (whatever it is, the alias is looked at again)
                self.say(f"the registry is asked again: {printable(error, 200)}")
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    def _let_in(self, release: Release) -> None:
        try:
            model = opened(release)
            quick = _is_quick(model)
        finally:
            self.source.done(release)
        self.serving.let_in(model, quick=quick)


def _is_quick(model: OpenModel) -> bool:
    """Whether a made-up row is answered before another request could be begun."""
    began = time.perf_counter()
    return bool(model.asked_once()) and time.perf_counter() - began <= QUICK_SECONDS


def serve(follower: Follower, *, host: str, port: int, ready: socket.socket | None = None) -> None:
    """Serve until a signal asks to end; requests in flight are answered first.

    Args:
        follower: of the alias; `begin` was called.
        host: to listen at.
        port: likewise; 0 for any that is free.
        ready: a socket that listens already, in place of these.
    """

    @asynccontextmanager
    async def following(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(follower.follow())
        try:
            yield
        finally:
            task.cancel()

    app = app_of(follower.serving, following)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="error",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        server_header=False,
    )
    gc.collect()
    gc.enable()
    gc.freeze()  # what is loaded stays: to look through it again and again would hold answers up
    uvicorn.Server(config).run(sockets=None if ready is None else [ready])


def limits(*, body_mebibytes: int, rows: int, in_flight: int) -> Limits:
    """What a request may be."""
    return Limits(body=body_mebibytes << 20, rows=rows, in_flight=in_flight)
