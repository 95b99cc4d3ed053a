"""The address of a model that answers over HTTP, as the Open Inference Protocol forms it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelgate.errors import UsageError
from modelgate.escape import shown

_ADDRESS = re.compile(
    r"(?P<server>https?://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?"
    r"(/[A-Za-z0-9._~-]{1,100}){0,8}?)"
    r"/v2/models/(?P<name>[A-Za-z0-9._~-]{1,200})(/versions/(?P<version>[A-Za-z0-9._~-]{1,100}))?/?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model answers.

    Attributes:
        url: of its metadata; requests go to what lies below it.
        host: of the server.
        name: of the model.
        version: that is asked for; None where the server chooses.
    """

    url: str
    host: str
    name: str
    version: str | None


def address(text: str) -> Address:
    """Read an address.

    Args:
        text: "http(s)://HOST[:PORT]/v2/models/NAME[/versions/VERSION]", with or without folders
            before "/v2".

    Raises:
        UsageError: MG2037, it has another form, a password, a query or a folder of dots.
    """
    found = _ADDRESS.fullmatch(text)
    if not found or "@" in text or {".", ".."} & set(text.split("/")):
        raise UsageError(
            "MG2037",
            f"{shown(_without_password(text), 120)} is no address of a model",
            hint="write http(s)://HOST[:PORT]/v2/models/NAME[/versions/VERSION], without a"
            " password or a query",
        )
    return Address(text.rstrip("/"), found["host"], found["name"], found["version"])


def _without_password(text: str) -> str:
    """The address as a message may show it: messages end up in logs."""
    return re.sub(r"//[^/@]*@", "//...@", text.partition("?")[0])
