"""Texts: categories while they are few, points of time where all are, else measured."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.dataset import BLOCK_ROWS
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.measures import EXACT_LENGTH, Measured
from modelgate.profiles.words import MOST_CATEGORIES, Words


def seen(array: pa.Array) -> Words:
    state = Words("it", array.type)
    for first in range(0, max(len(array), 1), BLOCK_ROWS):
        state.add(array.slice(first, BLOCK_ROWS), first)
    return state


def profile(array: pa.Array) -> ColumnProfile:
    return seen(array).profile()


@pytest.mark.parametrize("distinct", [1_000, MOST_CATEGORIES, MOST_CATEGORIES + 1])
def test_texts_that_are_hardly_ever_said_twice_are_remarks_and_measured(distinct: int) -> None:
    remarks = [f"remark {number:05}" for number in range(distinct)]
    found = profile(pa.array([*remarks, "", None]))
    assert (found.kind, found.missing) == ("text", 1)
    assert len(found.categories) == (distinct + 1 if distinct < MOST_CATEGORIES else 0)
    lengths = found.measures["length"]
    assert lengths.values.tolist() == [0.0, 12.0]
    assert lengths.counts.tolist() == [1, distinct]
    digits = found.measures["digits"]  # the empty text has no share of anything
    assert digits.values.tolist() == pytest.approx([5 / 12], abs=5e-4)
    assert digits.counts.tolist() == [distinct]


def test_many_texts_that_are_said_again_and_again_are_categories() -> None:
    codes = np.arange(5 * MOST_CATEGORIES) % MOST_CATEGORIES
    found = profile(pa.array([f"code {code}" for code in codes]))
    assert found.kind == "category"
    assert len(found.categories) == MOST_CATEGORIES
    assert set(found.categories.values()) == {5}


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        pytest.param(["1970-01-02", None, "1970-01-01"], [0.0, 86_400.0], id="days"),
        pytest.param(["1970-01-01 00:01", "1970-01-01 00:00:02.5"], [2.5, 60.0], id="local"),
        pytest.param(["1970-01-01T00:00:00Z", "1970-01-01T02:00:00+01:00"], [0, 3600], id="zones"),
        pytest.param(["1969-12-31"], [-86_400.0], id="before-1970"),
    ],
)
def test_texts_that_all_write_a_time_are_points_of_time(
    texts: list[str | None], seconds: list[float]
) -> None:
    for array in (pa.array(texts), pa.array(texts).dictionary_encode()):
        found = profile(array)
        assert (found.kind, found.missing) == ("time", texts.count(None))
        assert found.numbers is not None
        assert found.numbers.values.tolist() == seconds
        assert (found.lowest, found.highest) == (seconds[0], seconds[-1])


@pytest.mark.parametrize("odd", ["soon", "2024-13-01", "2024", "12:30", ""])
def test_texts_of_which_one_writes_no_time_are_texts(odd: str) -> None:
    found = profile(pa.array(["2024-01-01", odd, None]))
    assert (found.kind, found.numbers) == ("category", None)
    assert found.categories == {"2024-01-01": 1, odd: 1}


def test_texts_that_are_all_missing_are_no_times() -> None:
    found = profile(pa.array([None, None], pa.string()))
    assert (found.kind, found.missing, found.categories, found.measures) == ("category", 2, {}, {})


@pytest.mark.parametrize("entry", [float("nan"), None])
def test_an_entry_of_a_dictionary_that_is_no_value_is_missing(entry: float | None) -> None:
    entries = pa.array([1.5, entry], pa.float64())
    values = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), entries)
    found = profile(values)
    assert (found.missing, found.categories) == (2, {1.5: 2})
    one = seen(values)
    one.merge(seen(values))
    assert (one.profile().missing, one.profile().categories) == (4, {1.5: 4})


def test_blocks_may_bring_dictionaries_of_their_own() -> None:
    state = Words("it", pa.dictionary(pa.int32(), pa.string()))
    for words in (["a", "b", "a"], ["b", "c", None], ["c", "c", "a"]):
        state.add(pa.array(words).dictionary_encode(), state.rows)
    found = state.profile()
    assert (found.missing, found.categories) == (1, {"a": 3, "b": 2, "c": 3})
    assert state.profile() == found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1))
def test_measures_are_those_of_the_characters(texts: list[str]) -> None:
    one = Measured()
    one.add(pa.array(texts, pa.large_string()))
    found = one.counted()
    lengths = sorted(len(text) for text in texts)
    some = [text for text in texts if text]
    of: dict[str, Callable[[str], int]] = {
        "digits": lambda text: sum(character in "0123456789" for character in text),
        "letters": lambda text: sum(c.isalpha() and c.isascii() for c in text),
        "not ASCII": lambda text: sum(not character.isascii() for character in text),
    }
    assert np.repeat(found["length"].values, found["length"].counts).tolist() == lengths
    for name, count in of.items():
        shares = sorted(count(text) / len(text) for text in some)
        if shares:
            told = np.repeat(found[name].values, found[name].counts)
            assert np.abs(told - shares).max() <= 5.1e-4
        else:
            assert name not in found


def test_long_texts_are_told_apart_by_a_thousandth() -> None:
    lengths = [EXACT_LENGTH, EXACT_LENGTH + 1, 10_000, 10_100, 1_000_000]
    state = Measured()
    state.add(pa.array(["x" * length for length in lengths], pa.large_string()))
    found = np.repeat(state.counted()["length"].values, state.counted()["length"].counts)
    assert found == pytest.approx(lengths, rel=5e-4)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The train is late, and we are not happy with that.", "English"),
        ("Der Zug ist nicht da, und ich warte auf den Bus.", "German"),
        ("Le train est en retard et nous sommes dans la gare.", "French"),
        ("El tren no llega y estoy muy cansado.", "Spanish"),
        ("Il treno non è in orario, ma questo è normale.", "Italian"),
        ("Поезд в Казань отправляется вечером.", "Cyrillic"),
        ("Το τρένο φεύγει σε λίγα λεπτά.", "Greek"),  # noqa: RUF001
        ("今日はいい天気ですね", "Chinese or Japanese"),
        ("asdf qwer 12", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_language_of_texts_is_guessed(text: str, language: str) -> None:
    state = Measured()
    state.add(pa.array([text], pa.large_string()))
    assert state.languages == {language: 1}


def test_of_many_texts_those_are_read_that_draw_it_by_what_they_say() -> None:
    english = [f"this is the remark of {number}" for number in range(60_000)]
    german = [f"das ist die Notiz von {number}" for number in range(60_000)]
    parts = []
    for texts in (english, german):
        part = Measured()
        part.add(pa.array(texts, pa.large_string()))
        parts.append(part)
    assert parts[0].languages == {"English": 60_000}
    whole, again = Measured(), Measured()
    for part in parts:
        whole.merge(part)
    again.add(pa.array([*german, *english], pa.large_string()))
    assert whole.languages == again.languages
    assert 3_000 < whole.languages["English"] < 4_500
    assert sum(whole.languages.values()) < 120_000 / 12


def test_categories_are_not_read() -> None:
    assert profile(pa.array(["the one", "and the other"] * 9)).languages == {}


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(["a", "b1", "é", "", None, "2024-01-01"]), min_size=1, max_size=40),
    st.integers(0, 40),
    st.sampled_from([0, 3 * MOST_CATEGORIES // 4, 2 * MOST_CATEGORIES]),
)
def test_parts_in_any_order_merge_to_the_whole(
    few: list[str | None], cut: int, remarks: int
) -> None:
    texts = [*few[:cut], *(f"r{number}" for number in range(remarks)), *few[cut:]]
    array = pa.array(texts, pa.string())
    place = BLOCK_ROWS if len(texts) > BLOCK_ROWS else len(texts) // 2
    one, other, whole = seen(array[:place]), seen(array[place:]), seen(array).profile()
    later = seen(array[place:])
    later.merge(seen(array[:place]))
    one.merge(other)
    for found in (one.profile(), later.profile()):
        assert (found.kind, found.missing) == (whole.kind, whole.missing)
        assert found.categories == whole.categories
        assert found.languages == whole.languages
        assert found.measures.keys() == whole.measures.keys()
        for name, measure in whole.measures.items():
            assert found.measures[name].values.tolist() == measure.values.tolist()
            assert found.measures[name].counts.tolist() == measure.counts.tolist()
