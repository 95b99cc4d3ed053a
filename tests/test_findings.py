"""What stands out is said in a sentence, with the row or the slice that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from modelgate.aggregates import Batch, Facts, Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.worst import Worst
from modelgate.findings import MOST, findings
from modelgate.judging import Gathered
from modelgate.outcome import Status
from modelgate.report import Result
from tests.results import result

ANIMALS = Facts("classification", ("cat", "cow", "dog"))
QUANTITY = Facts("regression")


def gathered(
    truth: Sequence[float],
    answer: Sequence[float],
    *,
    facts: Facts = ANIMALS,
    sure: float | None = None,
) -> Gathered:
    """`sure` is the score of every answer."""
    kind = np.int64 if facts.task == "classification" else np.float64
    scores = None
    if sure is not None:
        scores = np.full((len(answer), 3), (1 - sure) / 2)
        scores[np.arange(len(answer)), np.array(answer, dtype=np.int64)] = sure
    batch = Batch(
        truth=np.array(truth, dtype=kind),
        answer=np.array(answer, dtype=kind),
        scores=scores,
        row=np.arange(len(truth)),
    )
    regression = facts.task == "regression"
    kinds: tuple[type[Worst | Confusion], ...] = (Worst,) if regression else (Worst, Confusion)
    whole = {Need(one): one(facts) for one in kinds}
    for aggregate in whole.values():
        aggregate.add(batch)
    made = Gathered(facts, whole=dict(whole))
    made.answers.rows = made.answers.judged = len(truth)
    return made


def said(one: Gathered, results: Sequence[Result] = ()) -> list[str]:
    return [finding.says for finding in findings({"test": one}, results)]


def test_where_nothing_stands_out_nothing_is_said() -> None:
    assert said(gathered([0, 1, 2] * 10, [0, 1, 2] * 10)) == []


def test_rows_that_went_unjudged() -> None:
    one = gathered([0, 1, 2], [0, 1, 2])
    one.answers.rows = 1203
    one.answers.drop("label missing or of no class", 1200)
    (found,) = findings({"test": one}, ())
    assert "1,200 of 1,203 test rows could not be judged" in found.says
    assert "label missing or of no class" in found.says
    assert found.evidence["rows"] == {"label missing or of no class": 1200}


def test_a_model_with_a_single_answer() -> None:
    assert "Every row is answered 'cow'." in said(gathered([0, 1, 2] * 4, [1] * 12))


def test_the_class_that_is_taken_for_another() -> None:
    one = gathered([0] * 20 + [2] * 20, [0] * 20 + [0] * 5 + [2] * 15)
    (found, _) = findings({"test": one}, ())
    assert found.says == "'dog' is taken for 'cat' in 25.0 % of its rows (5 of 20)."
    assert found.evidence == {"type": "mixed_up", "truth": "dog", "answer": "cat", "share": 0.25}


def test_a_class_of_few_rows_is_no_finding() -> None:
    one = gathered([0] * 20 + [2] * 9, [0] * 29)
    assert not [each for each in said(one) if "taken for" in each]


@pytest.mark.parametrize(
    ("sure", "says"),
    [
        pytest.param(
            0.95,
            "The surest mistake is row 3: 'dog' with a score of 95.0 %, and it is 'cow'.",
            id="by-score",
        ),
        pytest.param(None, "The surest mistake is row 3: 'dog', and it is 'cow'.", id="by-label"),
    ],
)
def test_the_surest_mistake(sure: float | None, says: str) -> None:
    assert said(gathered([0, 1, 1], [0, 1, 2], sure=sure)) == [says]


def test_the_row_that_is_missed_by_most() -> None:
    one = gathered([1.0, 2.0, 3.0], [1.5, 7.25, 3.0], facts=QUANTITY)
    (found,) = findings({"test": one}, ())
    assert found.says == "Row 2 is missed by most: 7.25 for 2."
    assert found.evidence == {"type": "rows", "rows": [1, 0]}


def sliced(value: float | None, country: str, **others: Any) -> Result:
    given: dict[str, Any] = {
        "value": value,
        "interval": None if value is None else (value - 0.05, value + 0.05),
        "status": Status.UNDECIDED,
        **others,
    }
    where = f"metric[accuracy][country={country}]"
    return result(id=where, slice={"country": country}, n=412, **given)


FINE = gathered([0, 1, 2] * 10, [0, 1, 2] * 10)


def test_the_weakest_slice() -> None:
    results = [sliced(0.9, "NL"), sliced(0.91, "SE"), sliced(0.6, "BR"), sliced(0.7, "PT")]
    (found,) = findings({"test": FINE}, results)
    assert found.says == "Weakest slice: accuracy, country = BR is 60.0 % (412 rows)."
    assert found.evidence == {"type": "slice", "id": "metric[accuracy][country=BR]"}


@pytest.mark.parametrize(
    "results",
    [
        pytest.param([sliced(0.9, "NL"), sliced(0.88, "BR")], id="that-could-be-chance"),
        pytest.param([sliced(0.5, "BR")], id="that-is-alone"),
        pytest.param(
            [sliced(0.9, "NL"), sliced(0.9, "SE"), sliced(0.2, "BR", status=Status.SKIPPED)],
            id="that-was-skipped",
        ),
        pytest.param(
            [sliced(0.9, "NL"), sliced(0.9, "SE"), sliced(0.2, "BR", interval=None)],
            id="of-unknown-uncertainty",
        ),
        pytest.param(
            [sliced(0.9, "NL"), sliced(0.9, "SE"), sliced(None, "BR")],
            id="without-a-number",
        ),
    ],
)
def test_no_slice_is_called_weakest(results: list[Result]) -> None:
    assert said(FINE, results) == []


def test_where_less_is_better_the_weakest_slice_is_the_highest() -> None:
    results = [sliced(value, name, better="lower") for value, name in ((0.1, "NL"), (0.5, "BR"))]
    assert "country = BR" in said(FINE, [*results, sliced(0.1, "SE", better="lower")])[0]


def unused(**rows: int) -> Result:
    return result(
        "all",
        check="unused_inputs",
        status=Status.INFO,
        value=float(len(rows)),
        details={"ignored": rows},
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param({"age": 60, "town": 90}, "The model ignores 'age', 'town': in 60", id="two"),
        pytest.param({"age": 60, "town": 29}, "The model ignores 'age': in 60", id="enough-rows"),
        pytest.param(
            dict.fromkeys("abcde", 30), "The model ignores 'a', 'b', 'c' and 2 more", id="five"
        ),
        pytest.param({"age": 3}, "", id="too-few-rows"),
        pytest.param({}, "", id="none"),
    ],
)
def test_columns_that_the_model_ignores(rows: dict[str, int], says: str) -> None:
    found = said(FINE, [unused(**rows)])
    assert bool(found) == bool(says)
    assert "".join(found).startswith(says)


def test_where_it_could_not_be_told_no_column_is_called_ignored() -> None:
    crashed = replace(unused(), status=Status.CRASHED, value=None, details={})
    assert said(FINE, [crashed]) == []


def test_the_weightiest_come_first_and_five_are_enough() -> None:
    bad = gathered([0] * 20 + [2] * 20, [0] * 40, sure=0.9)
    bad.answers.rows = 50
    bad.answers.drop("answer is not finite", 10)
    results = [sliced(0.9, "NL"), sliced(0.91, "SE"), sliced(0.6, "BR")]
    found = findings({"test": bad, "reference": bad}, results)
    assert len(found) == MOST
    kinds = [each.evidence["type"] for each in found]
    assert kinds == ["dropped", "dropped", "label", "label", "slice"]
    alone = [each.evidence["type"] for each in findings({"test": bad}, results)]
    assert alone == ["dropped", "label", "slice", "mixed_up", "rows"]


def test_rows_that_the_model_was_trained_on_are_named() -> None:
    one = result(
        "all",
        check="split_overlap",
        value=0.004,
        says="0.4 % of 500 rows stand in the reference too.",
        evidence=("row 7 is row 9 of reference",),
        details={"share": 0.004, "natural": 0.0},
    )
    healthy = gathered([0, 1, 2] * 10, [0, 1, 2] * 10)
    assert said(healthy, [one]) == [f"{one.says} row 7 is row 9 of reference."]
    assert said(healthy, [replace(one, status=Status.FAILED)]) == []  # it is told above
    assert said(healthy, [replace(one, evidence=())]) == []
