from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.errors import UsageError
from modelgate.predictions import Predictions
from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(0)


def sure(rows: int, of: float) -> Predictions:
    """Answers whose best probability is about `of`."""
    best = np.clip(RNG.normal(of, 0.05, rows), 0.5, 1.0)
    return Predictions(scores=np.stack([best, 1 - best], axis=1))


def asked(
    score: str, inside: Predictions, outside: Predictions, moved: float = 0.0, **others: Any
) -> Result:
    rows = {"x": RNG.normal(size=len(inside)).tolist()}
    there = {"x": RNG.normal(moved, 1, len(outside)).tolist()}
    limits = {key: others.pop(key) for key in ("at_least", "at_most") if key in others}
    tables = {"test": rows, "ood": there, **others.pop("tables", {})}
    return run_check(
        "ood_detection",
        subject=score,
        settings=others,
        tables=tables,
        answered={"test": inside, "ood": outside},
        **limits,
    )


def test_a_model_that_is_less_sure_elsewhere_passes_and_exports_a_threshold() -> None:
    result = asked("max_probability", sure(500, 0.95), sure(500, 0.6), at_least=0.8)
    assert (result.status, result.severity) == ("passed", "minor")
    threshold = result.details["threshold"]
    assert 0 < threshold["above"] < 0.5
    assert threshold["low"] <= 0.05 <= threshold["high"]
    assert result.details["caught_outside"] > 0.9


def test_a_model_that_is_as_sure_elsewhere_fails() -> None:
    assert asked("entropy", sure(500, 0.9), sure(500, 0.9), at_least=0.8).status == "failed"


def test_few_rows_decide_nothing() -> None:
    assert asked("margin", sure(12, 0.8), sure(12, 0.72), at_least=0.8).status == "undecided"
    result = asked("margin", sure(5, 0.9), sure(500, 0.6), at_least=0.8)
    assert (result.status, result.reason) == (
        "undecided",
        "not enough rows: 5, and 10 are needed",
    )


def test_the_share_that_passes_is_held_from_above() -> None:
    result = asked("margin", sure(500, 0.95), sure(500, 0.6), measure="fpr_at_95", at_most=0.4)
    assert (result.status, result.better) == ("passed", "lower")


@pytest.mark.parametrize("score", ["mahalanobis", "neighbours", "isolation_forest"])
@pytest.mark.parametrize("learnt", [True, False], ids=["from-a-reference", "from-half-of-the-rows"])
def test_inputs_far_away_are_told_apart_whatever_the_model_says(score: str, learnt: bool) -> None:
    tables = {"reference": {"x": RNG.normal(size=400).tolist()}} if learnt else {}
    alike = sure(400, 0.9)
    result = asked(score, alike, sure(400, 0.9), moved=6.0, at_least=0.9, tables=tables)
    assert result.status == "passed"
    result = asked(score, alike, sure(400, 0.9), moved=0.0, at_least=0.9, tables=tables)
    assert result.status == "failed"


def test_without_rows_from_elsewhere_it_is_not_asked() -> None:
    result = run_check(
        "ood_detection",
        subject="margin",
        tables={"test": {"x": [1.0]}},
        answered={"test": sure(1, 0.9)},
        at_least=0.8,
    )
    assert result.status == "skipped"
    assert "no data set in the role 'ood'" in str(result.reason)


def test_energy_takes_logits() -> None:
    result = asked("energy", sure(50, 0.9), sure(50, 0.6), at_least=0.8)
    assert result.status == "undecided"
    assert "an energy takes logits" in str(result.reason)


@pytest.mark.parametrize("share", [0, 0.5, 2])
def test_a_threshold_cannot_reject_none_or_half(share: float) -> None:
    with pytest.raises(UsageError) as error:
        asked("margin", sure(50, 0.9), sure(50, 0.6), at_least=0.8, rejects=share)
    assert error.value.code == "MG2270"


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        pytest.param({"reference": {"x": [1.0] * 5}}, "fewer than 10 rows to learn", id="few"),
        pytest.param({"reference": {"z": [1.0] * 50}}, "the reference lack the column", id="lacks"),
        pytest.param({"ood": {"x": ["a"] * 50}}, "holds string, and double", id="of-another-type"),
    ],
)
def test_rows_that_cannot_be_compared_decide_nothing(tables: dict[str, Any], why: str) -> None:
    result = asked("mahalanobis", sure(50, 0.9), sure(50, 0.6), at_least=0.8, tables=tables)
    assert result.status == "undecided"
    assert why in str(result.reason)


def test_rows_without_their_vector_stand_in_the_middle() -> None:
    here = [[float(at % 7), 1.0] if at % 3 else None for at in range(60)]
    there = [[float(at % 7) + 90, 1.0] if at % 2 else None for at in range(60)]
    kind = pa.list_(pa.float32(), 2)
    tables = {
        "test": pa.table({"x": pa.array(here, kind)}),
        "ood": pa.table({"x": pa.array(there, kind)}),
    }
    result = asked("neighbours", sure(60, 0.9), sure(60, 0.6), at_least=0.3, tables=tables)
    assert result.status == "passed"
    assert result.value == pytest.approx(0.5, abs=0.3)
