"""A running `modelgate serve`, which follows the alias by itself: waited for, and asked once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from modelgate.errors import ServiceError
from modelgate.escape import printable, shown
from modelgate.kinds import Kind
from modelgate.kinds.single import Number, Text
from modelgate.release import Release
from modelgate.smoke import ask_once, metadata
from modelgate.targets import Target

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
"""That the server is given to let a release in, where the project says nothing."""
PAUSE = 0.1


class Server(Target):
    """A running `modelgate serve`, waited for and asked once: {server: http://host:8080}."""

    name: ClassVar[str] = "server"
    keys: ClassVar[Mapping[str, Kind]] = {"server": Text(), "seconds": Number(0.1, 3600)}

    def _deploy(self, release: Release) -> None:
        import httpx

        base = str(self.settings[self.name]).rstrip("/")
        url = f"{base}/v2/models/{release.name}"
        ends = time.monotonic() + float(self.settings.get("seconds") or SECONDS)
        with httpx.Client(follow_redirects=False, timeout=5, trust_env=False) as client:
            told = self._awaited(client, url, release, ends)
            ask_once(client, url, told)

    def _withdraw(self, name: str, alias: str) -> None:
        """The alias leads nowhere by now, and the server follows it."""
        del name, alias

    def _awaited(
        self, client: httpx.Client, url: str, release: Release, ends: float
    ) -> Mapping[str, Any]:
        """The metadata of the server once it serves this release."""
        import httpx

        why = "it does not answer"
        while True:
            try:
                told = metadata(client, url)
                parameters = told.get("parameters") or {}
                if parameters.get("digest") == release.digest:
                    return told
                why = "it serves another model"
                failed = parameters.get("swap_failed")
                if failed and parameters.get("refused") == release.digest:
                    raise ServiceError(
                        "MG7210", f"the server did not let it in: {printable(failed, 200)}"
                    )
            except httpx.HTTPError as error:
                why = printable(str(error) or type(error).__name__, 120)
            if time.monotonic() > ends:
                raise ServiceError(
                    "MG7211",
                    f"{shown(url, 120)} does not serve {release.digest[:19]} in time: {why}",
                    hint=f"modelgate serve {release.name}@{release.alias}",
                )
            time.sleep(PAUSE)
