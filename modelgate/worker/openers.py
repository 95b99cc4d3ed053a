"""Opens a model of any format; runs inside the worker. One opener a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modelgate.formats.answering import Answering
from modelgate.worker.explain import Refusal

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Asks the engine for what a model needs before it opens; the engine may end the worker instead."""

_PLAIN = "onnxruntime"


def warm_up(order: Mapping[str, Any]) -> None:
    """Load the libraries that run the model, as long as they may start their threads.

    Raises:
        Refusal: MG3015 or MG3191, one is not installed; MG3190, no other program runs this format.
    """
    if order["format"] == "onnx":
        from modelgate.worker import backends

        backends.warm_up(order["backend"])
        return
    if order["backend"] != _PLAIN:
        raise Refusal("MG3190", "is no ONNX file, which is all that another program could run")
    import pandas as pd  # noqa: F401 (imported before anything of the user's is read)

    if order["format"] == "sklearn":
        from modelgate.formats import sklearn_file

        sklearn_file.libraries()
    elif order["format"] == "xgboost":
        from modelgate.formats import xgboost_file

        xgboost_file.library()
    elif order["format"] == "lightgbm":
        from modelgate.formats import lightgbm_file

        lightgbm_file.library()


def opened(path: Path, order: Mapping[str, Any], provider: str, ask: Ask) -> Answering:
    """The open model.

    Args:
        path: of the private copy.
        order: "format"; "backend", what runs an ONNX model; "function", of a file of Python.
        provider: onnxruntime's.
        ask: for what it needs first.

    Raises:
        Refusal: it does not load, with the reason in a line.
    """
    if order["format"] == "onnx":
        return _onnx(path, order["backend"], provider, ask)
    content = path.read_bytes()
    if order["format"] == "sklearn":
        from modelgate.formats import sklearn_file

        types = sklearn_file.types_in(content)
        if types:
            ask({"types": types})
        return sklearn_file.open_bytes(content, types)
    if order["format"] == "xgboost":
        from modelgate.formats import xgboost_file

        return xgboost_file.Trees(content)
    if order["format"] == "lightgbm":
        from modelgate.formats import lightgbm_file

        return lightgbm_file.Trees(content)
    from modelgate.formats import python_function

    ask({"code": True})
    return python_function.Function(content, order["function"])


def _onnx(path: Path, backend: str, provider: str, ask: Ask) -> Answering:
    from modelgate.worker import session

    graph = session.look_at(path)
    if graph.external:
        ask({"files": sorted(graph.external)})
    return session.open_model(path, graph, provider, backend)
