"""Keys: made once, read by their owner alone, never written over."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from modelgate.decisions.envelope import opened, sealed
from modelgate.decisions.keys import keys_in, new_key, own_signer, public_keys, signer_of
from modelgate.errors import RefusedError, UsageError


def test_a_new_key_signs_and_its_public_half_verifies(tmp_path: Path) -> None:
    made = new_key(tmp_path / "keys", "ci")
    private = made.public.with_suffix(".pem")
    assert private.stat().st_mode & 0o777 == 0o600
    envelope = sealed(b"{}", signer_of(private))
    assert opened(envelope, public_keys(made.public), name="it").key == made.identifier
    assert [(one.name, one.private) for one in keys_in(tmp_path / "keys")] == [("ci", True)]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    first = new_key(tmp_path, "ci")
    before = first.public.with_suffix(".pem").read_bytes()
    with pytest.raises(UsageError) as caught:
        new_key(tmp_path, "ci")
    assert (caught.value.code, caught.value.exit_code) == ("MG2420", 2)
    assert first.public.with_suffix(".pem").read_bytes() == before


@pytest.mark.parametrize("case", ["readable", "missing", "garbage", "rsa"])
def test_a_private_key_that_cannot_be_used_is_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "key.pem"
    if case == "readable":
        new_key(tmp_path, "key")
        path.chmod(0o644)
    elif case == "garbage":
        path.write_text("no key")
        path.chmod(0o600)
    elif case == "rsa":
        other = generate_private_key(65537, 2048)
        path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.chmod(0o600)
    with pytest.raises(RefusedError) as caught:
        signer_of(path)
    assert (caught.value.code, str(caught.value.where)) == ("MG5083", str(path))


@pytest.mark.parametrize("case", ["missing", "garbage", "rsa"])
def test_a_public_key_that_cannot_be_used_is_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "key.pub"
    if case == "garbage":
        path.write_text("no key")
    elif case == "rsa":
        public = generate_private_key(65537, 2048).public_key()
        path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(RefusedError, match="MG5084"):
        public_keys(path)


def test_a_registrys_own_key_is_made_once_however_many_ask(tmp_path: Path) -> None:
    found: list[str] = []

    def ask() -> None:
        found.append(own_signer(tmp_path / "keys").public_key.keyid)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_public_half_that_was_lost_is_made_again(tmp_path: Path) -> None:
    first = own_signer(tmp_path).public_key.keyid
    (tmp_path / "registry.pub").unlink()
    assert own_signer(tmp_path).public_key.keyid == first
    assert list(public_keys(tmp_path)) == [first]
