"""An envelope has one spelling; whoever changes a bit of it is told so."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, Key

from modelgate.decisions.envelope import PAYLOAD_TYPE, opened, sealed
from modelgate.errors import RefusedError

PAYLOAD = b'{"_type":"https://in-toto.io/Statement/v1","n":1}'


@pytest.fixture(scope="module")
def signer() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


@pytest.fixture(scope="module")
def keys(signer: CryptoSigner) -> Mapping[str, Key]:
    return {signer.public_key.keyid: signer.public_key}


def test_what_was_sealed_is_what_is_opened(signer: CryptoSigner, keys: Mapping[str, Key]) -> None:
    found = opened(sealed(PAYLOAD, signer), keys, name="it")
    assert (found.payload, found.key) == (PAYLOAD, signer.public_key.keyid)


def test_every_bit_counts(signer: CryptoSigner, keys: Mapping[str, Key]) -> None:
    envelope = sealed(PAYLOAD, signer)
    accepted, codes = [], set()
    for place in range(len(envelope)):
        for bit in range(8):
            changed = bytearray(envelope)
            changed[place] ^= 1 << bit
            try:
                opened(bytes(changed), keys, name="it")
            except RefusedError as error:
                codes.add(error.code)
            else:
                accepted.append((place, bit))
    assert not accepted
    assert codes == {"MG5080", "MG5081", "MG5082"}


def test_every_byte_that_is_left_out_or_put_in_counts(
    signer: CryptoSigner, keys: Mapping[str, Key]
) -> None:
    envelope = sealed(PAYLOAD, signer)
    for place in range(len(envelope) + 1):
        for changed in (envelope[:place] + b" " + envelope[place:], envelope[:place]):
            if changed != envelope:
                with pytest.raises(RefusedError):
                    opened(changed, keys, name="it")


def spelled(parts: Mapping[str, Any]) -> bytes:
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda it: it | {"payloadType": "text/plain"}, "MG5080", id="another-type"),
        pytest.param(lambda it: it | {"signatures": []}, "MG5080", id="no-signature"),
        pytest.param(
            lambda it: it | {"signatures": it["signatures"] * 2}, "MG5080", id="two-signatures"
        ),
        pytest.param(lambda it: it | {"more": 1}, "MG5080", id="a-field-more"),
        pytest.param(lambda it: it | {"payload": 7}, "MG5080", id="a-payload-of-another-kind"),
        pytest.param(
            lambda it: it | {"payload": base64.b64encode(b"{}").decode()},
            "MG5082",
            id="another-payload",
        ),
        pytest.param(
            lambda it: it | {"signatures": [it["signatures"][0] | {"keyid": "ab" * 32}]},
            "MG5081",
            id="another-key",
        ),
        pytest.param(
            lambda it: it | {"signatures": [it["signatures"][0] | {"sig": ""}]},
            "MG5082",
            id="an-empty-signature",
        ),
    ],
)
def test_what_is_no_envelope_of_ours_is_refused(
    change: Any, code: str, signer: CryptoSigner, keys: Mapping[str, Key]
) -> None:
    with pytest.raises(RefusedError) as caught:
        opened(spelled(change(json.loads(sealed(PAYLOAD, signer)))), keys, name="it")
    assert caught.value.code == code
    assert caught.value.exit_code == 5


def test_a_key_twice_is_refused(signer: CryptoSigner, keys: Mapping[str, Key]) -> None:
    envelope = sealed(PAYLOAD, signer)
    twice = envelope[:-1] + b',"payload":"e30="}'
    with pytest.raises(RefusedError, match="MG5080"):
        opened(twice, keys, name="it")


def test_a_signature_of_another_statement_is_refused(
    signer: CryptoSigner, keys: Mapping[str, Key]
) -> None:
    mine, other = (json.loads(sealed(one, signer)) for one in (PAYLOAD, b"{}"))
    with pytest.raises(RefusedError, match="MG5082"):
        opened(spelled(mine | {"signatures": other["signatures"]}), keys, name="it")


def test_what_is_signed_is_what_the_protocol_says(signer: CryptoSigner) -> None:
    """DSSE, protocol.md: PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body."""
    parsed = json.loads(sealed(PAYLOAD, signer))
    signed = b"DSSEv1 %d %s %d %s" % (
        len(PAYLOAD_TYPE),
        PAYLOAD_TYPE.encode(),
        len(PAYLOAD),
        PAYLOAD,
    )
    assert Envelope(PAYLOAD, PAYLOAD_TYPE, {}).pae() == signed
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = bytes.fromhex(signer.public_key.keyval["public"])
    given = base64.b64decode(parsed["signatures"][0]["sig"])
    Ed25519PublicKey.from_public_bytes(public).verify(given, signed)


@pytest.mark.shared
def test_the_published_vectors_are_encoded_alike(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "schemas" / "dsse_test_vectors.json").read_text("utf-8"))
    for vector in vectors["vectors"]:
        payload = vector["payload_utf8"].encode()
        assert base64.b64encode(payload).decode() == vector["envelope"]["payload"]
        found = Envelope(payload, vector["payloadType"], {}).pae()
        assert found == vector["pae_utf8"].encode()
