"""A function makes the model's inputs; whatever it does wrong has a code."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from modelgate.model import Signature
from modelgate.prepare import UnpreparedError
from modelgate.prepare.function import Function
from tests.prepare.conftest import signature

FEEDS = {"a": np.array([1.0, 2.0, 4.0]), "w": np.array(["u", "v", None], dtype=object)}
ONE = signature(("x", "float32", ("n", 1)))
BOTH = signature(("x", "float32", ("n", 1)), ("ids", "int64", ("n",)))


def made(source: str, model: Signature = ONE) -> Any:
    step = Function(dedent(source).encode(), {"function": "go"}, model)
    return step(FEEDS, 3)


def refused(source: str, model: Signature = ONE) -> UnpreparedError:
    with pytest.raises(UnpreparedError) as caught:
        made(source, model)
    return caught.value


def test_an_array_is_the_only_input() -> None:
    found = made("def go(rows): return rows[['a']].to_numpy() * 2")["x"]
    assert (found.tolist(), found.dtype.name) == ([[2.0], [4.0], [8.0]], "float32")


def test_a_dict_names_each_input() -> None:
    found = made("def go(rows): return {'x': rows['a'], 'ids': rows.index.to_numpy()}", BOTH)
    assert found["x"].shape == (3, 1)
    assert found["ids"].tolist() == [0, 1, 2]


def test_what_is_missing_reaches_it_as_pandas_has_it() -> None:
    found = made("def go(rows): return rows['w'].isna().to_numpy().astype(float)")["x"]
    assert found[:, 0].tolist() == [0.0, 0.0, 1.0]


def test_pixels_reach_it_as_arrays_a_cell() -> None:
    step = Function(
        b"def go(rows): return [cell.mean() for cell in rows['p']]", {"function": "go"}, ONE
    )
    found = step({"p": np.full((2, 4, 4), 7, np.uint8)}, 2)["x"]
    assert found.tolist() == [[7.0], [7.0]]


def test_a_list_of_lists_and_a_frame_will_do() -> None:
    assert made("def go(rows): return [[1], [2], [3]]")["x"].tolist() == [[1], [2], [3]]
    assert made("def go(rows): return rows[['a']]")["x"].tolist() == [[1], [2], [4]]


@pytest.mark.parametrize(
    ("source", "code", "part"),
    [
        pytest.param(
            "def go(rows): return 1 / 0", "MG4030", "ZeroDivisionError in line 1", id="raises"
        ),
        pytest.param("import sys\ndef go(rows): sys.exit(0)", "MG4030", "SystemExit", id="exits"),
        pytest.param(
            "raise SystemExit(0)",
            "MG4030",
            "the file of `prepare:` raised SystemExit",
            id="file-exits",
        ),
        pytest.param("def go(rows:", "MG4030", "SyntaxError in line 1", id="syntax"),
        pytest.param("import nowhere_to_be_found", "MG4030", "ModuleNotFoundError", id="import"),
        pytest.param(
            "def other(rows): return rows", "MG4030", "no function 'go'", id="no-function"
        ),
        pytest.param("go = 3", "MG4030", "no function 'go'", id="a-number"),
        pytest.param("def go(rows): return [[1], [2]]", "MG4031", "made 2 rows of 3", id="short"),
        pytest.param("def go(rows): return [[1]] * 4", "MG4031", "made 4 rows of 3", id="long"),
        pytest.param("def go(rows): return 1.0", "MG4031", "made one value in place", id="a-value"),
        pytest.param("def go(rows): pass", "MG4031", "made one value in place", id="nothing"),
        pytest.param("def go(rows): return [[1], [2, 3], [4]]", "MG4031", "no array", id="ragged"),
        pytest.param(
            "class Mute(Exception):\n    def __str__(self): raise self\ndef go(rows): raise Mute",
            "MG4030",
            "raised Mute in line 3: what it says cannot be read",
            id="an-error-that-raises",
        ),
        pytest.param(
            "class Liar(dict):\n    def __contains__(self, name): raise SystemExit(0)\n"
            "def go(rows): return Liar()",
            "MG4030",
            "what go() made of `prepare:` raised SystemExit in line 2",
            id="an-answer-that-exits",
        ),
        pytest.param(
            "class Array:\n    def __array__(self, *a, **k): raise KeyboardInterrupt\n"
            "def go(rows): return Array()",
            "MG4030",
            "raised KeyboardInterrupt in line 2",
            id="an-array-that-breaks-off",
        ),
        pytest.param("def go(rows): yield 1", "MG4031", "one value in place", id="a-generator"),
        pytest.param("def go(rows): return ['a'] * 3", "MG3172", "texts or objects", id="texts"),
        pytest.param(
            "def go(rows): return [[1, 2]] * 3",
            "MG3172",
            "takes 1 a row as 'x'; go() makes 2",
            id="wide",
        ),
        pytest.param(
            "def go(rows): return {'y': [1] * 3}", "MG3172", "takes 'x', which", id="names"
        ),
    ],
)
def test_each_fault_has_a_code(source: str, code: str, part: str) -> None:
    found = refused(source)
    assert found.code == code
    assert part in found.message


def test_one_array_for_two_inputs_is_told() -> None:
    found = refused("def go(rows): return rows[['a']]", BOTH)
    assert (found.code, "a dict of these names" in found.message) == ("MG3172", True)


def test_fractions_and_numbers_beyond_its_type_do_not_fit_a_whole_input() -> None:
    fraction = refused("def go(rows): return {'x': rows['a'], 'ids': rows['a'] / 2}", BOTH)
    assert (fraction.code, "takes int64" in fraction.message) == ("MG3172", True)
    small = signature(("ids", "int8", ("n",)))
    large = refused("def go(rows): return [1, 2, 300]", small)
    assert (large.code, "takes int8" in large.message) == ("MG3172", True)
