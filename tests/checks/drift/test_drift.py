from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Facts
from modelgate.errors import UsageError
from modelgate.predictions import Predictions
from modelgate.provided import Sample
from modelgate.report import Result
from modelgate.testing import run_check

RNG = np.random.default_rng(0)


def table(rows: int, moved: float = 0.0, label: float = 0.5) -> dict[str, list[Any]]:
    return {
        "income": (RNG.normal(size=rows) + moved).tolist(),
        "country": RNG.choice(["BR", "US"], rows).tolist(),
        "churned": np.where(RNG.random(rows) < label, "yes", "no").tolist(),
    }


def drift(of: str, now: dict[str, list[Any]], rows: int = 20_000, **settings: Any) -> Result:
    limit = settings.pop("at_most", None)
    return run_check(
        "drift",
        subject=of,
        settings=settings,
        at_most=limit,
        tables={"test": now, "reference": table(rows)},
        target="churned",
    )


def test_rows_of_the_same_kind_pass() -> None:
    result = drift("features", table(20_000))
    assert (result.status, result.severity) == ("passed", "minor")
    assert result.interval is not None
    assert result.interval[1] < 0.05
    assert {line["column"] for line in result.details["columns"]} == {"income", "country"}
    assert result.says.startswith("None of 2 columns is shown to have shifted by more than 0.05;")


def test_rows_of_another_kind_fail_with_the_column_and_what_has_changed() -> None:
    result = drift("features", table(20_000, moved=0.5))
    assert result.status == "failed"
    assert result.says == "1 of 2 columns shifted by more than 0.05: income."
    assert len(result.evidence) == 1
    assert result.evidence[0].startswith("income: median ")


def test_few_rows_decide_nothing() -> None:
    result = drift("features", table(100), rows=100)
    assert result.status == "undecided"


def test_fewer_than_thirty_rows_show_nothing_however_far_they_lie() -> None:
    result = drift("features", table(20, moved=50.0))
    assert result.status == "undecided"
    assert result.reason == "not enough rows: 20, and 30 are needed"


def test_the_target_is_a_question_of_its_own() -> None:
    assert drift("target", table(20_000)).status == "passed"
    result = drift("target", table(20_000, label=0.8))
    assert result.status == "failed"
    assert result.says == "The column shifted by more than 0.05: churned."
    assert drift("features", table(20_000, label=0.8)).status == "passed"


def test_a_limit_says_what_does_not_matter_yet() -> None:
    now = table(20_000, moved=0.3)
    assert drift("features", now).status == "failed"
    assert drift("features", now, at_most=0.2).status == "passed"


def test_columns_may_be_left_out() -> None:
    assert drift("features", table(20_000, moved=1.0), ignore=["income"]).status == "passed"
    assert drift("features", table(20_000, moved=1.0), columns=["country"]).status == "passed"


def test_a_column_that_is_gone_has_shifted() -> None:
    now = table(20_000)
    del now["country"]
    result = drift("columns", now)
    assert (result.status, result.value) == ("failed", 1.0)
    assert result.evidence == ("country: the rows lack the column",)


def test_without_a_reference_it_is_not_asked() -> None:
    result = run_check("drift", subject="features", tables={"test": table(100)})
    assert result.status == "skipped"
    assert "no data set in the role 'reference'" in str(result.reason)


def test_without_a_target_there_is_none_to_compare() -> None:
    result = run_check(
        "drift", subject="target", tables={"test": table(100), "reference": table(100)}
    )
    assert (result.status, result.reason) == ("undecided", "there is no target to compare")


def test_a_column_that_neither_has_is_a_mistake_in_the_suite() -> None:
    with pytest.raises(UsageError) as error:
        drift("features", table(100), columns=["incom"])
    assert error.value.code == "MG2260"
    assert "did you mean 'income'?" in error.value.message


def answers(rows: int, moved: float = 0.0) -> Predictions:
    score = 1 / (1 + np.exp(-RNG.normal(moved, 1, rows)))
    return Predictions(scores=np.stack([1 - score, score], axis=1))


def predicted(now: Predictions, before: Predictions, **others: Any) -> Result:
    return run_check(
        "drift",
        subject="predictions",
        tables={"test": {"x": [0.0] * len(now)}, "reference": {"x": [0.0] * len(before)}},
        answered={"test": now, "reference": before},
        **others,
    )


def test_answers_as_before_pass_and_others_fail() -> None:
    result = predicted(answers(20_000), answers(20_000), classes=["no", "yes"])
    assert result.status == "passed"
    columns = [line["column"] for line in result.details["columns"]]
    assert sorted(columns) == ["answer", "score of 'yes'"]
    result = predicted(answers(20_000, 0.5), answers(20_000), classes=["no", "yes"])
    assert result.status == "failed"
    assert "score of 'yes'" in result.says
    assert result.says.endswith("one of what the model answers tells harm best.")
    few = answers(90)
    assert predicted(few, few).status == "undecided"


