"""What `import modelgate` gives: little at once, and every name when it is asked for."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from inspect import getdoc, signature
from typing import Any

import pytest

import modelgate
from modelgate import errors
from modelgate.errors import MistakesError, UsageError, Where

HEAVY = ("numpy", "pandas", "pyarrow", "onnxruntime", "sklearn", "click", "rich", "yaml")


@pytest.mark.parametrize("program", ["import modelgate", "from modelgate import __version__"])
def test_importing_loads_nothing_heavy(program: str) -> None:
    code = f"{program}\nimport sys\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", modelgate.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(modelgate, name) is not None
    assert name in dir(modelgate)


def test_every_name_is_the_one_that_checkers_see() -> None:
    program = "import modelgate as m; print(*(getattr(m, n).__name__ for n in m._AT))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == list(modelgate._AT)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'modelgate' has no attribute 'evalute'"):
        getattr(modelgate, "evalute")  # noqa: B009 (a name that no checker may see)


FACE = [getattr(modelgate, name) for name in modelgate.__all__ if name != "__version__"]


@pytest.mark.parametrize("part", FACE, ids=lambda part: part.__name__)
def test_every_name_is_documented(part: Any) -> None:
    assert getdoc(part)


@pytest.mark.parametrize("function", [modelgate.evaluate, modelgate.check])
def test_every_argument_of_a_function_is_documented(function: Callable[..., Any]) -> None:
    text = getdoc(function) or ""
    told = text[text.index("Args:") : text.index("Returns:")]
    for name in signature(function).parameters:
        assert f"    {name}: " in told


def test_every_error_that_evaluate_names_exists() -> None:
    raised = (getdoc(modelgate.evaluate) or "").partition("Raises:")[2]
    named = [word.strip(":,") for word in raised.split() if word.strip(":,").endswith("Error")]
    assert named
    assert all(issubclass(getattr(errors, name), errors.ModelgateError) for name in named)


def test_the_version_is_three_numbers() -> None:
    assert all(part.isdigit() for part in modelgate.__version__.split("."))


def test_an_error_of_another_process_says_what_it_said() -> None:
    first = UsageError("MG2104", "no check is called 'x'", where=Where("a.yaml", 3, 5), hint="see")
    for error in (first, MistakesError([first, first])):
        back = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
        assert str(back) == str(error)
        assert (back.code, back.where, back.hint) == (error.code, error.where, error.hint)
        assert back.exit_code == 2
