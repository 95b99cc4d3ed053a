"""How many rows there are is known before they are read where the file tells it."""

from pathlib import Path

import pandas as pd

from modelgate.sources import open_dataset

FRAME = pd.DataFrame({"a": [1, 2, 3]})


def test_rows_are_known_where_the_file_or_the_memory_tells_them(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "one.parquet")
    FRAME.to_parquet(tmp_path / "two.parquet")
    assert open_dataset(tmp_path / "one.parquet").known_rows == 3
    assert open_dataset(tmp_path).known_rows == 6
    assert open_dataset(FRAME).known_rows == 3


def test_rows_of_texts_are_known_once_they_are_read(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "one.csv", index=False)
    assert open_dataset(tmp_path / "one.csv").known_rows is None
    FRAME.to_csv(tmp_path / "two.csv", index=False)
    assert open_dataset(tmp_path / "*.csv", base=tmp_path).known_rows is None
