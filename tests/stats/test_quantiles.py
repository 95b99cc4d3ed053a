"""Ranks that bound a quantile."""

import pytest
from scipy import stats

from modelgate.stats.quantiles import quantile_ranks, rows_for


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("rows", [29, 30, 100, 5_000])
def test_each_rank_is_the_innermost_that_misses_at_most_5_percent(
    quantile: float, rows: int
) -> None:
    ranks = quantile_ranks(quantile, rows)
    assert ranks is not None
    below = stats.binom(rows, quantile)
    low, high = ranks
    assert below.cdf(low - 1) <= 0.05 < below.cdf(low)
    assert below.sf(high - 1) <= 0.05 < below.sf(high - 2)


@pytest.mark.parametrize(("quantile", "rows"), [(0.5, 5), (0.9, 29), (0.99, 299)])
def test_too_few_rows_have_no_bound(quantile: float, rows: int) -> None:
    assert rows_for(quantile) == rows
    assert quantile_ranks(quantile, rows) is not None
    assert quantile_ranks(quantile, rows - 1) is None
