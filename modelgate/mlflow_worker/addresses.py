"""Which addresses a model's files may be fetched from: whoever adds versions writes them."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from modelgate.errors import RefusedError
from modelgate.mlflow_worker import redacted

STORES = frozenset({"s3", "gs"})
"""Buckets of a cloud: where they are, and with whose keys, the environment says."""
PROXY = "/api/2.0/mlflow-artifacts/artifacts/"
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f\\?#]{1,200}")
DEPTH = 8


def permitted(address: str, server: str) -> str:
    """The same address.

    Args:
        address: of a version's files, as a server tells it.
        server: "http(s)://...", that tells it.

    Raises:
        RefusedError: MG5122, it leads to this machine's own files, or to another server, which
            would be sent this one's credentials.
    """
    try:
        parts, home = urlsplit(address), urlsplit(server)
        path = unquote(unquote(parts.path))
        plain = not (parts.query or parts.fragment) and ".." not in path.split("/")
        same = _host(parts.netloc) == _host(home.netloc)
    except ValueError:
        raise _refused(address) from None
    if not plain or re.search(r"[\x00-\x1f\x7f\\]", address + path):
        raise _refused(address)
    if parts.scheme == "mlflow-artifacts" and (same or not parts.netloc):
        return address
    if parts.scheme == home.scheme and same and parts.path.startswith(_base(home.path) + PROXY):
        return address
    if parts.scheme in STORES and parts.netloc and "@" not in parts.netloc:
        return address
    raise _refused(address)


def checked_path(path: str) -> str:
    """The same path of a file among a version's files.

    Raises:
        RefusedError: MG5121, it would lie outside the folder that it is put into.
    """
    segments = path.split("/")
    fine = len(segments) <= DEPTH and all(
        _SEGMENT.fullmatch(one) and one not in {".", ".."} for one in segments
    )
    if not fine:
        raise RefusedError(
            "MG5121", f"a file of the version in MLflow is called {redacted(path, 80)!r}"
        )
    return path


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].lower()


def _base(path: str) -> str:
    return path.rstrip("/")


def _refused(address: str) -> RefusedError:
    return RefusedError(
        "MG5122",
        f"the version's files lie at {redacted(address, 80)!r}, which is not fetched",
        hint="let the server hand them out itself: `mlflow server --artifacts-destination ...`",
    )
