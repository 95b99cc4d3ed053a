"""A profile that was written and read again says the same, or says that it cannot."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from modelgate.dataset import BLOCK_ROWS
from modelgate.errors import DataError
from modelgate.profiles.coarse import FEW_VALUES, coarsened
from modelgate.profiles.profile import Profile
from modelgate.profiles.stored import (
    FORMAT,
    Origin,
    ProfileData,
    StoredProfile,
    read_profile,
    write_profile,
)
from modelgate.profiles.written import POINTS
from modelgate.sources import open_dataset
from modelgate.stats.shift import Counted, counted
from modelgate.surveys import Layout, Rows

ORIGIN = Origin(name="train.csv", digest="sha256:00")
RNG = np.random.default_rng(0)
COLUMNS: dict[str, Any] = {
    "whole": pa.array([1, 2, None, 2] * 25),
    "ends": pa.array([float("inf"), float("-inf"), float("nan"), 0.1] * 25),
    "yes": pa.array([True, None, False, True] * 25),
    "word": pa.array(["ä\u202e", "b", None, "b"] * 25),
    "code": pa.array([1.5, 2.5, None, 2.5] * 25).dictionary_encode(),
    "price": pa.array([Decimal("0.1"), Decimal("0.2"), None, None] * 25).dictionary_encode(),
    "remark": pa.array([f"remark {number}" for number in range(100)]),
    "day": pa.array(["2024-01-01", None, "2024-02-01", "2024-03-01"] * 25),
    "moment": pa.array([datetime(2024, 1, 1)] * 100, pa.timestamp("us")),  # noqa: DTZ001
    "nothing": pa.array([None] * 100, pa.float64()),
    "lists": pa.array([[1]] * 100),
}


def profile(columns: dict[str, Any]) -> Profile:
    block = pa.RecordBatch.from_pydict(columns)
    found = Profile(Layout(schema=block.schema))
    found.add(Rows(block, 0))
    return found


def told(sample: Counted | None) -> Any:
    if sample is None:
        return None
    return sample.values.tolist(), sample.counts.tolist(), sample.error


@pytest.fixture
def path(tmp_path: Path) -> Path:
    there = tmp_path / "train.json"
    write_profile(there, profile(COLUMNS), ORIGIN)
    return there


def test_few_values_are_read_as_they_were_written(path: Path) -> None:
    whole, again = profile(COLUMNS), read_profile(path)
    assert isinstance(open_dataset(path), ProfileData)
    assert (again.rows, again.origin, again.columns) == (100, ORIGIN, tuple(COLUMNS))
    for name, was in whole.columns_profiled.items():
        now = again.columns_profiled[name]
        for part in ("name", "kind", "type", "rows", "missing", "lowest", "highest", "languages"):
            assert getattr(now, part) == getattr(was, part), (name, part)
        assert told(now.numbers) == told(was.numbers)
        assert {one: told(it) for one, it in now.measures.items()} == {
            one: told(it) for one, it in was.measures.items()
        }
        if name not in {"remark", "price"}:
            assert now.categories == was.categories
    assert again.columns_profiled["price"].categories == {0.1: 25, 0.2: 25}


def test_texts_that_are_no_categories_are_not_written(path: Path) -> None:
    assert b"remark 7" not in path.read_bytes()
    assert read_profile(path).columns_profiled["remark"].categories == {}


def test_a_column_takes_some_ten_kilobytes(tmp_path: Path) -> None:
    numbers = {f"x{number}": RNG.standard_cauchy(100_000) for number in range(10)}
    write_profile(tmp_path / "p.json", profile(numbers), ORIGIN)
    assert (tmp_path / "p.json").stat().st_size < 10 * 60_000


def test_a_summary_of_many_rows_is_read_back(tmp_path: Path) -> None:
    rows = 300_000
    values = RNG.normal(size=rows)
    values[::7] = np.nan
    block = pa.RecordBatch.from_pydict({"x": values, "n": RNG.integers(0, 10**9, rows)})
    found = Profile(Layout(schema=block.schema, rows=2_000_000))
    for first in range(0, rows, BLOCK_ROWS):
        found.add(Rows(block.slice(first, BLOCK_ROWS), first))
    write_profile(tmp_path / "p.json", found, ORIGIN)
    stored = read_profile(tmp_path / "p.json")
    for name, column in found.columns_profiled.items():
        again = stored.columns_profiled[name].numbers
        assert column.numbers is not None
        assert again is not None
        assert column.numbers.error > 0
        assert abs(again.rows - (rows - column.missing)) <= again.error * rows


def test_a_stored_profile_takes_no_rows(path: Path) -> None:
    stored: StoredProfile = read_profile(path)
    block = pa.RecordBatch.from_pydict({"a": [1]})
    with pytest.raises(TypeError, match="takes no rows"):
        stored.add(Rows(block, 0))
    with pytest.raises(TypeError, match="takes no rows"):
        stored.merge(stored)


def test_a_profile_may_be_laid_out_anew(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=2), "utf-8")
    assert read_profile(path).rows == 100


def _changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def changed(raw: bytes) -> bytes:
        whole = json.loads(raw)
        change(whole)
        return json.dumps(whole).encode()

    return changed


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda raw: raw[:-100], "MG3582", id="cut-short"),
        pytest.param(lambda raw: raw.replace(b"0.1", b"0.2"), "MG3582", id="another-number"),
        pytest.param(
            lambda raw: raw.replace(b'"rows": 100', b'"rows": 101'), "MG3582", id="more-rows"
        ),
        pytest.param(_changed(lambda whole: whole.pop("seal")), "MG3582", id="no-seal"),
        pytest.param(_changed(lambda whole: whole.pop("profile")), "MG3582", id="no-content"),
        pytest.param(
            _changed(lambda whole: whole.update(format="modelgate.profile/2")),
            "MG3581",
            id="a-later-version",
        ),
        pytest.param(
            _changed(lambda whole: whole.update(format="modelgate.report/1")),
            "MG3580",
            id="foreign",
        ),
        pytest.param(_changed(lambda whole: whole.update(format=7)), "MG3580", id="no-format"),
        pytest.param(lambda _: b"", "MG3580", id="empty"),
        pytest.param(lambda _: b"[1]", "MG3580", id="a-list"),
        pytest.param(lambda _: b"\xff\xfe\x00", "MG3580", id="bytes"),
        pytest.param(lambda _: b"[" * 100_000, "MG3580", id="deep"),
        pytest.param(lambda _: b"a,b\n1,2\n", "MG3580", id="rows"),
    ],
)
def test_what_is_no_whole_profile_is_one_clear_error(
    path: Path, change: Callable[[bytes], bytes], code: str
) -> None:
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError) as caught:
        read_profile(path)
    assert caught.value.code == code
    assert caught.value.exit_code == 3
    assert str(caught.value.where) == str(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["columns"].append(content["columns"][0]),
        lambda content: content["columns"][0].pop("missing"),
        lambda content: content["columns"][0].update(kind="colour"),
        lambda content: content["columns"][0].update(missing=101),
        lambda content: content["columns"][0].update(missing=True),
        lambda content: content["columns"][0]["numbers"]["values"].reverse(),
        lambda content: content["columns"][0]["numbers"].update(error=-1),
        lambda content: content["columns"][0]["numbers"].update(values=["nan", 1]),
        lambda content: content["columns"][0]["numbers"].update(rows=[-1, 2]),
        lambda content: content["columns"][0]["numbers"].update(rows=[10**30, 2]),
        lambda content: content["columns"][0]["numbers"].update(rows=[25, 49]),
        lambda content: content["columns"][0].update(numbers=None),
        lambda content: content["columns"][3].update(categories=[]),
        lambda content: content["columns"][6].update(languages={"en": 0}),
        lambda content: content["columns"][6].update(languages={"en": 10**30}),
        lambda content: content.update(rows=10**30),
        lambda content: content["columns"][3]["categories"].pop(),
        lambda content: content["columns"][3]["categories"].append([[], 1]),
        lambda content: content.update(rows=0),
        lambda content: content.update(rows="100"),
        lambda content: content.update(columns=None),
        lambda content: content.update(data="train.csv"),
    ],
)
def test_a_profile_that_nobody_could_have_written_is_damaged_even_where_it_is_sealed(
    path: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    from modelgate.profiles.stored import _seal

    content = json.loads(path.read_bytes())["profile"]
    change(content)
    whole = {"format": FORMAT, "seal": _seal(content), "profile": content}
    path.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(DataError) as caught:
        read_profile(path)
    assert caught.value.code == "MG3582"


def test_no_byte_can_be_changed_and_give_another_number(path: Path) -> None:
    raw, whole, read = path.read_bytes(), profile(COLUMNS).columns_profiled, 0
    for place in RNG.integers(0, len(raw), 400):
        path.write_bytes(raw[:place] + RNG.bytes(1) + raw[place + 1 :])
        try:
            found = read_profile(path)
        except DataError as error:
            assert error.code in {"MG3580", "MG3581", "MG3582"}  # noqa: PT017 (either way)
            continue
        read += 1
        for name, one in found.columns_profiled.items():
            assert told(one.numbers) == told(whole[name].numbers)
    assert read < 40  # a blank for a blank, 1.0 for 1.


def test_a_profile_is_no_data(path: Path) -> None:
    data = open_dataset(path)
    assert data.schema.names == list(COLUMNS)
    assert (data.bytes, data.digest) == (path.stat().st_size, open_dataset(path).digest)
    with pytest.raises(DataError) as caught:
        next(data.blocks())
    assert caught.value.code == "MG3583"
    assert "train.csv" in str(caught.value.hint)


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_profile(tmp_path / "none.json")
    assert caught.value.code == "MG3580"


@settings(deadline=None, max_examples=80)
@given(
    arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e9, 1e9)),
    st.integers(0, 2**32 - 1),
    st.floats(0, 1),
)
def test_quantiles_stand_for_all_within_the_error_that_they_tell(
    atoms: np.ndarray[Any, np.dtype[np.float64]], seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    every = np.where(rng.random(20_000) < share, rng.choice(atoms, 20_000), rng.normal(size=20_000))
    exact = counted(every)
    coarse = coarsened(exact, POINTS)
    if len(exact.values) <= FEW_VALUES:
        assert coarse is exact
        return
    assert len(coarse.values) <= POINTS + 2
    assert coarse.rows == exact.rows
    assert (coarse.values[0], coarse.values[-1]) == (exact.values[0], exact.values[-1])
    assert coarse.error <= 1 / POINTS
    upto = np.cumsum(coarse.counts) / coarse.rows
    shares = np.append(upto, 0.0)[np.searchsorted(coarse.values, exact.values, side="right") - 1]
    off = np.abs(shares - np.cumsum(exact.counts) / exact.rows).max()
    assert off <= coarse.error + 1e-12
    assert off > coarse.error - 2 / exact.rows
