"""One question to a model that serves, by the Open Inference Protocol: does it answer numbers?"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from modelgate.errors import ServiceError
from modelgate.escape import printable

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 1 << 20
MOST_VALUES = 1 << 16
"""Of the inputs that are made up; a larger model is asked nothing, and its readiness counts."""
FILLED = {"BOOL": False, "BYTES": "a"}


def metadata(client: httpx.Client, url: str) -> dict[str, Any]:
    """What a served model says of itself.

    Args:
        client: that asks.
        url: of the model, ".../v2/models/NAME".

    Raises:
        httpx.HTTPError: it does not answer.
        ServiceError: MG7212, its answer is none.
    """
    return _json(client.get(url))


def ask_once(client: httpx.Client, url: str, told: Mapping[str, Any]) -> None:
    """One question of made-up rows, answered with finite numbers by the model that says it serves.

    Args:
        client: that asks.
        url: of the model.
        told: its metadata.

    Raises:
        httpx.HTTPError: it does not answer.
        ServiceError: MG7212, its answer is none.
    """
    try:
        inputs = [_made_up(one) for one in told["inputs"]]
        if any(prod(one["shape"]) > MOST_VALUES for one in inputs):
            return
        answer = _json(client.post(f"{url}/infer", json={"inputs": inputs}))
        _refuse_another(told, answer)
        if [one["name"] for one in answer["outputs"]] != [one["name"] for one in told["outputs"]]:
            raise ServiceError("MG7212", "its answer lacks outputs that it names")
        for one in answer["outputs"]:
            if one["datatype"].startswith("FP") and not all(map(isfinite, one["data"])):
                raise ServiceError("MG7212", f"it answers no finite numbers in {one['name']!r}")
    except (KeyError, TypeError, AttributeError) as error:
        raise ServiceError("MG7212", f"its answer is not the protocol's: {error}") from error


def _refuse_another(told: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Ours names the digest in every answer; other servers name none."""
    says = (told.get("parameters") or {}).get("digest")
    if says is not None and (answer.get("parameters") or {}).get("digest") != says:
        raise ServiceError("MG7212", "another model answered than the one that says it serves")


def _made_up(one: Mapping[str, Any]) -> dict[str, Any]:
    """An input of one row."""
    shape = [1 if size < 0 else size for size in one["shape"]]
    value = FILLED.get(one["datatype"], 1)
    return {
        "name": one["name"],
        "datatype": one["datatype"],
        "shape": shape,
        "data": [value] * prod(shape),
    }


def _json(answer: httpx.Response) -> dict[str, Any]:
    """The object in an answer."""
    content = answer.content
    if len(content) > MOST_BYTES:
        raise ServiceError("MG7212", f"it answers with more than {MOST_BYTES >> 20} MiB")
    text = printable(content[:200].decode("utf-8", "replace"), 160)
    if answer.status_code == 503:  # it may, a little later
        import httpx

        why = f"it answers 503: {text}"
        raise httpx.HTTPStatusError(why, request=answer.request, response=answer)
    if answer.status_code != 200:
        raise ServiceError("MG7212", f"it answers {answer.status_code}: {text}")
    try:
        found = answer.json()
    except ValueError as error:
        raise ServiceError("MG7212", "its answer is no JSON") from error
    if not isinstance(found, dict):
        raise ServiceError("MG7212", "its answer is no JSON object")
    return found
