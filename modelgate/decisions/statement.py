"""Statements of the log: in-toto, version 1. What was decided, what was moved, what was approved.

Each names its place in the log and the envelope before it, under the signature: none can be left
out, put elsewhere or added later without a break that everybody sees.

Source: https://github.com/in-toto/attestation, spec/v1/statement.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from modelgate.errors import RefusedError, UsageError

TYPE = "https://in-toto.io/Statement/v1"
Kind = Literal["decision", "move", "approval"]
PREDICATES: Mapping[str, Kind] = {
    "urn:modelgate:decision:1": "decision",
    "urn:modelgate:move:1": "move",
    "urn:modelgate:approval:1": "approval",
}
"""Type of the predicate -> kind of the statement."""
NONE_BEFORE = f"sha256:{'0' * 64}"
"""What the first entry names as the one before it."""
LONGEST_REASON = 2_000
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One of them.

    Attributes:
        kind: what it is.
        name: of the model, in the registry.
        digest: "sha256:..." of the model that it is about.
        sequence: its place in the log, from 1.
        prev: "sha256:..." of the envelope before it; zeros for the first.
        issued: when, in UTC, ISO 8601.
        by: who asked for it, by the name that the system gave.
        body: the rest of the predicate; JSON-ready.
    """

    kind: Kind
    name: str
    digest: str
    sequence: int
    prev: str
    issued: str
    by: str
    body: Mapping[str, Any]

    def payload(self) -> bytes:
        """The bytes that are signed; the same for equal statements."""
        predicate = {
            "sequence": self.sequence,
            "prev": self.prev,
            "issued": self.issued,
            "by": self.by,
            **self.body,
        }
        whole = {
            "_type": TYPE,
            "subject": [
                {"name": self.name, "digest": {"sha256": self.digest.removeprefix("sha256:")}}
            ],
            "predicateType": next(one for one, kind in PREDICATES.items() if kind == self.kind),
            "predicate": predicate,
        }
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def checked_reason(reason: str, what: str) -> str:
    """A reason as the log takes it.

    Args:
        reason: as somebody gave it.
        what: "a rollback", "an approval".

    Raises:
        UsageError: MG2408, it is empty or too long.
    """
    if not reason.strip():
        raise UsageError("MG2408", f"{what} needs a reason", hint="--reason TEXT")
    if len(reason) > LONGEST_REASON:
        raise UsageError("MG2408", f"a reason has at most {LONGEST_REASON:,} characters")
    return reason


def now() -> str:
    """In UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def expired(decision: Statement) -> bool:
    """Whether a decision opens the gate no more."""
    return datetime.fromisoformat(decision.body["expires"]) < datetime.now(UTC)


def read_statement(payload: bytes, *, name: str) -> Statement:
    """A statement from the bytes that were signed.

    Args:
        payload: of an envelope whose signature holds, or that is trusted for nothing.
        name: what people call it, for the message.

    Raises:
        RefusedError: MG5087, it is none of ours.
    """
    try:
        return _read(json.loads(payload, object_pairs_hook=_once, parse_constant=_refused))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(
            "MG5087", f"{name} holds no statement that this version can read"
        ) from error


def _read(whole: Any) -> Statement:
    if whole["_type"] != TYPE or set(whole) != {"_type", "subject", "predicateType", "predicate"}:
        raise ValueError("no statement")
    (subject,) = whole["subject"]
    if set(subject) != {"name", "digest"} or set(subject["digest"]) != {"sha256"}:
        raise ValueError("another subject")
    body = dict(whole["predicate"])
    found = Statement(
        kind=PREDICATES[whole["predicateType"]],
        name=_text(subject["name"]),
        digest=_digest(f"sha256:{subject['digest']['sha256']}"),
        sequence=_place(body.pop("sequence")),
        prev=_digest(body.pop("prev")),
        issued=_time(body.pop("issued")),
        by=_text(body.pop("by")),
        body=body,
    )
    for key, reads in READS[found.kind].items():
        reads(body[key])
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 10_000:
        raise TypeError("no text")
    return value


def _digest(value: Any) -> str:
    if not DIGEST.fullmatch(_text(value)):
        raise ValueError("no digest")
    return str(value)


def _place(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value < 2**63:
        raise TypeError("no place in a log")
    return value


def _time(value: Any) -> str:
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise ValueError("a time without its zone")
    return str(value)


def _block(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no block")
    return value


def _or_none(reads: Any) -> Any:
    return lambda value: None if value is None else reads(value)


READS: Mapping[Kind, Mapping[str, Any]] = {
    "decision": {
        "version": _place,
        "report": _block,
        "results": _digest,
        "evidence": _digest,
        "expires": _time,
        "reading": _block,
        "out_of_domain": _or_none(_block),
        "wear": _or_none(_block),
        "environment": _block,
    },
    "move": {
        "alias": _text,
        "from": _or_none(_place),
        "to": _or_none(_place),
        "decision": _or_none(_digest),
        "approval": _or_none(_digest),
        "why": _text,
        "reason": _or_none(_text),
    },
    "approval": {"decision": _digest, "reason": _text},
}
"""Kind -> what its body holds at least, and how each is read."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")
