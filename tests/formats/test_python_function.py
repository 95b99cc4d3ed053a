"""What a function may answer, and what each thing is called that it may not."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from modelgate.formats.python_function import Function
from modelgate.formats.refusal import Refusal

FEEDS = {"x": np.array([1.5, np.nan, 3.0]), "w": np.array(["a", None, "b"], dtype=object)}


def answered(source: str) -> Any:
    (found,) = Function(dedent(source).encode(), "answer").run(FEEDS, ["answer"])
    return found


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("def answer(rows): return rows['w'].isna().tolist()", [False, True, False]),
        ("def answer(rows): return ['a', 'b', 'nan']", ["a", "b", "nan"]),
        ("def answer(rows): return rows['x'].fillna(0)", [1.5, 0.0, 3.0]),
        ("def answer(rows): return [[0.1, 0.9]] * 3", [[0.1, 0.9]] * 3),
        ("class M:\n    def __call__(self, rows): return [1, 2, 3]\nanswer = M()", [1, 2, 3]),
    ],
    ids=["truths", "texts", "numbers", "scores", "an-object"],
)
def test_an_answer(source: str, answer: list[Any]) -> None:
    assert answered(source).tolist() == answer


def test_a_missing_number_comes_as_it_is() -> None:
    assert np.isnan(answered("def answer(rows): return rows['x']")[1])


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        pytest.param(
            "def answer(rows):\n    raise ValueError('no')",
            "MG4020",
            r"answer\(\) raised ValueError in line 2: no",
            id="raises",
        ),
        pytest.param("1 / 0", "MG4020", "its file raised ZeroDivisionError in line 1", id="import"),
        pytest.param(
            "import json\n\n\njson.loads('x')",
            "MG4020",
            "its file raised JSONDecodeError in line 4: Expecting value",
            id="an-error-with-a-line-of-its-own",
        ),
        pytest.param(
            "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
            "MG4020",
            "its file raised Mute in line 3: what it says cannot be read",
            id="an-error-that-cannot-be-read",
        ),
        pytest.param(
            "def answer(rows:", "MG4020", "its file raised SyntaxError in line 1", id="no-python"
        ),
        pytest.param(
            "def answer(rows): raise SystemExit(0)", "MG4020", "raised SystemExit", id="leaves"
        ),
        pytest.param(
            "def answer(rows): raise KeyboardInterrupt", "MG4020", "KeyboardInterrupt", id="breaks"
        ),
        pytest.param(
            "def answer(rows): return [1, 2]", "MG4021", "3 rows with 2 rows", id="a-row-short"
        ),
        pytest.param(
            "def answer(rows): return [1] * 4", "MG4021", "3 rows with 4 rows", id="a-row-long"
        ),
        pytest.param("def answer(rows): return 1", "MG4021", "with one value", id="one-value"),
        pytest.param("def answer(rows): return None", "MG4021", "with one value", id="nothing"),
        pytest.param(
            """
            class Long(list):
                def __len__(self): return 3

            def answer(rows): return Long([1])
            """,
            "MG40",
            "answer",
            id="lies-about-its-length",
        ),
        pytest.param("def answer(rows): return [{}] * 3", "MG4024", "with dict", id="dicts"),
        pytest.param("def answer(rows): return ['a', 1, 2]", "MG4024", "mixed", id="mixed"),
        pytest.param("def answer(rows): return rows['x'] + 1j", "MG4024", "complex", id="complex"),
        pytest.param("def answer(rows): return rows['w']", "MG4024", "", id="a-missing-label"),
        pytest.param("def other(rows): return 1", "MG3014", "no function 'answer'", id="none"),
        pytest.param("answer = 3", "MG3014", "no function 'answer'", id="no-function"),
    ],
)
def test_what_is_no_answer(source: str, code: str, says: str) -> None:
    with pytest.raises(Refusal, match=f"^{code}.*{says}"):
        answered(source)
