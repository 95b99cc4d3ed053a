from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.arrays import tensor, tensors
from modelgate.out_of_domain.made import LANGUAGES, MAKERS, made

RNG = np.random.default_rng(0)
ROWS = 60
IMAGES = RNG.integers(0, 256, (ROWS, 6, 6)).astype(np.uint8)
TABLE = pa.RecordBatch.from_arrays(
    [
        pa.array(RNG.normal(50, 3, ROWS)),
        pa.array(RNG.integers(0, 120, ROWS), pa.int8()),
        pa.array([f"some words number {row}" for row in range(ROWS)]),
        tensors(IMAGES),
        pa.array([bool(row % 2) for row in range(ROWS)]),
    ],
    names=["income", "age", "text", "image", "member"],
)


def column(name: str, how: str, seed: int = 0) -> Any:
    found, touched = made(TABLE, how, seed)
    assert name in touched
    return found.column(name)


@pytest.mark.parametrize("how", MAKERS)
def test_inputs_have_the_same_columns_types_and_the_same_seed_makes_the_same(how: str) -> None:
    one, touched = made(TABLE, how, 3)
    two, _ = made(TABLE, how, 3)
    assert one.schema == TABLE.schema
    assert one.equals(two)
    assert touched


def test_numbers_far_away_lie_ten_spreads_off_and_within_their_type() -> None:
    values = np.array(column("income", "far_noise").to_pylist())
    known = np.array(TABLE.column("income").to_pylist())
    assert (np.abs(values - np.median(known)) >= 9.9 * known.std()).all()
    assert (values > 50).any()
    assert (values < 50).any()
    ages = column("age", "far_noise").to_pylist()
    assert set(ages) <= {-128, 127}


def test_texts_far_away_hold_no_word_of_the_domain() -> None:
    texts = column("text", "far_noise").to_pylist()
    assert not {"some", "words", "number"} & {word for text in texts for word in text.split()}


def test_blank_inputs_are_one_input() -> None:
    found, touched = made(TABLE.select(["income", "text", "member"]), "blank", 0)
    assert found.to_pylist() == [{"income": 0.0, "text": "", "member": False}]
    assert touched == ("income", "text", "member")


def test_a_constant_input_says_one_thing_everywhere() -> None:
    texts = column("text", "constant").to_pylist()
    assert all(len(set(text.split())) == 1 for text in texts)
    images = tensor(column("image", "constant"))
    assert (images.reshape(len(images), -1).std(axis=1) == 0).all()


def test_shuffled_columns_hold_the_same_values_in_other_rows() -> None:
    values = column("income", "shuffled_columns").to_pylist()
    assert sorted(values) == sorted(TABLE.column("income").to_pylist())
    assert values != TABLE.column("income").to_pylist()
    images = tensor(column("image", "shuffled_columns"))
    assert sorted(images[0].ravel().tolist()) != images[0].ravel().tolist()


def test_inverted_images_are_inverted_back() -> None:
    images = tensor(column("image", "inverted_images"))
    assert (int(IMAGES.max()) + int(IMAGES.min()) - images == IMAGES).all()


def test_other_languages_are_many_and_texts_alone() -> None:
    lines = [line for line in LANGUAGES.read_text("utf-8").splitlines() if line[:1] != "#"]
    assert len(lines) == len(set(lines)) >= 40
    _, touched = made(TABLE, "other_language", 0)
    assert touched == ("text",)


def test_where_no_column_can_be_made_up_the_rows_stay_as_they_are() -> None:
    rows = TABLE.select(["income"])
    found, touched = made(rows, "inverted_images", 0)
    assert touched == ()
    assert found.equals(rows)


def test_missing_numbers_are_made_up_too() -> None:
    rows = pa.RecordBatch.from_pydict({"x": pa.array([None, None, 1.0, 2.0])})
    found, _ = made(rows, "far_noise", 0)
    assert found.column("x").null_count == 0
