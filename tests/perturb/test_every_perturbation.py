"""What holds of every perturbation, whatever it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import getdoc
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from modelgate.check_text import sections, summary
from modelgate.perturb import Perturbation, perturbations
from modelgate.setting import REQUIRED

ALL = perturbations()


def of(kind: str) -> pytest.MarkDecorator:
    """Every perturbation of a kind, with each of the choices that it has."""
    return pytest.mark.parametrize(("name", "settings"), list(_variants(kind)))


def _variants(kind: str) -> Iterator[Any]:
    for name, one in ALL.items():
        if one.of == kind:
            yield pytest.param(name, {}, id=name)
            for setting, value in VARIANTS.get(name, ()):
                yield pytest.param(name, {setting: value}, id=f"{name}-{setting}-{value}")


VARIANTS: dict[str, list[tuple[str, Any]]] = {
    "accents": [("to", "accented")],
    "brightness": [("amount", -0.4)],
    "case": [("to", "upper"), ("to", "title"), ("to", "swapped")],
    "category_swap": [("to", "other")],
    "contractions": [("to", "long"), ("to", "short")],
    "contrast": [("factor", 3.0)],
    "decrease": [("amount", 0.5), ("share", 0.1)],
    "flip": [("over", "top_bottom")],
    "gender_swap": [("names", False)],
    "increase": [("amount", 0.5), ("share", 0.1)],
    "name_swap": [("origin", "arabic")],
    "neutral_suffix": [("text", "Yours, N.")],
    "outliers": [("side", "above"), ("side", "below")],
    "punctuation": [("what", "all")],
    "rotate": [("degrees", 90.0)],
    "scale": [("factor", 0.5)],
    "truncation": [("lost", "start"), ("keep", 0.5)],
    "unit_error": [("factor", 0.001)],
}

words = st.sampled_from(
    [
        "I",
        "don't",
        "it's",
        "not",
        "is",
        "Anna",
        "MARY'S",
        "her",
        "Germans",
        "café",
        "rn",
        "42",
        "n\u2019t",
    ]
)
texts = st.one_of(st.text(st.characters(), max_size=60), st.lists(words).map(" ".join))
seeds = st.integers(0, 2**40)
numbers = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=12)
pictures = st.tuples(
    st.integers(0, 4), st.integers(0, 9), st.integers(0, 9), st.integers(1, 4)
).flatmap(lambda shape: npst.arrays(np.uint8, shape))


@of("text")
@given(values=st.lists(st.none() | texts, max_size=6), seed=seeds, severity=st.integers(1, 5))
def test_texts(
    name: str, settings: dict[str, Any], values: list[str | None], seed: int, severity: int
) -> None:
    one, settings = ALL[name], _graded(ALL[name], settings, severity)
    changed = one(values, seed=seed, **settings)
    assert [value is None for value in changed] == [value is None for value in values]
    assert changed == one(list(values), seed=seed, **settings)
    # A text's change depends on the seed and on itself, wherever it stands.
    assert changed[::-1] == one(values[::-1], seed=seed, **settings)
    assert list(one.changed(values, changed)) == [
        was != now for was, now in zip(values, changed, strict=True)
    ]


@of("category")
@given(values=st.lists(st.none() | st.text(max_size=3), max_size=8), seed=seeds)
def test_categories(
    name: str, settings: dict[str, Any], values: list[str | None], seed: int
) -> None:
    one = ALL[name]
    pool = ["a", "b", None, *values]
    changed = one(values, seed=seed, pool=pool, **settings)
    assert changed == one(values, seed=seed, pool=pool, **settings)
    assert changed[: len(values) // 2] == one(
        values[: len(values) // 2], seed=seed, pool=pool, **settings
    )
    assert [value is None for value in changed] == [value is None for value in values]


@of("number")
@given(values=numbers, pool=numbers, seed=seeds, severity=st.integers(1, 5))
def test_numbers(
    name: str,
    settings: dict[str, Any],
    values: list[float],
    pool: list[float],
    seed: int,
    severity: int,
) -> None:
    one, settings = ALL[name], _graded(ALL[name], settings, severity)
    before, known = np.array(values), np.array([*pool, *values])
    kept = before.copy()
    changed = one(before, seed=seed, pool=known, **settings)
    assert changed.dtype == np.float64
    np.testing.assert_array_equal(before, kept)
    np.testing.assert_array_equal(np.isfinite(changed), np.isfinite(before))
    np.testing.assert_array_equal(changed, one(before, seed=seed, pool=known, **settings))
    half = len(values) // 2
    np.testing.assert_array_equal(
        changed[:half], one(before[:half], seed=seed, pool=known, **settings)
    )
    assert one.changed(before, changed).shape == before.shape


@pytest.mark.parametrize("value", [0.0, 3.0, 0.1, np.nan, np.inf, 1e308, -1e308])
@of("number")
def test_a_constant_column(name: str, settings: dict[str, Any], value: float) -> None:
    before = np.full(5, value)
    changed = ALL[name](before, seed=1, **settings)
    np.testing.assert_array_equal(np.isfinite(changed), np.isfinite(before))


@of("image")
@given(values=pictures, seed=seeds, severity=st.integers(1, 5))
def test_images(
    name: str, settings: dict[str, Any], values: NDArray[np.uint8], seed: int, severity: int
) -> None:
    one, settings = ALL[name], _graded(ALL[name], settings, severity)
    kept = values.copy()
    changed = one(values, seed=seed, **settings)
    assert changed.dtype == np.uint8
    assert changed.shape == values.shape
    np.testing.assert_array_equal(values, kept)
    np.testing.assert_array_equal(changed, one(values, seed=seed, **settings))
    half = len(values) // 2
    np.testing.assert_array_equal(changed[:half], one(values[:half], seed=seed, **settings))
    assert one.changed(values, changed).shape == (len(values),)


def _table(cells: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = {
        "number": pa.array([row[0] for row in cells], pa.float64()),
        "whole": pa.array([row[1] for row in cells], pa.int32()),
        "text": pa.array([row[2] for row in cells], pa.string()).dictionary_encode(),
        "tensor": pa.array([row[3] for row in cells], pa.list_(pa.float32(), 2)),
    }
    return pa.RecordBatch.from_pydict(columns)


cells = st.tuples(
    st.none() | st.floats(),
    st.none() | st.integers(-5, 5),
    st.none() | st.text(max_size=3),
    st.none() | st.lists(st.floats(width=32), min_size=2, max_size=2),
)


@of("table")
@given(
    rows=st.lists(cells, max_size=6),
    columns=st.lists(st.sampled_from(["number", "whole", "text", "tensor"]), unique=True),
    seed=seeds,
    severity=st.integers(1, 5),
)
def test_tables(
    name: str,
    settings: dict[str, Any],
    rows: list[tuple[Any, ...]],
    columns: list[str],
    seed: int,
    severity: int,
) -> None:
    one, settings = ALL[name], _graded(ALL[name], settings, severity)
    before = _table(rows)
    changed = one(before, seed=seed, columns=columns, **settings)
    assert {field.name: field.type for field in changed.schema} == {
        field.name: field.type for field in before.schema
    }
    assert len(changed) == len(before)
    assert repr(changed.to_pydict()) == repr(
        one(before, seed=seed, columns=columns, **settings).to_pydict()
    )
    half = len(rows) // 2
    first = one(before.slice(0, half), seed=seed, columns=columns, **settings)
    assert repr(changed.slice(0, half).to_pydict()) == repr(first.to_pydict())
    for other in set(before.schema.names) - set(columns or before.schema.names):
        assert repr(changed.column(other).to_pylist()) == repr(before.column(other).to_pylist())
    assert one.changed(before, changed).shape == (len(rows),)


def _graded(one: Perturbation, settings: dict[str, Any], severity: int) -> dict[str, Any]:
    return {**settings, "severity": severity} if one.graded else settings


SENTENCES = [
    f"This is sentence {number} of a text that was written by Anna, and it is not a long one."
    for number in range(60)
]
RNG = np.random.default_rng(3)
MANY: dict[str, Callable[[], Any]] = {
    "text": lambda: SENTENCES,
    "number": lambda: RNG.normal(40, 12, 400),
    "table": lambda: pa.RecordBatch.from_pydict({"a": np.arange(400.0), "b": ["x"] * 400}),
    "image": lambda: RNG.integers(0, 256, (24, 32, 32, 3), dtype=np.uint8),
}
ACCENTED = {"to": "accented"}
"""Letters that lose their accents lose all of them, whatever the seed and the severity."""
GRADED = [name for name, one in ALL.items() if one.graded]


def _distance(one: Perturbation, before: Any, after: Any) -> float:
    if one.of == "text":
        return float(np.mean([_edited(was, now) for was, now in zip(before, after, strict=True)]))
    if one.of == "table":
        return float(one.changed(before, after).mean())
    return float(np.abs(before.astype(np.float64) - after).mean())


def _edited(before: str, after: str) -> int:
    same = sum(was == now for was, now in zip(before, after, strict=False))
    return max(len(before), len(after)) - same


@pytest.mark.parametrize("name", GRADED)
def test_a_higher_severity_changes_more(name: str) -> None:
    one = ALL[name]
    before = MANY[one.of]()
    settings = ACCENTED if name == "accents" else {}
    found = [
        _distance(one, before, one(before, seed=4, severity=severity, **settings))
        for severity in (1, 3, 5)
    ]
    assert 0 < found[0] <= found[1] <= found[2]
    assert found[0] < found[2]


@pytest.mark.parametrize("name", GRADED)
def test_a_perturbation_with_severities_says_what_they_mean(name: str) -> None:
    assert "Severity" in dict(sections(ALL[name].change))
    assert ALL[name].settings["severity"].default == 1


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_perturbation_explains_itself(name: str) -> None:
    one = ALL[name]
    assert one.name == name
    assert summary(one.change).endswith(".")
    said = getdoc(one.change) or ""
    assert "good model" in said or "Whoever" in said or "should" in said
    told = dict(sections(one.change)).get("Settings", "")
    for setting, declared in one.settings.items():
        assert declared.default is not REQUIRED
        assert setting == "severity" or f"{setting}," in told


@pytest.mark.parametrize("name", [name for name, one in ALL.items() if "seed" in one.needs])
def test_another_seed_changes_otherwise(name: str) -> None:
    one = ALL[name]
    values: Any = {
        "text": ["Anna met 12345 Germans and her friend.", "A b."],
        "category": ["a", "b", "c"] * 20,
        "number": np.arange(900.0),
        "table": pa.RecordBatch.from_pydict({column: np.arange(90.0) for column in "abcde"}),
        "image": MANY["image"](),
    }[one.of]
    settings = ACCENTED if name == "accents" else {}
    changed = [one(values, seed=seed, **settings) for seed in range(8)]
    assert any(one.changed(changed[0], other).any() for other in changed[1:])
