"""Long texts are cut to where they part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.counterexamples import told
from modelgate.excerpts import excerpts

LONG = "word " * 60


@pytest.mark.parametrize(
    ("one", "other", "cut"),
    [
        pytest.param("a good day", "a god day", ("a good day", "a god day"), id="short"),
        pytest.param(
            f"good {LONG}",
            f"god {LONG}",
            ("good word word word word wor...", "god word word word word word..."),
            id="at-the-beginning",
        ),
        pytest.param(
            f"{LONG}good",
            f"{LONG}god",
            ("...word good", "...word god"),
            id="at-the-end",
        ),
        pytest.param(
            f"{LONG}good {LONG}",
            f"{LONG}god {LONG}",
            ("...word good word word word ...", "...word god word word word w..."),
            id="in-the-middle",
        ),
        pytest.param(LONG, LONG, ("word word word word word wor...",) * 2, id="no-difference"),
        pytest.param(
            "x" * 100, "x" * 99, ("...xxxxxxxxxxx", "...xxxxxxxxxx"), id="one-word-that-got-shorter"
        ),
    ],
)
def test_excerpts(one: str, other: str, cut: tuple[str, str]) -> None:
    assert excerpts(one, other, 31) == cut


@given(st.text(max_size=90), st.text(max_size=90), st.integers(20, 70))
def test_they_are_no_longer_and_differ_as_the_texts_do(one: str, other: str, longest: int) -> None:
    found = excerpts(one, other, longest)
    assert all(len(each) <= longest for each in found)
    assert (found[0] == found[1]) == (one == other)


def test_a_counterexample_shows_what_was_changed() -> None:
    entry = {
        "type": "input",
        "input": {"title": "same", "review": f"{LONG}good"},
        "changed": {"title": "same", "review": f"{LONG}god"},
        "was": "yes",
        "answer": "no",
    }
    first, second = told(entry)
    assert first.endswith("word good' is answered yes")
    assert second.startswith("but no with title = 'same'")
    assert second.endswith("word god'")
