"""What onnxruntime's exceptions mean, in one line each."""

from __future__ import annotations

import re

from modelgate.formats.onnx_graph import Graph
from modelgate.formats.refusal import Refusal

__all__ = ["Refusal", "explain", "shorten"]

_PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ")
_LOADING = re.compile(r"^Load model from .*? failed:\s*")
_UNKNOWN_OP = re.compile(r"([\w.]*):?(\w+)\((-?\d+)\) is not a registered function/op")
_NO_SUCH_OP = re.compile(r"No Op registered for (\w+) with domain_version of (-?\d+)")
_NO_KERNEL = re.compile(r"Could not find an implementation for (\w+)\((\d+)\)")
_IR = re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)")


def explain(text: str, graph: Graph) -> Refusal:
    """The reason why a model does not load, from onnxruntime's text and the model's own words."""
    opset = graph.opsets.get("ai.onnx")
    if "string_normalizer" in text or "Failed to construct locale" in text:
        return Refusal(
            "MG3006",
            "changes the case of text (StringNormalizer) in a language that this system lacks",
            "install the locale en_US.UTF-8 (Debian: `apt-get install locales-all`), or export the"
            " model without it: `TfidfVectorizer(lowercase=False)`",
        )
    if found := _UNKNOWN_OP.search(text):
        return _custom(found[1], found[2], graph)
    if found := _NO_SUCH_OP.search(text):
        return _custom("ai.onnx", found[1], graph)
    if found := _NO_KERNEL.search(text):
        return Refusal(
            "MG3005",
            f"is of opset {opset}: onnxruntime has no implementation of {found[1]} "
            f"as it was in opset {found[2]}; it runs opset 7 and newer",
            "export the model again with a newer opset, or convert it with onnx.version_converter",
        )
    if found := _IR.search(text):
        return Refusal(
            "MG3005",
            f"is of IR version {found[1]}; this onnxruntime knows up to {found[2]}",
            "upgrade onnxruntime, or export the model with an older onnx",
        )
    if "pset" in text and (
        "under development" in text or "up to" in text or "ONNX Runtime only" in text
    ):
        return Refusal(
            "MG3005",
            f"is of opset {opset}, newer than this onnxruntime knows: {shorten(text)}",
            "upgrade onnxruntime, or export the model with an older opset",
        )
    if "ailed to allocate" in text or "bad_alloc" in text or "MemoryError" in text:
        return Refusal("MG3009", f"needs more memory to load than it is given: {shorten(text)}")
    if graph.external and ("external" in text.lower() or "No such file" in text):
        return Refusal(
            "MG3010",
            f"does not find its weights: {shorten(text)}",
            "copy its files of weights again; where git keeps them, `git lfs pull`",
        )
    return Refusal("MG3004", f"does not load: {shorten(text)}")


def _custom(domain: str, op: str, graph: Graph) -> Refusal:
    domain = domain.removesuffix(":") or "ai.onnx"
    if domain in {"ai.onnx", "ai.onnx.ml"}:
        return Refusal(
            "MG3005",
            f"uses {op}, which is not in opset {graph.opsets.get(domain)} of {domain} "
            "as this onnxruntime knows it",
            "upgrade onnxruntime, or export the model again",
        )
    return Refusal(
        "MG3011",
        f"needs a custom-op library for {domain}:{op}; modelgate runs none",
        "export the model with standard operations, and do the rest in `prepare`",
    )


def shorten(text: str, most: int = 300) -> str:
    """The first lines of a foreign text as one line, without onnxruntime's own framing."""
    line = " ".join(_LOADING.sub("", _PREFIX.sub("", text)).split())
    return line if len(line) <= most else f"{line[: most - 3]}..."
