"""Checks of every shape, so that the suite's rules are tested apart from the real checks."""
# ruff: noqa: ARG001 (they are declared, and never asked)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.confusion import Confusion
from modelgate.declare import Check
from modelgate.declaring import DECLARED, check
from modelgate.outcome import Outcome
from modelgate.provided import Probe

FOUND = Outcome(value=1.0, better="higher")


def needs(_: Facts, __: Mapping[str, Any]) -> Need:
    return Need(Confusion)


def against(found: Aggregate, *, metric: str, average: str | None) -> Outcome:
    raise NotImplementedError(f"{found}, {metric}, {average}: these checks are never asked")


@check(family="metrics", subject="metric", needs=needs, severity="blocker", compare=against)
def metric(
    found: Aggregate,
    *,
    metric: Literal["accuracy", "recall", "f1"],
    average: Literal["binary", "macro"] | None = None,
    k: int = 5,
    quantile: float = 0.9,
    of: str | None = None,
) -> Outcome:
    """A metric."""
    return FOUND


@check(family="artifact", at_most=0.001)
def probe(probe: Probe) -> Outcome:
    """A question about the model itself."""
    return FOUND


@check(family="behaviour", subject="name", at_most=0.05, severity="minor")
def invariance(
    found: Confusion,
    *,
    name: str,
    column: str,
    words: list[str] = [],  # noqa: B006 (a default as a project might write it)
    loud: bool = False,
) -> Outcome:
    """A question with a setting that must be written."""
    return FOUND


@check(family="metrics", tasks=("regression",), at_most=1)
def spread(found: Confusion) -> Outcome:
    """A question about numbers only."""
    return FOUND


@pytest.fixture(scope="session")
def checks() -> dict[str, Check]:
    functions = (metric, probe, invariance, spread)
    return {function.__name__: getattr(function, DECLARED) for function in functions}
