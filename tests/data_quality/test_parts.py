"""The values of a column are the same in whatever parts the rows come."""

import numpy as np
import pyarrow as pa

from modelgate.data_quality.moments import Moments
from modelgate.surveys import Layout, Rows
from modelgate.surveys.values import Values

CELLS = [None if at % 9 == 0 else f"2024-01-{at % 28 + 1:02}" for at in range(500)]
TABLE = pa.table({"date": CELLS})
LAYOUT = Layout(schema=TABLE.schema)


def _parts(size: int) -> list[Rows]:
    return [Rows(block, at * size) for at, block in enumerate(TABLE.to_batches(size))]


def test_values_merge_to_the_same() -> None:
    whole = Values(LAYOUT, column="date")
    for rows in _parts(500):
        whole.add(rows)
    halves = [Values(LAYOUT, column="date") for _ in range(2)]
    for at, rows in enumerate(_parts(50)):
        halves[at % 2].add(rows)
    halves[1].merge(halves[0])
    np.testing.assert_array_equal(halves[1].found.hashes, whole.found.hashes)
    np.testing.assert_array_equal(halves[1].found.counts, whole.found.counts)
    np.testing.assert_array_equal(halves[1].found.first, whole.found.first)
    assert len(whole.found.hashes) == 28
    assert whole.found.counts.sum() == sum(cell is not None for cell in CELLS)


def test_times_merge_to_the_same() -> None:
    whole = Moments(LAYOUT, column="date")
    whole.add(_parts(500)[0])
    halves = [Moments(LAYOUT, column="date") for _ in range(2)]
    for at, rows in enumerate(_parts(50)):
        halves[at % 2].add(rows)
    halves[1].merge(halves[0])
    assert halves[1].earliest == whole.earliest
    assert halves[1].found.lowest == whole.found.lowest
    assert whole.earliest[0][1:] == (28, "2024-01-01")
