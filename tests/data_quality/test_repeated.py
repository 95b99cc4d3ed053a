from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.data_quality.repeated import conflicting, duplicated, overlap
from modelgate.surveys import Layout, Rows
from modelgate.surveys.repeats import Repeats


def repeats(columns: dict[str, Any], cuts: tuple[int, ...] = (), **others: Any) -> Repeats:
    block = pa.RecordBatch.from_pydict(columns)
    target = "label" if "label" in columns else None
    layout = Layout(schema=block.schema, target=target)
    edges = [0, *cuts, len(block)]
    parts = []
    for start, end in pairwise(edges):
        part = Repeats(layout, **others)
        part.add(Rows(block.slice(start, end - start), start))
        parts.append(part)
    whole, *rest = parts
    for part in rest:
        whole.merge(part)
    return whole


def test_copies_are_counted_and_named() -> None:
    found = duplicated(repeats({"x": [1.0, 2.0, 1.0, 1.0, 3.0], "t": list("abaac")}, of="rows"))
    assert found.value == pytest.approx(2 / 5)
    assert found.at is None
    assert found.pairs.tolist() == [[0, 3]]


def test_rows_with_other_labels_are_no_copies_but_conflict() -> None:
    rows = {"x": [1.0, 1.0, 2.0, 2.0, 5.0], "label": ["a", "b", "a", "a", "c"]}
    assert duplicated(repeats(rows, of="rows")).value == pytest.approx(1 / 5)
    found = conflicting(repeats(rows))
    assert found.value == pytest.approx(2 / 5)
    assert found.pairs.tolist() == [[0, 1]]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=200),
    st.lists(st.integers(0, 200), max_size=3),
)
def test_counts_are_those_of_a_set_however_the_rows_are_parted(
    values: list[int], cuts: list[int]
) -> None:
    inside = tuple(sorted(cut for cut in cuts if cut < len(values)))
    whole, parts = repeats({"x": values}), repeats({"x": values}, inside)
    assert duplicated(whole).value == pytest.approx(1 - len(set(values)) / len(values))
    assert parts.found.hashes.tolist() == whole.found.hashes.tolist()
    assert parts.found.counts.tolist() == whole.found.counts.tolist()
    assert parts.found.first.tolist() == whole.found.first.tolist()


def test_a_sample_of_the_distinct_rows_tells_the_share_within_its_interval() -> None:
    rng, held = np.random.default_rng(0), 0
    values = np.r_[np.arange(20_000), rng.integers(0, 20_000, 5_000)]
    for seed in range(40):
        moved = (values + 1_000_000 * seed).tolist()
        found = duplicated(repeats({"x": moved}, kept=2_000))
        assert found.at is not None
        interval = found.at(0.9)
        held += interval.low <= 0.2 <= interval.high
    assert held >= 30


def test_which_distinct_rows_are_kept_hangs_on_the_rows_alone() -> None:
    values = np.random.default_rng(1).integers(0, 10**6, 5_000).tolist()
    whole = repeats({"x": values}, kept=500).found
    parts = repeats({"x": values}, (1_000, 1_700), kept=500).found
    assert whole.hashes.tolist() == parts.hashes.tolist()
    assert whole.counts.tolist() == parts.counts.tolist()
    assert len(whole.hashes) == 500


def test_rows_of_both_sets_are_found_with_their_places() -> None:
    here = repeats({"x": [9.5, 1.5, 2.5]})
    there = repeats({"x": [1.5, 7.5, 8.5, 9.5]})
    found = overlap(here, there)
    assert found is not None
    assert found.share == pytest.approx(2 / 3)
    assert found.natural == 0
    assert found.pairs.tolist() == [[0, 3], [1, 0]]


def test_rows_of_few_values_meet_by_nature() -> None:
    rng = np.random.default_rng(2)
    sizes = (2_000, 3_000)
    one, two = (repeats({"x": rng.integers(0, 4, size).tolist()}) for size in sizes)
    found = overlap(one, two)
    assert found is not None
    assert (found.share, found.natural, found.excess) == (1.0, 1.0, 0.0)


def test_the_overlap_of_samples_is_that_of_all_rows_within_its_interval() -> None:
    values = np.arange(50_000)
    here, there = values[:10_000], np.r_[values[:2_000], values[20_000:]]
    found = overlap(
        repeats({"x": here.tolist()}, kept=3_000), repeats({"x": there.tolist()}, kept=3_000)
    )
    assert found is not None
    interval = found.at(0.99)
    assert interval.low <= 0.2 <= interval.high
    assert found.rows < 1_500


def test_no_row_overlaps_with_none() -> None:
    none = repeats({"x": pa.array([], pa.int64())})
    assert overlap(none, repeats({"x": [1]})) is None
