"""Where and with what a report was made: all that may differ between two equal runs."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
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


def commit_of(folder: Path) -> str | None:
    """The commit that is checked out in a folder; None where there is none."""
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 (whichever git the user has)
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = asked.stdout.strip()
    return found if asked.returncode == 0 and len(found) in {40, 64} else None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
