"""Whether a release of onnxruntime runs a model, by what its file declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from modelgate.errors import UsageError, did_you_mean

CONTRIB = "com.microsoft"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    import yaml

    path = Path(__file__).with_name("onnxruntime.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def releases() -> tuple[str, ...]:
    """The releases that are known, oldest first."""
    return tuple(_table()["releases"])


def release(written: str) -> str:
    """The release that a version belongs to: "1.17" of "1.17.3".

    Raises:
        UsageError: MG2197, none is known of this name.
    """
    named = ".".join(written.strip().split(".")[:2])
    if named not in releases():
        known = releases()
        raise UsageError(
            "MG2197",
            f"no release of onnxruntime is known as {written[:40]!r}; {did_you_mean(named, known)}",
        )
    return named


def newest_opsets(named: str) -> dict[str, int]:
    """Domain -> the newest opset of it that a release runs."""
    runs = _table()["releases"][named]
    return {"ai.onnx": runs["onnx"], "ai.onnx.ml": runs["ml"]}


def faults(named: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a release does not run a model; empty where nothing speaks against it.

    Args:
        named: as `release` gives it.
        facts: of an ONNX file: "ir", "opsets", "ops", "functions".
    """
    table = _table()
    runs = table["releases"][named]
    found = []
    if facts["ir"] > runs["ir"]:
        found.append(f"the file's IR version is {facts['ir']}; it reads up to {runs['ir']}")
    opsets: Mapping[str, int] = facts["opsets"]
    for domain, newest in newest_opsets(named).items():
        if opsets.get(domain, 0) > newest:
            found.append(f"opset {opsets[domain]} of {domain}; it runs up to {newest}")
    oldest = table["oldest_opset"]
    if 0 < opsets.get("ai.onnx", oldest) < oldest:
        found.append(f"opset {opsets['ai.onnx']} of ai.onnx; it runs {oldest} and newer")
    own = set(facts.get("functions", ()))
    ops = sorted(_full(one) for one in facts["ops"] if one not in own)
    return (*found, *_kernels(named, ops, opsets), *_operators(named, ops))


def _full(op: str) -> str:
    """An operator with its domain, which a file leaves out where it is ONNX's own."""
    return op if ":" in op else f"ai.onnx:{op}"


def _kernels(named: str, ops: Sequence[str], opsets: Mapping[str, int]) -> list[str]:
    """The operators of the standard that the release takes in, and has nothing to run with."""
    table = _table()
    newest = newest_opsets(named)
    found = []
    for domain, name in (one.rsplit(":", 1) for one in ops):
        gap = table["lacks"].get(domain, {}).get(name)
        if gap is None or opsets.get(domain, 0) > newest[domain]:
            continue  # where the opset itself is too new, that has been said
        until = gap.get("until")
        late = until is None or releases().index(named) < releases().index(until)
        if late and opsets.get(domain, 0) >= gap["from"]:
            found.append(
                f"it has no kernel for {name} of {domain} from opset {gap['from']} on, on a CPU"
            )
    return found


def _operators(named: str, ops: Sequence[str]) -> list[str]:
    """The operators outside of the standard that the release does not bring, for a CPU."""
    there = set()
    for since, names in _table()["contrib"].items():
        if releases().index(since) <= releases().index(named):
            there.update(names)
    found = []
    for op in ops:
        domain, _, name = op.rpartition(":")
        if domain in {"ai.onnx", "ai.onnx.ml"} or (domain == CONTRIB and name in there):
            continue
        where = " on a CPU" if domain == CONTRIB else ""
        found.append(f"it has no operator {name} of {domain}{where}")
    return found
