"""What is written as YAML is read as it was, by our own reader and by PyYAML."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelgate.yaml_file import read_yaml
from modelgate.yaml_file.written import as_yaml

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    st.sampled_from(["yes", "No", "null", "~", "1", "1.5", "1e3", "0x1F", ".inf", "a: b", "a #b"]),
    st.sampled_from(
        ["- a", "[a]", "{a}", "a, b", "'a'", '"', " a", "a ", "2024-01-01", "1_0", "@"]
    ),
)


@given(VALUES)
def test_written_and_read_again(value: Any) -> None:
    text = as_yaml(value)
    assert "\n" not in text
    line = f"key: {text}\nlist: [{text}, {{inner: {text}}}]\n"
    found = read_yaml(line.encode(), file="written.yaml").plain
    assert found == {"key": value, "list": [value, {"inner": value}]}
    assert type(found["key"]) is type(value)


@pytest.mark.parametrize("text", ["yes", "on", "N", "null", "12", "1.5", "a: b", "", "- a"])
def test_other_readers_see_a_text_too(text: str) -> None:
    assert yaml.safe_load(as_yaml(text)) == text


@pytest.mark.parametrize("text", ["../data/test.csv", "country", "home land", "a-b", "v1.2"])
def test_plain_texts_stay_plain(text: str) -> None:
    assert as_yaml(text) == text
