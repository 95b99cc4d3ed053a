"""How many rows go together: fewer where rows or what becomes of them are wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.worker.sizes import block_rows, call_rows


@pytest.mark.parametrize(
    ("type_", "shape", "widest", "expected"),
    [
        pytest.param("float32", (20,), 1, 8192, id="a-table-and-trees"),
        pytest.param("float32", (20,), 512, 8192, id="a-table-and-a-small-network"),
        pytest.param("float32", (20,), 16384, 1024, id="a-table-and-a-wide-network"),
        pytest.param("int64", (128,), 3072, 32, id="tokens-and-a-transformer"),
        pytest.param("int64", (512,), 3072, 8, id="many-tokens"),
        pytest.param("float32", (100, 13), 256, 512, id="steps-of-time"),
        pytest.param("float32", (3, 224, 224), 512, 1, id="channels-first"),
        pytest.param("float32", (28, 28, 1), 64, 256, id="channels-last"),
        pytest.param("int64", (), 64, 8192, id="one-number"),
        pytest.param("float32", (0, 3, 3), 64, 8192, id="an-axis-of-nothing"),
    ],
)
def test_rows_of_one_call(type_: str, shape: tuple[int, ...], widest: int, expected: int) -> None:
    assert call_rows([(type_, shape)], {"widest": widest}) == expected


def test_a_model_without_numeric_inputs_takes_whole_blocks() -> None:
    assert call_rows([], {"widest": 1}) == 8192


@given(row_bytes=st.integers(0, 1 << 40))
def test_a_block_is_a_power_of_two_and_fits_or_is_one_row(row_bytes: int) -> None:
    rows = block_rows(row_bytes)
    assert 1 <= rows <= 8192
    assert rows & (rows - 1) == 0
    assert rows == 1 or rows * row_bytes <= 16 << 20


def test_more_bytes_are_never_more_rows() -> None:
    found = [block_rows(size) for size in range(0, 20_000_000, 9973)]
    assert found == sorted(found, reverse=True)
