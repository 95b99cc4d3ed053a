"""A running `modelgate serve`, which follows the alias by itself: waited for, and asked once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import isfinite, prod
from typing import Any, ClassVar

from modelgate.errors import ServiceError
from modelgate.escape import printable, shown
from modelgate.kinds import Kind
from modelgate.kinds.single import Number, Text
from modelgate.release import Release
from modelgate.targets import Target

SECONDS = 30.0
"""That the server is given to let a release in, where the project says nothing."""
PAUSE = 0.1
MOST_BYTES = 1 << 20
MOST_VALUES = 1 << 16
"""Of the inputs that are made up; a larger model is asked nothing, and its readiness counts."""
FILLED = {"BOOL": False, "BYTES": "a"}


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
            self._asked(client, f"{url}/infer", told)

    def _withdraw(self, name: str, alias: str) -> None:
        """The alias leads nowhere by now, and the server follows it."""
        del name, alias

    def _awaited(self, client: Any, url: str, release: Release, ends: float) -> Mapping[str, Any]:
        """The metadata of the server once it serves this release."""
        import httpx

        why = "it does not answer"
        while True:
            try:
                told = _json(client.get(url))
                parameters = told.get("parameters") or {}
                if parameters.get("digest") == release.digest:
                    return told
                why = "it serves another model"
                if failed := parameters.get("swap_failed"):
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

    def _asked(self, client: Any, url: str, told: Mapping[str, Any]) -> None:
        """One question of made-up rows, answered with finite numbers."""
        inputs = [_made_up(one) for one in told["inputs"]]
        if any(prod(one["shape"]) > MOST_VALUES for one in inputs):
            return
        answer = _json(client.post(url, json={"inputs": inputs}))
        parameters = answer.get("parameters") or {}
        if parameters.get("digest") != told["parameters"]["digest"]:
            raise ServiceError("MG7212", "another model answered than the one that says it serves")
        names = [one["name"] for one in answer["outputs"]]
        if names != [one["name"] for one in told["outputs"]]:
            raise ServiceError("MG7212", "its answer lacks outputs that it names")
        for one in answer["outputs"]:
            if one["datatype"].startswith("FP") and not all(map(isfinite, one["data"])):
                raise ServiceError("MG7212", f"it answers no finite numbers in {one['name']!r}")


def _made_up(one: Mapping[str, Any]) -> dict[str, Any]:
    """An input of one row."""
    shape = [1 if size < 0 else size for size in one["shape"]]
    value = FILLED.get(one["datatype"], 1)
    return {**one, "shape": shape, "data": [value] * prod(shape)}


def _json(answer: Any) -> dict[str, Any]:
    """The object in an answer."""
    content = answer.content
    if len(content) > MOST_BYTES:
        raise ServiceError("MG7212", f"it answers with more than {MOST_BYTES >> 20} MiB")
    if answer.status_code != 200:
        text = printable(content[:200].decode("utf-8", "replace"), 160)
        raise ServiceError("MG7212", f"it answers {answer.status_code}: {text}")
    found = answer.json()
    if not isinstance(found, dict):
        raise ServiceError("MG7212", "its answer is no JSON object")
    return found
