"""The statistics are there at once: none of them waits for scipy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import modelgate.stats

MODULES = sorted(path.stem for path in Path(modelgate.stats.__file__).parent.glob("[a-z]*.py"))


def test_no_module_loads_scipy() -> None:
    assert {"ks", "homogeneity", "divergences", "wasserstein"} <= set(MODULES)
    names = ", ".join(f"modelgate.stats.{module}" for module in MODULES)
    code = f"import sys, {names}; print(*(set(sys.modules) & {{'scipy', 'pandas', 'sklearn'}}))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
