"""Statements are read as they were written, and nothing else is read as one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.decisions.statement import Statement, read_statement
from modelgate.errors import RefusedError

DIGEST = f"sha256:{'ab' * 32}"


def move(**changes: Any) -> Statement:
    about = {
        "kind": "move",
        "name": "churn",
        "digest": DIGEST,
        "sequence": 2,
        "prev": DIGEST,
        "issued": "2026-11-23T12:00:00+00:00",
        "by": "ana",
        "body": {
            "alias": "production",
            "from": None,
            "to": 1,
            "decision": DIGEST,
            "approval": None,
            "why": "promote",
            "reason": None,
        },
    }
    return Statement(**{**about, **changes})


@given(
    sequence=st.integers(1, 2**62),
    by=st.text(max_size=40),
    reason=st.none() | st.text(max_size=200),
    before=st.none() | st.integers(1, 10**9),
)
def test_what_was_written_is_what_is_read(
    sequence: int, by: str, reason: str | None, before: int | None
) -> None:
    statement = move(sequence=sequence, by=by)
    body = {**statement.body, "reason": reason, "from": before}
    statement = move(sequence=sequence, by=by, body=body)
    assert read_statement(statement.payload(), name="it") == statement


def test_it_is_an_in_toto_statement() -> None:
    whole = json.loads(move().payload())
    assert whole["_type"] == "https://in-toto.io/Statement/v1"
    assert whole["subject"] == [{"name": "churn", "digest": {"sha256": "ab" * 32}}]
    assert set(whole) == {"_type", "subject", "predicateType", "predicate"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"_type": "https://in-toto.io/Statement/v0.1"}, id="an-older-type"),
        pytest.param({"subject": []}, id="no-subject"),
        pytest.param({"predicateType": "urn:modelgate:gift:1"}, id="another-predicate"),
        pytest.param({"predicate": {}}, id="an-empty-predicate"),
        pytest.param({"predicate": None}, id="no-predicate"),
        pytest.param({"more": 1}, id="a-field-more"),
    ],
)
def test_what_is_none_of_ours_is_refused(change: dict[str, Any]) -> None:
    whole = json.loads(move().payload()) | change
    with pytest.raises(RefusedError, match="MG5087"):
        read_statement(json.dumps(whole).encode(), name="it")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sequence", 0), ("sequence", True), ("sequence", "2"), ("prev", "sha256:12"),
        ("issued", "today"), ("issued", "2026-11-23T12:00:00"), ("to", "one"), ("alias", None),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(key: str, value: Any) -> None:
    whole = json.loads(move().payload())
    whole["predicate"][key] = value
    with pytest.raises(RefusedError, match="MG5087"):
        read_statement(json.dumps(whole).encode(), name="it")


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff", b'{"_type":NaN}'])
def test_garbage_is_refused(text: bytes) -> None:
    with pytest.raises(RefusedError, match="MG5087"):
        read_statement(text, name="it")