def test_numbers_answered_are_compared_too() -> None:
    def said(moved: float) -> Predictions:
        return Predictions(values=RNG.normal(moved, 1, 20_000))

    assert predicted(said(0), said(0), task="regression").status == "passed"
    result = predicted(said(1), said(0), task="regression")
    assert result.status == "failed"
    assert result.evidence[0].startswith("answer: median ")


def test_answers_that_are_no_numbers_have_shifted() -> None:
    broken = Predictions(values=np.where(RNG.random(5_000) < 0.5, np.nan, 0.0))
    whole = Predictions(values=np.zeros(5_000))
    result = predicted(broken, whole, task="regression")
    assert result.status == "failed"
    assert "missing 0 %" in result.evidence[0]


def test_columns_together_are_told_apart_where_each_looks_as_it_did() -> None:
    def pairs(sign: float) -> dict[str, list[Any]]:
        x = RNG.normal(size=800)
        return {"x": x.tolist(), "y": (sign * x + RNG.normal(0, 0.5, 800)).tolist()}

    def asked(of: str, now: dict[str, list[Any]]) -> Result:
        return run_check("drift", subject=of, tables={"test": now, "reference": pairs(1)})

    result = asked("multivariate", pairs(-1))
    assert result.status == "failed"
    assert result.evidence[0].startswith("all columns together: a classifier tells the two apart")
    assert result.details["auroc"] > 0.8
    assert asked("features", pairs(-1)).status != "failed"
    assert asked("multivariate", {"x": [1.0] * 5, "y": [2.0] * 5}).status == "undecided"
    assert asked("embeddings", pairs(-1)).reason == "no column holds vectors"


def test_columns_together_have_shifted_where_one_is_gone_or_of_another_kind() -> None:
    was = table(300)
    for now, says in (
        ({**was, "income": ["much"] * 300}, "income: holds string, and double in the reference"),
        ({"country": was["country"]}, "income: the rows lack the column"),
    ):
        result = run_check(
            "drift",
            subject="multivariate",
            settings={"columns": ["income", "country"]},
            tables={"test": now, "reference": was},
        )
        assert (result.status, result.value) == ("failed", 1.0)
        assert result.evidence == (says,)


def test_vectors_pass_where_they_point_as_before_and_fail_where_they_do_not() -> None:
    def vectors(moved: float) -> dict[str, Any]:
        made = RNG.normal(size=(3_000, 3)) + np.array([moved, 0, 0])
        return {"it": made}

    def asked(moved: float) -> Result:
        tables: Any = {"test": vectors(moved), "reference": vectors(0)}
        return run_check("drift", subject="embeddings", at_most=0.15, tables=tables)

    assert asked(0).status == "passed"
    assert asked(1.0).status == "failed"


def test_columns_that_the_reference_lacks_are_told() -> None:
    result = drift("columns", {**table(300), "age": [1.0] * 300}, rows=300)
    assert result.details["added"] == ["age"]


def test_columns_together_pass_where_there_are_rows_enough() -> None:
    now, before = table(5_000), table(5_000)
    result = run_check(
        "drift",
        subject="multivariate",
        at_most=0.1,
        tables={"test": now, "reference": before},
        target="churned",
    )
    assert result.status == "passed"


def test_shifted_columns_are_ranked_by_how_much_the_answers_hang_on_them() -> None:
    class Model:
        columns = ("wide", "used")
        facts = Facts("regression")

        def predict(self, inputs: pa.Table) -> Predictions:
            return Predictions(values=np.array(inputs.column("used").to_pylist()))

    def rows(moved: float) -> dict[str, list[Any]]:
        wide, used = RNG.normal(2 * moved, 1, 500), RNG.normal(moved, 1, 500)
        return {"wide": wide.tolist(), "used": used.tolist()}

    now = rows(1.0)
    batch = pa.RecordBatch.from_pydict(now)
    model = Model()
    sample = Sample(
        rows=batch,
        answers=model.predict(pa.Table.from_batches([batch])),
        champion=None,
        truth=np.zeros(500),
        positions=np.arange(500),
        seed=0,
    )
    result = run_check(
        "drift",
        subject="features",
        model=model,
        sample=sample,
        task="regression",
        tables={"test": now, "reference": rows(0.0)},
    )
    assert result.status == "failed"
    first, second = result.details["columns"]
    assert (first["column"], second["column"]) == ("used", "wide")
    assert second["use"] == 0
    assert "the model's answers move by" in result.evidence[0]


def test_a_shift_held_from_below_is_refused() -> None:
    tables = {"test": {"x": [1.0] * 100}, "reference": {"x": [2.0] * 100}}
    with pytest.raises(UsageError, match="write at_most") as error:
        run_check("drift", subject="features", tables=tables, at_least=0.1)
    assert (error.value.code, error.value.exit_code) == ("MG2134", 2)
