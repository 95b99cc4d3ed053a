"""Columns of every kind: what is drawn fits them, and one rare fault in them is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from modelgate.arrays import tensor
from modelgate.model import Signature, Tensor
from modelgate.properties.domains import Reach
from modelgate.properties.domains.oddities import oddities
from modelgate.properties.space import Space
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function

ROWS = 60
DICE = np.random.default_rng(0)
NORMAL = DICE.normal(size=ROWS)
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def _ends(kind: str) -> pa.Array:
    info = np.iinfo(kind)
    return pa.array(np.array([info.min, info.max] * (ROWS // 2), dtype=kind))


COLUMNS: dict[str, Any] = {
    "constant": [1.5] * ROWS,
    "one-whole-number": [3] * ROWS,
    "one-word": ["x"] * ROWS,
    "one-truth": [True] * ROWS,
    "truths-missing": pa.array([True, None] * (ROWS // 2)),
    "null": pa.nulls(ROWS),
    "all-missing": pa.nulls(ROWS, pa.float64()),
    "all-missing-whole": pa.nulls(ROWS, pa.int32()),
    "all-missing-text": pa.nulls(ROWS, pa.string()),
    "all-nan": np.full(ROWS, np.nan),
    "all-infinite": np.full(ROWS, np.inf),
    "half-nan": np.where(np.arange(ROWS) % 2, np.nan, NORMAL),
    "float16": pa.array(NORMAL.astype("f2")),
    "float32": pa.array(NORMAL.astype("f4")),
    "to-the-ends-of-floats": np.linspace(-0.9e308, 0.85e308, ROWS),
    "dictionary": pa.array(["x", "y", None] * (ROWS // 3)).dictionary_encode(),
    "empty-texts": [""] * ROWS,
    "texts": [f"text number {at} of them all" for at in range(ROWS)],
    "dates": [date(2020, 1, 1) + timedelta(days=at) for at in range(ROWS)],
    "times": [datetime(2020, 1, 1) + timedelta(days=at) for at in range(ROWS)],  # noqa: DTZ001 (naive as in files)
    "decimals": pa.array([Decimal(at) / 100 for at in range(ROWS)]),
    "bytes": [b"ab"] * ROWS,
    "lists": [[1.0] * (at % 3) for at in range(ROWS)],
    **{kind: _ends(kind) for kind in WHOLE},
}


def _space(rows: pa.RecordBatch, reach: Reach) -> Space:
    return Space(rows, Signature((Tensor("x", "float32", ("n", 1)),), ()), reach=reach)


@pytest.mark.parametrize("reach", get_args(Reach))
@pytest.mark.parametrize("name", COLUMNS)
def test_what_is_drawn_is_of_the_same_type(name: str, reach: Reach) -> None:
    rows = pa.RecordBatch.from_pydict({name: COLUMNS[name]})
    space = _space(rows, reach)
    drawn = space.drawn(np.random.default_rng(1), 100)
    assert drawn.schema == rows.schema
    drawn.validate(full=True)
    again = space.drawn(np.random.default_rng(1), 100)
    assert repr(again.to_pylist()) == repr(drawn.to_pylist())  # NaN as itself
    domain = space.domains[name]
    cells = [space.row(drawn, at)[name] for at in range(100)]
    if not rows.column(name).null_count and pa.types.is_integer(rows.schema.field(name).type):
        assert all(type(cell) is int for cell in cells)
    for cell in cells[:20]:
        costs = [domain.cost(one) for one in domain.simpler(cell)]
        assert all(cost < domain.cost(cell) for cost in costs)
        assert domain.of([cell]).type == domain.column.type


def test_one_row_is_enough() -> None:
    rows = pa.RecordBatch.from_pydict({"a": [1.5], "b": ["one text of words"], "c": [None]})
    space = _space(rows, "beyond")
    assert len(space.drawn(np.random.default_rng(0), 50)) == 50
    assert len(space.searched(0, 5)) == 5


def test_hypothesis_draws_the_same_in_every_trial() -> None:
    columns = {name: COLUMNS[name] for name in ("float32", "texts", "dictionary", "int64")}
    space = _space(pa.RecordBatch.from_pydict(columns), "beyond")
    assert space.searched(3, 20).equals(space.searched(3, 20))
    assert not space.searched(3, 20).equals(space.searched(4, 20))


def _fails(rows: dict[str, Any], answer: Callable[[Columns], Any], **settings: Any) -> Any:
    batch = pa.RecordBatch.from_pydict(rows)
    model = Function(lambda c: np.where(answer(c), np.nan, 0.0), batch)
    sample = model.sample(batch)
    found = run_check("property", subject="finite", model=model, sample=sample, settings=settings)
    assert found.status == "failed"
    assert np.mean(model.sizes) >= 256
    return found.evidence[0]["input"]


def test_a_model_that_fails_on_large_numbers_alone() -> None:
    rows = {"a": NORMAL, "b": NORMAL}
    shown = _fails(rows, lambda c: np.abs(c["a"]) > 1e6, reach="extreme")
    assert abs(shown["a"]) > 1e6


def test_a_model_that_fails_where_one_column_is_missing_and_another_large() -> None:
    rows = {"a": pa.array([None, 1.0] * (ROWS // 2)), "b": NORMAL}
    shown = _fails(rows, lambda c: np.isnan(c["a"]) & (c["b"] > 2.5))
    assert shown["a"] is None
    assert shown["b"] == 3.0


@pytest.mark.parametrize("letter", ["ß", "\u200b", "日", "😀", "\U0010ffff"])
def test_a_model_that_fails_on_one_letter_alone(letter: str) -> None:
    def fails(columns: Columns) -> Any:
        return np.array([letter in text for text in columns["texts"]])

    assert any(letter in text for text in oddities().texts)
    assert _fails({"texts": COLUMNS["texts"]}, fails) == letter
    assert _fails({"texts": COLUMNS["texts"], "a": NORMAL}, fails)["texts"] == letter


def test_a_model_that_fails_on_a_rare_word_and_a_large_number() -> None:
    rows = {"word": [f"c{at % 30}" for at in range(ROWS)], "a": NORMAL}
    shown = _fails(rows, lambda c: (np.array(c["word"]) == "c29") & (c["a"] > 1))
    assert shown["word"] == "c29"


def test_a_model_that_fails_on_one_truth_and_none() -> None:
    rows = {"a": NORMAL > 0, "b": COLUMNS["truths-missing"]}
    shown = _fails(
        rows, lambda c: np.array([b is None and a for a, b in zip(c["a"], c["b"], strict=True)])
    )
    assert shown == {"a": True, "b": None}


def test_a_model_that_fails_on_one_day() -> None:
    rows = {"day": COLUMNS["dates"], "a": NORMAL}
    shown = _fails(rows, lambda c: np.array([day == date(2020, 2, 3) for day in c["day"]]))
    assert shown["day"] == "2020-02-03"


def test_one_of_many_columns_is_named_first() -> None:
    rows = {f"x{at}": np.roll(NORMAL, at) for at in range(300)}
    shown = _fails(rows, lambda c: c["x77"] > 4, examples=400)
    assert next(iter(shown)) == "x77"
    assert shown["..."] == "and 292 more, as in a typical row"


def test_a_dark_image_is_shown_as_an_image() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (ROWS, 8, 8), dtype=np.uint8)
    inner = pa.FixedSizeListArray.from_arrays(pa.array(pixels.ravel()), 8)
    rows = {"image": pa.FixedSizeListArray.from_arrays(inner, 8)}

    def dark(columns: Columns) -> Any:
        return np.array(columns["image"]).mean(axis=(1, 2)) < 20

    shown = _fails(rows, dark)
    assert (shown["type"], shown["height"], shown["width"]) == ("image", 8, 8)
    drawn = _space(pa.RecordBatch.from_pydict(rows), "beyond").drawn(np.random.default_rng(0), 9)
    assert tensor(drawn.column(0)).shape == (9, 8, 8)


def test_a_few_hundred_inputs_are_all_drawn_at_once() -> None:
    rows = pa.RecordBatch.from_pydict({"a": NORMAL})
    for examples, calls in ((499, [499]), (500, [375, 125])):
        model = Function(lambda c: c["a"], rows)
        sample = model.sample(rows)
        settings = {"examples": examples}
        run_check("property", subject="finite", model=model, sample=sample, settings=settings)
        assert model.sizes == calls
