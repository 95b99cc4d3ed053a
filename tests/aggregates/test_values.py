"""Values in order: exact, then in bins that are fine enough."""

import numpy as np
import pytest

from modelgate.aggregates import values as values_module
from modelgate.aggregates.values import Values


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_kept_values_have_numpys_quantiles(share: float) -> None:
    terms = np.random.default_rng(0).normal(size=501).round(2)
    found = Values()
    found.add(terms, None)
    assert found.ordered is not None
    assert found.ordered.quantile(share) == pytest.approx(np.quantile(terms, share), abs=1e-12)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_binned_values_are_within_their_bound(
    monkeypatch: pytest.MonkeyPatch, share: float, scale: float
) -> None:
    monkeypatch.setattr(values_module, "EXACT_ROWS", 1_000)
    terms = np.random.default_rng(0).standard_t(3, 200_000) * scale
    found = Values()
    for start in range(0, len(terms), 8_192):
        found.add(terms[start : start + 8_192], None)
    ordered = found.ordered
    assert ordered is not None
    assert ordered.error == 2.0**-14
    expected = float(np.quantile(terms, share, method="inverted_cdf"))
    assert ordered.at_rank(np.ceil(share * len(terms))) == pytest.approx(expected, rel=2.0**-14)


def test_zero_and_the_largest_float_have_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values_module, "EXACT_ROWS", 1)
    found = Values()
    found.add(np.array([0.0, -0.0, 1.7e308, -1.7e308]), None)
    ordered = found.ordered
    assert ordered is not None
    assert np.isfinite(ordered.values).all()
    assert ordered.weights.tolist() == [1, 2, 1]


def test_weighted_values_past_the_limit_have_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values_module, "EXACT_ROWS", 3)
    found = Values()
    found.add(np.arange(3.0), np.ones(3))
    assert found.ordered is None
