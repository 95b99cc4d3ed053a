"""A project's own properties: one function, and `must_hold` above it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.check_text import summary
from modelgate.errors import MistakesError
from modelgate.library import Library, builtin_root
from modelgate.properties import bounded
from modelgate.report import Result
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function

ABOVE_ZERO = """
from modelgate.properties import must_hold


@must_hold()
def above_zero(rows, answers):
    \"\"\"No price is below zero.\"\"\"
    {body}
"""
DOUBLED = """
import pyarrow.compute as pc

from modelgate.properties import must_hold


def doubled(rows):
    {change}


@must_hold(change=doubled)
def no_cheaper(rows, answers, changed, after):
    \"\"\"Twice the income costs no less.

    Measures: inputs of which it does.
    \"\"\"
    assert changed.schema == rows.schema
    return after.values >= answers.values
"""
DOUBLE = """place = rows.schema.get_field_index("income")
    more = pc.multiply(rows["income"], 2.0)
    return rows.set_column(place, rows.schema.field(place), more)"""


@pytest.fixture
def asked(tmp_path: Path, people: pa.RecordBatch) -> Callable[..., Result]:
    """Writes a property into a project, and asks it of a function of the columns."""

    def ask(name: str, text: str, answer: Callable[[Columns], Any], **settings: Any) -> Result:
        folder = tmp_path / "checks" / "behaviour"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(text, "utf-8")
        model = Function(answer, people)
        sample = model.sample(people)
        return run_check(name, model=model, sample=sample, root=tmp_path, settings=settings)

    return ask


def test_one_that_holds_passes(asked: Callable[..., Result]) -> None:
    text = ABOVE_ZERO.format(body="return answers.values >= 0")
    found = asked("above_zero", text, lambda c: c["income"], examples=120)
    assert (found.status, found.value, found.n) == ("passed", 0, 120)
    assert "So for all of 120 drawn inputs" in found.says
    assert found.says.endswith("No price is below zero.")


def test_one_that_is_broken_fails_with_the_input(asked: Callable[..., Result]) -> None:
    text = ABOVE_ZERO.format(body="return answers.values >= 0")
    found = asked("above_zero", text, lambda c: 60.0 - c["age"])
    assert found.status == "failed"
    assert found.evidence[0]["input"]["age"] > 60
    assert found.evidence[0]["answer"] < 0


def test_an_answer_that_is_no_number_breaks_it(asked: Callable[..., Result]) -> None:
    text = ABOVE_ZERO.format(body="return answers.values >= 0")
    assert asked("above_zero", text, lambda c: c["income"] * np.nan).status == "failed"


def test_the_changed_rows_are_asked_beside(asked: Callable[..., Result]) -> None:
    text = DOUBLED.format(change=DOUBLE)
    assert asked("no_cheaper", text, lambda c: c["income"], examples=120).status == "passed"
    found = asked("no_cheaper", text, lambda c: np.minimum(c["income"], 1e5) - c["income"])
    assert found.status == "failed"
    entry = found.evidence[0]
    assert entry["changed"] == {"income": 2 * entry["input"]["income"]}
    assert entry["answer"] < entry["was"]


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        pytest.param("return 1 / 0", "MG4070", "raised ZeroDivisionError", id="raises"),
        pytest.param("return (answers.values >= 0)[:3]", "MG4071", "shape (3,)", id="too-few"),
        pytest.param("return True", "MG4071", "shape ()", id="one-for-all"),
        pytest.param("return answers.values", "MG4071", "answered float64", id="numbers"),
        pytest.param("pass", "MG4071", "answered object", id="nothing"),
        pytest.param("return [None] * len(rows)", "MG4071", "answered object", id="nones"),
        pytest.param("return [[True], []]", "MG4070", "raised ValueError", id="ragged"),
        pytest.param("raise SystemExit(0)", "SystemExit", "", id="exits"),
    ],
)
def test_one_that_answers_no_booleans_keeps_the_gate_shut(
    body: str, code: str, says: str, asked: Callable[..., Result]
) -> None:
    found = asked("above_zero", ABOVE_ZERO.format(body=body), lambda c: c["income"])
    assert found.status == "crashed"
    assert str(found.reason).startswith(code)
    assert says in str(found.reason)


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        pytest.param('return rows["nobody"]', "MG4070", "raised KeyError", id="raises"),
        pytest.param("return None", "MG4071", "answered NoneType", id="nothing"),
        pytest.param("return rows.slice(1)", "MG4071", "199 rows for 200", id="too-few"),
        pytest.param(
            'return rows.select(["age"])', "MG4071", "nothing for the column", id="lacks-a-column"
        ),
        pytest.param(
            DOUBLE.replace("rows.schema.field(place)", '"income"').replace(
                "more)", 'more.cast("float32"))'
            ),
            "MG4071",
            "float for the column 'income' of double",
            id="another-type",
        ),
    ],
)
def test_a_change_that_answers_no_such_rows_keeps_the_gate_shut(
    change: str, code: str, says: str, asked: Callable[..., Result]
) -> None:
    text = DOUBLED.format(change=change)
    found = asked("no_cheaper", text, lambda c: c["income"], examples=200)
    assert found.status == "crashed"
    assert str(found.reason).startswith(code)
    assert says in str(found.reason)


def test_it_is_explained_by_its_own_docstring(asked: Callable[..., Result], tmp_path: Path) -> None:
    asked("no_cheaper", DOUBLED.format(change=DOUBLE), lambda c: c["income"], examples=10)
    check = Library(builtin_root(), tmp_path)["no_cheaper"]
    assert summary(check.ask) == "Twice the income costs no less."
    assert set(check.settings) == {"examples", "reach"}


def test_a_mistake_in_its_declaration_is_told_by_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "checks" / "numbers"
    folder.mkdir(parents=True)
    path = folder / "above_zero.py"
    path.write_text(ABOVE_ZERO.format(body="return answers.values >= 0"), "utf-8")
    with pytest.raises(MistakesError) as raised:
        Library(builtin_root(), tmp_path)
    (mistake,) = raised.value.mistakes
    assert mistake.code == "MG2217"
    assert mistake.where is not None
    assert (mistake.where.file, mistake.where.line) == (str(path), 5)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("while True: pass", id="a-loop"),
        pytest.param("__import__('time').sleep(1e6)", id="a-sleep"),
        pytest.param(
            "while True:\n        try: 1 / 0\n        except Exception: pass", id="a-deaf-loop"
        ),
    ],
)
def test_one_that_does_not_end_is_broken_off(
    asked: Callable[..., Result], body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.2)
    before, left = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0]
    found = asked("above_zero", ABOVE_ZERO.format(body=body), lambda c: c["income"], examples=99)
    assert found.status == "crashed"
    assert "MG4073 'above_zero' (above_zero.py:5) took more than 0.2 s" in str(found.reason)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] <= left


def test_a_change_that_does_not_end_is_broken_off(
    asked: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.2)
    text = DOUBLED.format(change="while True: pass")
    found = asked("no_cheaper", text, lambda c: c["income"], examples=99)
    assert found.status == "crashed"
    assert "MG4073 'doubled' (no_cheaper.py:7) took more" in str(found.reason)


def test_one_that_writes_into_the_answers_has_crashed(asked: Callable[..., Result]) -> None:
    text = ABOVE_ZERO.format(body="answers.values[:] = 1; return answers.values >= 0")
    found = asked("above_zero", text, lambda c: -c["income"], examples=99)
    assert found.status == "crashed"
    assert "read-only" in str(found.reason)
