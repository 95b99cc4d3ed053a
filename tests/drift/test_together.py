from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.arrays import tensors
from modelgate.drift.together import told_apart, unlike
from modelgate.drift.use import uses
from modelgate.predictions import Predictions
from modelgate.provided import Sample


def rows(rng: np.random.Generator, count: int = 600, *, turned: bool = False) -> pa.RecordBatch:
    """Two columns that hang together; turned, each looks as it did and they no longer do."""
    x = rng.normal(size=count)
    y = (-x if turned else x) + rng.normal(0, 0.5, count)
    return pa.RecordBatch.from_pydict(
        {"x": x.tolist(), "y": y.tolist(), "word": rng.choice(["a", "b"], count).tolist()}
    )


def test_columns_that_no_longer_hang_together_are_told_apart_and_named() -> None:
    rng = np.random.default_rng(0)
    found = told_apart(rows(rng), rows(rng, turned=True), ("x", "y", "word"), 0)
    assert not isinstance(found, str)
    assert 0.8 < found.interval.low < found.auroc < found.interval.high
    assert found.shift.shift.p_value < 1e-6
    assert set(list(found.parts)[:2]) == {"x", "y"}
    assert found.parts["word"] < 0.05
    assert found.shift.says.startswith("a classifier tells the two apart by ")


def test_rows_of_one_kind_are_told_apart_as_rarely_as_the_test_says() -> None:
    rng = np.random.default_rng(1)
    runs, wrong = 30, 0
    for seed in range(runs):
        found = told_apart(rows(rng, 120), rows(rng, 120), ("x", "y"), seed)
        assert not isinstance(found, str)
        wrong += found.shift.shift.p_value <= 0.05
    assert wrong <= 5  # of 30 runs 1.5, and more than 5 in one of 200 such tests


def test_rare_values_that_one_side_alone_holds_by_chance_are_no_shift() -> None:
    def some(rng: np.random.Generator) -> pa.RecordBatch:
        values = np.minimum(rng.zipf(1.4, 200), 5_000)
        return pa.record_batch([pa.array([f"v{value}" for value in values])], names=["code"])

    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = told_apart(some(rng), some(rng), ["code"], seed)
        assert not isinstance(found, str)
        alarms += found.shift.shift.p_value <= 0.05
    assert alarms <= 6  # of 40 at 5 %, more come with a chance of 1 %


def test_vectors_are_told_apart_by_where_they_point() -> None:
    rng = np.random.default_rng(2)

    def vectors(moved: float) -> pa.RecordBatch:
        made = rng.normal(size=(300, 8)) + np.eye(8)[0] * moved
        return pa.RecordBatch.from_arrays([tensors(made)], names=["it"])

    apart = told_apart(vectors(0), vectors(2), ("it",), 0)
    assert not isinstance(apart, str)
    assert apart.auroc > 0.85
    assert apart.shift.column == "it"


@pytest.mark.parametrize("count", [1, 9])
def test_few_rows_train_no_classifier(count: int) -> None:
    rng = np.random.default_rng(3)
    found = told_apart(rows(rng, count), rows(rng, 100), ("x",), 0)
    assert found == "too few rows to train a classifier on"


class Adds:
    """Answers with the sum of two columns, and does not look at the third."""

    columns = ("x", "y", "word")

    def predict(self, inputs: pa.Table) -> Predictions:
        x, y = (np.array(inputs.column(name).to_pylist()) for name in ("x", "y"))
        return Predictions(values=3 * x + y)


def test_a_column_that_the_model_hangs_on_weighs_more_than_one_that_it_ignores() -> None:
    batch = rows(np.random.default_rng(4))
    model: Any = Adds()
    sample = Sample(
        rows=batch,
        answers=model.predict(pa.Table.from_batches([batch])),
        champion=None,
        truth=np.zeros(len(batch)),
        positions=np.arange(len(batch)),
        seed=0,
    )
    found = uses(model, sample, ("y", "x", "word", "no column"))
    assert found["x"] > found["y"] > 0.1
    assert found["word"] == 0
    assert set(found) == {"x", "y", "word"}


def test_whole_numbers_and_fractions_are_compared_as_they_stand() -> None:
    rng = np.random.default_rng(5)
    whole = pa.RecordBatch.from_pydict({"x": [0] * 300 + [1] * 300})
    halves = pa.RecordBatch.from_pydict({"x": (rng.integers(0, 2, 600) + 0.5).tolist()})
    found = told_apart(whole, halves, ("x",), 0)
    assert not isinstance(found, str)
    assert found.auroc > 0.95
    other_width = whole.cast(pa.schema([("x", pa.int32())]))
    same = told_apart(whole, other_width, ("x",), 0)
    assert not isinstance(same, str)
    assert same.auroc < 0.55


VECTOR = pa.list_(pa.float32(), 4)


@pytest.mark.parametrize(
    ("was", "now", "apart"),
    [
        pytest.param(pa.int64(), pa.float64(), False, id="numbers"),
        pytest.param(pa.string(), pa.dictionary(pa.int8(), pa.string()), False, id="words"),
        pytest.param(pa.null(), pa.string(), False, id="nothing-yet"),
        pytest.param(pa.date32(), pa.timestamp("ns"), False, id="time-is-not-looked-at"),
        pytest.param(VECTOR, pa.list_(pa.float64(), 4), False, id="vectors-of-one-width"),
        pytest.param(VECTOR, pa.list_(pa.float32(), 5), True, id="vectors-of-two-widths"),
        pytest.param(pa.float64(), pa.string(), True, id="words-for-numbers"),
    ],
)
def test_types_are_unlike_where_no_cell_of_one_could_be_of_the_other(
    was: pa.DataType, now: pa.DataType, apart: bool
) -> None:
    assert bool(unlike(pa.schema([("x", was)]), pa.schema([("x", now)]), ("x",))) is apart


def test_points_of_time_alone_train_no_classifier() -> None:
    time = pa.RecordBatch.from_pydict({"at": pa.array(range(100), pa.timestamp("s"))})
    assert told_apart(time, time, ("at",), 0) == "no column holds numbers, categories or vectors"
