"""Real rows: two years, two seasons, and one year split by lot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from modelgate.drift.columns import compared
from modelgate.drift.family import Family, family_of
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile
from modelgate.surveys import Layout, Rows

pytestmark = pytest.mark.shared
Read = Callable[[str], pa.Table]
SPLITS = 40


@pytest.fixture(scope="module")
def read(shared_data: Path) -> Read:
    return lambda name: csv.read_csv(shared_data / "drift" / f"{name}.csv")


def profiled(table: pa.Table) -> dict[str, ColumnProfile]:
    profile = Profile(Layout(schema=table.schema))
    first = 0
    for block in table.combine_chunks().to_batches(max_chunksize=8_192):
        profile.add(Rows(block, first))
        first += len(block)
    return dict(profile.columns_profiled)


def drifted(one: pa.Table, two: pa.Table, floor: float = 0.05) -> Family:
    return family_of(compared(profiled(one), profiled(two)).shifts, floor)


def test_more_bicycles_were_hired_in_the_second_year(read: Read) -> None:
    every = read("bike_hour").drop_columns(["instant", "dteday", "yr"])
    years = read("bike_hour")["yr"]
    found = drifted(every.filter(pc.equal(years, 0)), every.filter(pc.equal(years, 1)))
    names = [one.column for one in found.drifted]
    assert names[:3] == ["registered", "cnt", "casual"]
    assert set(names) <= {"registered", "cnt", "casual", "hum", "temp", "atemp"}
    assert 0.15 < found.value < 0.35
    assert found.p_same < 1e-6


def test_winter_is_told_from_summer_by_its_temperature(read: Read) -> None:
    every = read("nyc_weather_jfk")
    winter = every.filter(pc.is_in(every["month"], pa.array([12, 1, 2])))
    summer = every.filter(pc.is_in(every["month"], pa.array([6, 7, 8])))
    found = drifted(winter, summer)
    by_name = {one.column: one.shift.effect for one in found.drifted}
    assert by_name["temp"] > 0.9
    assert by_name["dewp"] > 0.7
    assert "hour" not in by_name


@pytest.mark.parametrize("name", ["bike_hour", "nyc_weather_jfk"])
def test_one_year_split_by_lot_raises_no_alarm(read: Read, name: str) -> None:
    rows = read(name).slice(0, 8_600)
    rng = np.random.default_rng(1)
    tests = 0
    for _ in range(SPLITS):
        order = rng.permutation(len(rows))
        found = drifted(rows.take(order[:4_300]), rows.take(order[4_300:]), floor=0.0)
        tests += bool(found.drifted)
        assert all(one.shift.effect < 0.05 for one in found.drifted)
    assert tests <= 6, "5 % of 40, and chance"
