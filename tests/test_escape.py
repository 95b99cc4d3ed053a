"""Nothing that a terminal obeys gets through, whatever a model or a file is called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.escape import HARMFUL, one_line, printable, shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain name.onnx", "plain name.onnx", id="plain"),
        pytest.param("größe 数", "größe 数", id="letters-of-any-script"),
        pytest.param("\x1b[31m", r"\x1b[31m", id="colour"),
        pytest.param("a\r\nb", r"a\r\nb", id="new-line"),
        pytest.param("\u202etxt", r"\u202etxt", id="right-to-left-override"),
        pytest.param("a\u200bb", r"a\u200bb", id="zero-width"),
        pytest.param("\x9b31m", r"\x9b31m", id="eight-bit-control"),
        pytest.param("\ud800", r"\ud800", id="lone-surrogate"),
        pytest.param(3, "3", id="no-text"),
    ],
)
def test_harmful_characters_are_shown_as_escapes(text: object, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_name_loses_its_middle() -> None:
    assert printable("models/customer-churn-2031-final.onnx", 20) == "models/cus…inal.onnx"


@given(st.text(), st.integers(3, 40))
def test_what_comes_out_is_harmless_and_fits(text: str, longest: int) -> None:
    shown = printable(text, longest)
    assert len(shown) <= longest
    assert not any(unicodedata.category(character) in HARMFUL for character in shown)
    assert printable(shown) == shown


def test_a_value_in_a_message_stands_in_quotes_and_is_cut_in_the_middle() -> None:
    assert shown("a\nb") == r"'a\nb'"
    assert shown("x" * 100, 9) == "'xxxx…xxxx'"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ValueError("two\n  lines"), "two lines", id="lines-are-joined"),
        pytest.param(KeyError(), "KeyError", id="says-nothing"),
    ],
)
def test_what_a_foreign_exception_says_ends_a_line(error: Exception, said: str) -> None:
    assert one_line(error) == said
