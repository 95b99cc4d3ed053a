"""Two data sets compared without a model, as `modelgate drift` does."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modelgate.dataset import Dataset
from modelgate.drifting import drift
from modelgate.errors import UsageError

RNG = np.random.default_rng(0)
ROWS = 60_000


def frame(moved: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price": RNG.lognormal(3 + moved, 1, ROWS),
            "bought": 1_700_000_000_000_000_000 + RNG.integers(0, 10**16, ROWS),
            "rooms": RNG.poisson(3 + moved, ROWS),
            "city": RNG.choice(["Oslo", "Bergen", "Bodø"], ROWS),
            "said": [f"remark {number}" for number in RNG.integers(0, 10**9, ROWS)],
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("drift")
    for name, moved in {"train": 0.0, "same": 0.0, "moved": 0.3}.items():
        frame(moved).to_parquet(there / f"{name}.parquet")
    drift(there / "train.parquet", there / "same.parquet", save_profile=there / "train.json")
    return there


@pytest.mark.parametrize(("current", "code"), [("same", 0), ("moved", 1)])
def test_a_stored_profile_gives_the_answers_of_its_rows(
    folder: Path, current: str, code: int
) -> None:
    rows = folder / f"{current}.parquet"
    direct, stored = drift(folder / "train.parquet", rows), drift(folder / "train.json", rows)
    assert (direct.exit_code, stored.exit_code) == (code, code)
    assert stored.reference.digest == direct.reference.digest
    one = {(line["column"], line["aspect"]): line for line in direct.outcome.details["columns"]}
    two = {(line["column"], line["aspect"]): line for line in stored.outcome.details["columns"]}
    assert one.keys() == two.keys()
    for name, line in one.items():
        assert line["drifted"] == two[name]["drifted"]
        if name[0] in {"rooms", "city", "said"}:  # few values: kept as they are
            assert line == two[name]
        else:
            assert line["effect"] == pytest.approx(two[name]["effect"], abs=1 / 2048)


def test_with_a_stored_profile_the_current_rows_are_read_once_and_no_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, int]] = []
    plain = Dataset.blocks

    def counting(self: Dataset, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        for block in plain(self, columns):
            read.append((Path(self.name).name, len(block)))
            yield block

    monkeypatch.setattr(Dataset, "blocks", counting)
    drift(folder / "train.json", folder / "same.parquet")
    assert {name for name, _ in read} == {"same.parquet"}
    assert sum(rows for _, rows in read) == ROWS


def test_a_profile_may_stand_on_either_side(folder: Path) -> None:
    found = drift(folder / "train.json", folder / "train.json")
    assert (found.exit_code, found.outcome.value) == (0, 0.0)
    assert found.current.profile_of == str(folder / "train.parquet")


@pytest.mark.parametrize("limit", [np.nan, np.inf, -0.1])
def test_a_limit_that_is_no_shift_is_refused(limit: float) -> None:
    rows = pd.DataFrame({"x": [1.0] * 40})
    with pytest.raises(UsageError, match="write a number from 0 on") as error:
        drift(rows, rows, at_most=limit)
    assert (error.value.code, error.value.exit_code) == ("MG2262", 2)
