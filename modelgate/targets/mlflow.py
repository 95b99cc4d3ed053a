"""A registered model in MLflow: its alias leads to the version that holds the release's bytes.

MLflow follows and never decides. A version that has the bytes already, such as the one that they
were fetched from, gets the alias; else the files are uploaded as a new version.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from modelgate.errors import UsageError
from modelgate.escape import shown
from modelgate.kinds import Kind
from modelgate.kinds.composed import Proven
from modelgate.kinds.single import Number, Text
from modelgate.mlflow_worker import LONG, SECONDS, asked
from modelgate.mlflow_worker.mlmodel import DESCRIPTION
from modelgate.release import Release
from modelgate.targets import Target

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
_ALIAS = re.compile(r"(?!latest$|v[0-9]+$)[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.IGNORECASE)
FLAVOURS: Mapping[str, Mapping[str, Any]] = {
    "onnx": {"onnx": {"data": "", "providers": ["CPUExecutionProvider"]}},
    "xgboost": {"xgboost": {"data": "", "model_class": "xgboost.core.Booster"}},
    "lightgbm": {"lightgbm": {"data": "", "model_class": "lightgbm.basic.Booster"}},
    "sklearn": {"sklearn": {"pickled_model": "", "serialization_format": "skops"}},
}
"""Format -> the flavour that MLflow loads it by; the empty text is the model's file."""


def _named(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError("MG2447", f"takes the name of a model in MLflow, not {shown(name)}")


def _aliased(alias: str) -> None:
    if not _ALIAS.fullmatch(alias):
        raise UsageError("MG2447", f"takes an alias that MLflow can have, not {shown(alias)}")


class Mlflow(Target):
    """An alias of a model in MLflow: {mlflow: churn}, {mlflow: churn, alias: champion}."""

    name: ClassVar[str] = "mlflow"
    keys: ClassVar[Mapping[str, Kind]] = {
        "mlflow": Proven(Text(), _named),
        "alias": Proven(Text(), _aliased),
        "seconds": Number(1, 86400),
    }

    def _prepare(self, release: Release) -> None:
        self._alias(release.alias)
        asked("reach", seconds=float(self.settings.get("seconds") or SECONDS))

    def _deploy(self, release: Release) -> None:
        with tempfile.TemporaryDirectory() as beside:
            folder = Path(beside, "model")
            shutil.copytree(release.folder, folder)
            (folder / DESCRIPTION).write_text(described(release), "utf-8")
            asked(
                "place",
                seconds=float(self.settings.get("seconds") or LONG),
                name=self.settings["mlflow"],
                alias=self._alias(release.alias),
                folder=str(folder),
                model=release.file,
                digests=_digests(release),
                tags={
                    "modelgate.digest": release.digest,
                    "modelgate.decision": release.decision,
                    "modelgate.verdict": "promote",
                    "modelgate.version": str(release),
                },
            )

    def _withdraw(self, name: str, alias: str) -> None:
        del name
        asked(
            "withdraw",
            seconds=float(self.settings.get("seconds") or SECONDS),
            name=self.settings["mlflow"],
            alias=self._alias(alias),
        )

    def _alias(self, ours: str) -> str:
        """The alias there: ours, where the project names no other one."""
        alias = str(self.settings.get("alias") or ours)
        _aliased(alias)
        return alias


def described(release: Release) -> str:
    """The `MLmodel` of a release, by which MLflow finds and loads the file."""
    flavour = {
        name: {key: value or release.file for key, value in keys.items()}
        for name, keys in FLAVOURS[release.format].items()
    }
    return json.dumps({"artifact_path": "model", "flavors": flavour}, indent=2)  # which is YAML


def _digests(release: Release) -> dict[str, str]:
    """Path -> digest of each of the release's files."""
    found = {}
    for above, _, files in os.walk(release.folder):
        for name in files:
            path = Path(above, name)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(release.folder).as_posix()] = f"sha256:{digest}"
    return found
