"""Reading a file loads neither pandas nor pyarrow.dataset: 0.3 seconds and 50 MiB each run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

TABLE = pa.table({"age": [1, None, 3], "city": ["Oslo", "Lima", None], "ok": [True, False, None]})

READ = """
import sys
from modelgate.sources import open_dataset
dataset = open_dataset(sys.argv[1])
assert sum(len(block) for block in dataset.blocks())
dataset.digest
print(*(name for name in ("pandas", "pyarrow.dataset") if name in sys.modules))
"""


@pytest.mark.parametrize("kind", ["csv", "parquet", "feather", "jsonl", "npz"])
def test_reading_a_file_loads_no_heavy_library(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "parquet":
        pyarrow.parquet.write_table(TABLE, path)
    elif kind == "feather":
        pyarrow.feather.write_feather(TABLE, str(path))
    elif kind == "npz":
        np.savez(path, x=np.zeros((3, 2)), name=np.array(["a", "b", "c"]), ok=np.ones(3, bool))
    else:
        path.write_text("a,b\n1,x\n,\n" if kind == "csv" else '{"a":1,"b":"x"}\n{"a":null}\n')
    found = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_reading_a_table_in_memory_loads_no_heavy_library() -> None:
    code = READ.replace("open_dataset(sys.argv[1])", "open_dataset(csv.read_csv(sys.argv[1]))")
    code = code.replace(
        "import sys", "import sys\nfrom io import BytesIO\nfrom pyarrow import csv", 1
    )
    code = code.replace("sys.argv[1]", "BytesIO(b'a,b,c\\n1,x,true\\n,,\\n')")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
