"""Where the draws of a bootstrap would decide, there are more of them; else nobody decides."""

from __future__ import annotations

import numpy as np
import pytest

from modelgate.gate import OPEN, weigh
from modelgate.outcome import Difference, Outcome, Status
from modelgate.stats.cells import Draws
from modelgate.stats.interval import LEVEL
from modelgate.steady import steadied
from modelgate.suite import Limit


def drawn(shift: float, more: Draws | None = None, count: int = 2_000) -> Draws:
    """Draws between 0.8 and 1, whose one-sided 5 % point lies at 0.81 and a bit."""
    values = 0.8 + 0.2 * np.linspace(0, 1, count) + shift
    return Draws(0.9 + shift, values, values, more=None if more is None else lambda: more)


def outcome(draws: Draws) -> Outcome:
    return Outcome(value=draws.value, interval=draws(LEVEL), at=draws, better="higher", n=1000)


@pytest.mark.parametrize(
    ("limit", "finer", "status"),
    [
        pytest.param(0.75, None, Status.PASSED, id="far-above"),
        pytest.param(0.85, None, Status.UNDECIDED, id="far-below"),
        pytest.param(0.81, drawn(0.01, count=20_000), Status.PASSED, id="more-draws-pass-it"),
        pytest.param(0.81, drawn(-0.01, count=20_000), Status.UNDECIDED, id="more-draws-do-not"),
        pytest.param(0.81, drawn(0.0002, count=20_000), Status.UNDECIDED, id="nor-can-they-tell"),
    ],
)
def test_only_what_the_draws_can_tell_passes(
    limit: float, finer: Draws | None, status: Status
) -> None:
    held = Limit(at_least=limit)
    found = steadied(outcome(drawn(0.0, finer)), held)
    assert weigh(found, held).status is status
    if limit == 0.81 and finer is not None:
        assert found.interval == finer(LEVEL)
        assert (found.reason == OPEN) == (abs(finer.value - 0.9) < 0.001)


def test_a_comparison_is_steadied_as_well() -> None:
    draws = drawn(-0.9, drawn(-0.89, count=20_000))
    apart = Difference(champion=0.9, value=0.0, interval=draws(LEVEL), at=draws)
    found = steadied(
        Outcome(value=0.9, difference=apart, better="higher", n=1000), Limit(margin=0.09)
    )
    assert found.difference is not None
    assert found.difference.interval == drawn(-0.89, count=20_000)(LEVEL)
    assert weigh(found, Limit(margin=0.09)).status is Status.PASSED


def test_information_and_laws_are_left_alone() -> None:
    one = outcome(drawn(0.0, drawn(0.01)))
    assert steadied(one, Limit()) is one
    plain = Outcome(value=0.9, interval=drawn(0.0)(LEVEL), better="higher", n=1000)
    assert steadied(plain, Limit(at_least=0.81)) is plain
