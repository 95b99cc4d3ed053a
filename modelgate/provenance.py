"""Where and with what a report was made: all that may differ between two equal runs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("numpy", "onnxruntime", "pyarrow")


def provenance(
    *, seed: int, isolation: Sequence[str], seconds: float, threads: int
) -> dict[str, Any]:
    """The host's part of a report, JSON-ready.

    Args:
        seed: of the run.
        isolation: the layers around the model's process.
        seconds: wall time of the run.
        threads: blocks that the model answered at the same time.
    """
    return {
        "modelgate": _version("modelgate-ci"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "seed": seed,
        "threads": threads,
        "isolation": list(isolation),
        "looks": "not counted",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "command": [*sys.argv[:1], *sys.argv[1:]],
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
