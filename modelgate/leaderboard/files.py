"""Files, folders and patterns as models, and what each is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from modelgate.errors import UsageError
from modelgate.escape import shown

SUFFIX = ".onnx"


def found(words: Sequence[str]) -> list[str]:
    """The models that are meant, each file once, in the order of the words.

    Args:
        words: files, columns:NAME, folders (with all that lie in them, however deep) and patterns.

    Raises:
        UsageError: MG2084, a folder or a pattern without a model.
    """
    models: dict[Any, str] = {}
    for word in words:
        for path in _meant(word):
            models.setdefault(path if path.startswith("columns:") else Path(path).resolve(), path)
    return list(models.values())


def _meant(word: str) -> list[str]:
    if word.startswith("columns:") or Path(word).is_file():
        return [word]
    if Path(word).is_dir():
        inside = (path for path in Path(word).rglob(f"*{SUFFIX}") if path.is_file())
        more = sorted(str(path) for path in inside if not _hidden(path.relative_to(word)))
    elif has_magic(word):
        more = sorted(one for one in glob(word, recursive=True) if Path(one).is_file())  # noqa: PTH207 (of any root)
    else:
        return [word]  # told when it is opened
    if not more:
        raise UsageError("MG2084", f"no model is meant by {shown(word)}")
    return more


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def called(models: Sequence[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """Name -> model: as short as tells them apart, in the order given.

    Args:
        models: as `evaluate` takes them; a mapping names them itself.
    """
    if isinstance(models, Mapping):
        return {str(name): model for name, model in models.items()}
    longest = [_parts(model) for model in models]
    depth = 1
    while depth < max(map(len, longest), default=1) and _repeated(longest, depth):
        depth += 1
    names: dict[str, Any] = {}
    for model, parts in zip(models, longest, strict=True):
        name = short = "/".join(parts[-depth:])
        again = 1
        while name in names:
            again += 1
            name = f"{short} ({again})"
        names[name] = model
    return names


def _repeated(parts: Sequence[tuple[str, ...]], depth: int) -> bool:
    seen = Counter(one[-depth:] for one in set(parts))
    return any(count > 1 for count in seen.values())


def _parts(model: Any) -> tuple[str, ...]:
    if isinstance(model, str) and model.startswith("columns:"):
        return (model,)
    if isinstance(model, str | Path):
        return Path(model).parts or (str(model),)
    return (str(getattr(model, "__name__", type(model).__name__)),)
