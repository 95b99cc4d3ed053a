"""Signing keys: ed25519, private keys as PKCS#8 in PEM, public keys beside them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.errors import RefusedError, StorageError, UsageError, Where
from modelgate.escape import shown

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

FOLDER = "keys"
OWN = "registry"
"""The key that a registry makes for itself: it proves integrity, and nobody's identity."""
MOST_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key as it lies in a folder.

    Attributes:
        name: the file's stem.
        public: the public key's file.
        identifier: sha-256 of the public key, in hex.
        private: whether the private key lies beside it.
    """

    name: str
    public: Path
    identifier: str
    private: bool


def new_key(folder: Path, name: str) -> KeyFile:
    """Make a key: NAME.pem, which only its owner can read, and NAME.pub.

    Raises:
        UsageError: MG2420, there is one of that name, which is never overwritten.
        StorageError: MG6050, the files cannot be written.
    """
    from securesystemslib.signer import CryptoSigner

    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    if public.exists():
        raise UsageError(
            "MG2420", f"there is a key {shown(name)} already", where=Where(str(public))
        )
    signer = CryptoSigner.generate_ed25519()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _link_in(private, signer.private_bytes)
    except FileExistsError as error:
        raise UsageError(
            "MG2420", f"there is a key {shown(name)} already", where=Where(str(private))
        ) from error
    except OSError as error:
        raise StorageError("MG6050", f"cannot write {shown(private)}: {error.strerror}") from error
    _write_public(public, private)
    return KeyFile(name, public, signer.public_key.keyid, private=True)


def signer_of(path: Path) -> Signer:
    """The private key in a file.

    Raises:
        RefusedError: MG5083, it cannot be read, others may read it, or it is no ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    where = Where(str(path))
    try:
        if path.stat().st_mode & 0o077:
            raise RefusedError(
                "MG5083", "others may read this private key", where=where, hint="chmod 600 it"
            )
        private = load_pem_private_key(path.read_bytes()[:MOST_BYTES], password=None)
    except (OSError, ValueError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no private key in PEM"
        raise RefusedError(
            "MG5083", f"the signing key cannot be used: {why}", where=where
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise RefusedError("MG5083", "a signing key is one of ed25519", where=where)
    return CryptoSigner(private)


def public_keys(*paths: Path) -> Mapping[str, Key]:
    """Identifier -> public key, of files or of all keys in folders.

    Raises:
        RefusedError: MG5084, a file is no public key.
    """
    found = {}
    for path in paths:
        for file in sorted(path.glob("*.pub")) if path.is_dir() else (path,):
            key = _public(file)
            found[key.keyid] = key
    return found


def keys_in(folder: Path) -> list[KeyFile]:
    """The keys of a folder, by name."""
    return [
        KeyFile(path.stem, path, _public(path).keyid, path.with_suffix(".pem").exists())
        for path in sorted(folder.glob("*.pub"))
    ]


def own_signer(folder: Path) -> Signer:
    """The key that a registry has made for itself, made now where there is none."""
    path = folder / f"{OWN}.pem"
    if not path.exists():
        with suppress(UsageError):  # somebody beside us was faster
            new_key(folder, OWN)
    signer = signer_of(path)
    if not path.with_suffix(".pub").exists():  # whoever made it ended in between
        _write_public(path.with_suffix(".pub"), path)
    return signer


def _link_in(path: Path, content: bytes) -> None:
    """A file that only its owner can read, whole from its first moment, and never another's."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(beside)
    finally:
        beside.unlink()


def _write_public(public: Path, private: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    from modelgate.atomic import write_file

    key = load_pem_private_key(private.read_bytes(), password=None)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_file(public, pem)


def _public(path: Path) -> Key:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    where = Where(str(path))
    try:
        key = load_pem_public_key(path.read_bytes()[:MOST_BYTES])
    except (OSError, ValueError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no public key in PEM"
        raise RefusedError(
            "MG5084", f"the public key cannot be used: {why}", where=where
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise RefusedError("MG5084", "a public key is one of ed25519", where=where)
    return SSlibKey.from_crypto(key)
