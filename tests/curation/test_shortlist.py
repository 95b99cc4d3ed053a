"""However the rows come, the same are picked, and no more than are wanted are kept."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from modelgate.curation.shortlist import Candidates, Shortlist

Row = tuple[int, int, float]
ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    max_size=60,
)


def candidates(rows: list[Row], first: int = 0) -> Candidates:
    number = np.arange(first, first + len(rows))
    tier, stratum, score = (np.array([row[at] for row in rows]) for at in range(3))
    return Candidates(
        number=number,
        tier=tier.astype(np.int64),
        stratum=stratum.astype(np.int64),
        score=score.astype(np.float64),
        chance=((number * 0.61803398875) % 1.0).astype(np.float64),
        said=np.stack([number, -number]),
        cells=pa.table({"x": number}),
    )


def by_hand(rows: list[Row], most: int) -> list[int]:
    """Tier by tier, the strata in turns."""
    found = candidates(rows)
    picked: list[int] = []
    for tier in range(3):
        turns: list[list[tuple[float, float, int]]] = []
        for stratum in range(4):
            own = np.flatnonzero((found.tier == tier) & (found.stratum == stratum)).tolist()
            turns.append(sorted((found.score[at], found.chance[at], at) for at in own))
        for turn in range(len(rows)):
            picked += [at for _, _, at in sorted(one[turn] for one in turns if turn < len(one))]
    return picked[:most]


@given(rows=ROWS, most=st.integers(1, 20), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_any_split_of_the_rows_picks_the_same(rows: list[Row], most: int, cuts: list[int]) -> None:
    kept = Shortlist(most)
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(ends):
        if end > start:
            kept.add(candidates(rows[start:end], start))
        assert kept.picked is None or len(kept.picked) <= most
    found = kept.picked
    if found is None:
        assert rows == []
        return
    assert found.number.tolist() == by_hand(rows, most)
    assert found.cells.column("x").to_pylist() == found.number.tolist()
    assert (found.said[0] == found.number).all()
    assert (found.said[1] == -found.number).all()
