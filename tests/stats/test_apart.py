"""The widest of many differences is no proof: its interval has to know how many there were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.apart import Share, Widest


def drawn(rng: np.random.Generator, rates: list[float], rows: int) -> list[Share]:
    return [Share(float(rng.binomial(rows, rate)), float(rows)) for rate in rates]


def missed(rates: list[float], rows: int, *, ratio: bool) -> np.ndarray[tuple[int], np.dtype]:
    """How often the truth lies below the interval, and above it."""
    true = min(rates) / max(rates) if ratio else max(rates) - min(rates)
    rng = np.random.default_rng(11)
    found = np.zeros(2)
    for _ in range(400):
        at = Widest(drawn(rng, rates, rows), ratio=ratio)(0.9)
        found += true < at.low - 1e-12, true > at.high + 1e-12
    return found / 400


@pytest.mark.parametrize("rows", [40, 300])
@pytest.mark.parametrize("groups", [2, 8, 20])
@pytest.mark.parametrize("ratio", [False, True], ids=["difference", "ratio"])
def test_equal_groups_are_hardly_ever_shown_apart(groups: int, rows: int, ratio: bool) -> None:
    assert missed([0.4] * groups, rows, ratio=ratio).max() <= 0.085  # 5 %, three deviations


@pytest.mark.parametrize("rates", [[0.3, 0.5], [0.3, 0.5, 0.5], [0.02, 0.08], [0.9, 0.6, 0.75]])
@pytest.mark.parametrize("ratio", [False, True], ids=["difference", "ratio"])
def test_unequal_groups_are_hardly_ever_missed(rates: list[float], ratio: bool) -> None:
    assert missed(rates, 200, ratio=ratio).max() <= 0.085


@given(
    hits=st.lists(st.integers(0, 50), min_size=2, max_size=6),
    ratio=st.booleans(),
    levels=st.tuples(st.floats(0.01, 0.999999), st.floats(0.01, 0.999999)),
)
def test_intervals_hold_the_value_and_widen_with_the_level(
    hits: list[int], ratio: bool, levels: tuple[float, float]
) -> None:
    found = Widest([Share(float(hit), 50.0) for hit in hits], ratio=ratio)
    narrow, wide = (found(level) for level in sorted(levels))
    assert 0 <= wide.low <= narrow.low + 1e-12
    assert narrow.low <= found.value <= narrow.high
    assert narrow.high - 1e-12 <= wide.high


def test_one_pair_is_newcombes(monkeypatch: pytest.MonkeyPatch) -> None:
    # Newcombe (1998), table II, 56/70 and 48/80, 95 %: 0.0524 to 0.3339 by method 10, of Wilson's.
    monkeypatch.setattr("modelgate.stats.shares.FEW", 0)
    shares = [Share(56, 70), Share(48, 80)]
    assert Widest(shares)(0.90).low == pytest.approx(0.0524, abs=1e-4)  # two pairs: 95 %
    assert Widest(shares)(0.95).high == pytest.approx(0.3339, abs=1e-4)


def test_a_ratio_over_nothing_is_not_known() -> None:
    found = Widest([Share(0, 50), Share(3, 50)], ratio=True)
    assert found.value == 0
    assert 0 == found(0.9).low < found(0.9).high <= 1
