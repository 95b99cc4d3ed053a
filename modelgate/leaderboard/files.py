"""Files, folders and patterns as models."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob
from pathlib import Path

from modelgate.errors import UsageError
from modelgate.escape import shown


def found(words: Sequence[str]) -> list[str]:
    """The models that are meant, each once, in the order of the words.

    Raises:
        UsageError: MG2084, a folder or a pattern without a model.
    """
    models: dict[str, None] = {}
    for word in words:
        if word.startswith("columns:") or Path(word).is_file():
            models[word] = None
            continue
        if Path(word).is_dir():
            more = sorted(str(path) for path in Path(word).glob("*.onnx"))
        elif any(sign in word for sign in "*?["):
            more = sorted(glob(word, recursive=True))  # noqa: PTH207 (of any root)
        else:
            models[word] = None  # told when it is opened
            continue
        if not more:
            raise UsageError("MG2084", f"no model is meant by {shown(word)}")
        models.update(dict.fromkeys(more))
    return list(models)
