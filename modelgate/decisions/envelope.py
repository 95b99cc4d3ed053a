"""A statement under a signature: in-toto in a DSSE envelope, ed25519.

An envelope has one spelling, so that no byte of it can be changed unnoticed, not even one that
means nothing: keys sorted, no white space, base64 without loose bits.

Source: https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md, v1.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelgate.errors import RefusedError
from modelgate.escape import printable

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Key, Signer

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_BYTES = 16 * 2**20
FIELDS = {"payload", "payloadType", "signatures"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope holds, its signature verified.

    Attributes:
        payload: the bytes that were signed.
        key: identifier of the key that signed them.
    """

    payload: bytes
    key: str


def sealed(payload: bytes, signer: Signer) -> bytes:
    """An envelope around a statement.

    Args:
        payload: the exact bytes that are signed and kept.
        signer: holds the private key.

    Raises:
        RefusedError: MG5080, it would be larger than anybody reads.
    """
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    content = _spelled(envelope.to_dict())
    if len(content) > MOST_BYTES:
        raise RefusedError(
            "MG5080",
            f"the statement would have more than {MOST_BYTES >> 20} MiB, which nobody would read",
            hint="ask fewer questions, or of fewer slices",
        )
    return content


def opened(content: bytes, keys: Mapping[str, Key], *, name: str) -> Opened:
    """The statement in an envelope.

    Args:
        content: the envelope's bytes; not trusted.
        keys: identifier -> public key of those that may have signed it.
        name: what people call it, for the message.

    Raises:
        RefusedError: MG5080, it is no envelope as we write them; MG5081, none of the keys signed
            it; MG5082, the signature is not one of these bytes.
    """
    from securesystemslib.exceptions import VerificationError

    envelope = _parsed(content, name)
    (identifier,) = envelope.signatures
    key = keys.get(identifier)
    if key is None:
        raise RefusedError(
            "MG5081",
            f"{name} is signed by a key that is not known: {printable(identifier, 16)}",
            hint="name its public key, under `trusted_keys:` in modelgate.yaml or by --key FILE",
        )
    try:
        envelope.verify([key], 1)
    except VerificationError as error:
        raise RefusedError(
            "MG5082", f"the signature of {name} does not belong to what it holds"
        ) from error
    return Opened(envelope.payload, key.keyid)


def unverified(content: bytes, *, name: str) -> bytes:
    """The statement in an envelope whose signature is verified elsewhere, or is not to be trusted.

    Raises:
        RefusedError: MG5080, it is no envelope as we write them.
    """
    return bytes(_parsed(content, name).payload)


def _parsed(content: bytes, name: str) -> Envelope:
    from securesystemslib.dsse import Envelope

    def refused(why: str) -> RefusedError:
        return RefusedError("MG5080", f"{name} is no signed statement: {why}")

    if len(content) > MOST_BYTES:
        raise refused(f"it has more than {MOST_BYTES:,} bytes")
    try:
        parsed = json.loads(content)
        if not isinstance(parsed, dict) or set(parsed) != FIELDS:
            raise refused(f"its fields are not {', '.join(sorted(FIELDS))}")
        if parsed["payloadType"] != PAYLOAD_TYPE:
            raise refused(f"its payload is no {PAYLOAD_TYPE}")
        if len(parsed["signatures"]) != 1:
            raise refused("it bears more or fewer signatures than one")
        envelope = Envelope.from_dict(parsed)
        spelled = _spelled(envelope.to_dict())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused("it cannot be read") from error
    if spelled != content:
        raise refused("its bytes were changed")
    return envelope


def _spelled(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode("ascii")
