"""Which file of a folder of MLflow's is the model: its `MLmodel` is read, and nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modelgate.errors import RefusedError, UsageError
from modelgate.escape import shown
from modelgate.mlflow_worker.addresses import checked_path
from modelgate.yaml_file import read_yaml

DESCRIPTION = "MLmodel"
LARGEST = 2**20
KEYS: Mapping[str, tuple[str, ...]] = {
    "onnx": ("data",),
    "sklearn": ("pickled_model",),
    "xgboost": ("data",),
    "lightgbm": ("data", "lgb_model"),
}
"""Flavour -> the keys under which it names its file."""
LOADERS = frozenset(f"mlflow.{flavour}" for flavour in KEYS)
"""Of the flavour `python_function`: those that read the file that the other flavour names."""
ENDINGS = (".onnx", ".skops", ".ubj", ".lgb", ".xgb")
SKOPS = "skops"
FEW = 5


def model_file(folder: Path) -> str:
    """The path of the model in a folder that was fetched, relative to it.

    Args:
        folder: with an `MLmodel`, or without one.

    Raises:
        UsageError: MG2443, there is none, or there are several.
        RefusedError: MG5120, it is code; MG5121, it would lie outside the folder.
    """
    description = folder / DESCRIPTION
    if description.exists():
        return _named(flavours(description), folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in files]
    found = [name for name in names if name.endswith(ENDINGS)]
    if not found and len(names) == 1:
        return names[0]  # whatever it is, it is the only one: the trial says whether it can be read
    return _only(found, names)


def flavours(description: Path) -> Mapping[str, Mapping[str, Any]]:
    """Flavour -> its keys, as an `MLmodel` has them.

    Raises:
        UsageError: MG2443, it is too large, or not what MLflow writes; or it is no YAML.
    """
    if description.stat().st_size > LARGEST:
        raise UsageError("MG2443", f"the file {DESCRIPTION} has more than 1 MiB")
    written = read_yaml(description.read_bytes(), file=DESCRIPTION).plain
    held = written.get("flavors") if isinstance(written, dict) else None
    if not isinstance(held, dict) or not all(isinstance(one, dict) for one in held.values()):
        raise UsageError("MG2443", f"the file {DESCRIPTION} names no flavours")
    return held


def leads_only_to(description: Path, file: str) -> bool:
    """Whether all that MLflow would load by this `MLmodel` is that file, and no code with it."""
    held = flavours(description)
    data = {name: path for name in held if name in KEYS for path in _files(held[name], name)}
    python = held.get("python_function")
    return (
        set(data.values()) == {file}
        and set(held) <= {*KEYS, "python_function"}
        and not any(one.get("code") for one in held.values())
        and (python is None or python.get("loader_module") in LOADERS)
    )


def _named(held: Mapping[str, Mapping[str, Any]], folder: Path) -> str:
    known = [name for name in held if name in KEYS]
    found = sorted({path for name in known for path in _files(held[name], name)})
    if not found:
        raise RefusedError(
            "MG5120",
            f"the version has only the flavours {shown(', '.join(held), 80)}, which run code",
            hint="log it with `mlflow.onnx.log_model`, or with another flavour of "
            f"{', '.join(sorted(KEYS))}",
        )
    path = checked_path(_only(found, found))
    if "sklearn" in known and not path.endswith(f".{SKOPS}"):
        raise RefusedError(
            "MG5120",
            f"{shown(path, 60)} is a pickle, which runs code as it is loaded",
            hint="mlflow.sklearn.log_model(..., serialization_format='skops')",
        )
    if not (folder / path).is_file():
        raise UsageError("MG2443", f"the version lacks the model that it names: {shown(path, 60)}")
    return path


def _files(flavour: Mapping[str, Any], name: str) -> list[str]:
    return [str(flavour[key]) for key in KEYS[name] if flavour.get(key)][:1]


def _only(found: Sequence[str], names: Sequence[str]) -> str:
    if len(found) == 1:
        return found[0]
    listed = ", ".join(shown(name, 60) for name in (found or names)[:FEW])
    what = "several models" if found else "no model of a known format"
    raise UsageError(
        "MG2443",
        f"the version holds {what}: {listed or 'no file'}",
        hint=f"log one model a version, ending in {', '.join(ENDINGS)}, or with MLflow's flavours",
    )
