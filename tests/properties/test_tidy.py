"""Whoever searches for inputs leaves nothing in the folder that somebody works in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import configuration

from modelgate.properties.tidy import leaving_nothing

SEARCH = """
import pyarrow as pa
from modelgate.model import Signature
from modelgate.properties.space import Space
rows = pa.RecordBatch.from_pydict({"age": [1.0, 2.0, 3.0], "says": ["a b", "c d", "e f"]})
space = Space(rows, Signature((), ()))
assert space.searched(0, 20).num_rows
"""


def test_the_current_folder_stays_as_it_was(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SEARCH], cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_ones_own_comes_back() -> None:
    before = configuration.storage_directory("examples").path
    with leaving_nothing():
        assert configuration.storage_directory("examples").path != before
    assert configuration.storage_directory("examples").path == before
