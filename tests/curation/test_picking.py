"""Which rows are picked: by disagreement, by doubt, in turns from classes and slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modelgate.curation import DISAGREE, SPREAD, UNSURE, Curated, curate
from modelgate.errors import ModelError, UsageError

ROWS = 20_000  # several blocks


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    country = np.where(np.arange(ROWS) % 10 == 0, "BR", "DE")
    return pd.DataFrame({"x": rng.normal(size=ROWS), "country": country, "y": [None] * ROWS})


def by_threshold(at: float) -> Callable[[pd.DataFrame], Any]:
    def model(frame: pd.DataFrame) -> Any:
        score = 1 / (1 + np.exp(-2 * (frame["x"].to_numpy() - at)))
        return np.stack([1 - score, score], axis=1)

    return model


def picked(rows: Any, budget: int, *at: float, **others: Any) -> Curated:
    return curate(rows, [by_threshold(one) for one in at], budget, target="y", **others)


def test_all_disagreements_come_before_any_doubt(rows: pd.DataFrame) -> None:
    found = picked(rows, 3000, 0.0, 0.2)
    between = np.flatnonzero((rows["x"] >= 0.0) & (rows["x"] < 0.2))
    assert found.apart == len(between) == found.counts[DISAGREE]
    reasons = [one.reason for one in found.picked]
    assert reasons == sorted(reasons, key=[DISAGREE, UNSURE, SPREAD].index)
    assert sorted(one.row for one in found.picked if one.reason == DISAGREE) == between.tolist()
    assert {one.said for one in found.picked if one.reason == DISAGREE} == {(1, 0)}


def test_doubts_are_the_closest_calls_of_each_class_in_turns(rows: pd.DataFrame) -> None:
    found = picked(rows, 101, 1.0)
    x = rows["x"].to_numpy()
    above = sorted(np.flatnonzero(x >= 1.0).tolist(), key=lambda row: x[row])
    below = sorted(np.flatnonzero(x < 1.0).tolist(), key=lambda row: -x[row])
    chosen = [one.row for one in found.picked]
    assert set(chosen) in ({*above[:50], *below[:51]}, {*above[:51], *below[:50]})
    assert {chosen[0], chosen[1]} == {above[0], below[0]}


def test_slices_take_turns(rows: pd.DataFrame) -> None:
    found = picked(rows, 200, 0.0, 0.2, by=["country"])
    place = found.columns.index("country")

    def countries(some: Curated) -> Counter[str]:
        return Counter(one.values[place] for one in some.picked)  # noqa: PD011 (no frame of pandas)

    assert countries(found) == {"BR": 100, "DE": 100}
    assert countries(picked(rows, 200, 0.0, 0.2))["BR"] < 40


def test_of_too_many_disagreements_any_may_be_picked(rows: pd.DataFrame) -> None:
    """The rows that are picked are a sample of those that could be: of the same mean."""
    found = picked(rows, 400, -1.0, 1.0)
    x = rows["x"].to_numpy()
    inside = x[(x >= -1) & (x < 1)]
    mean = np.mean([x[one.row] for one in found.picked])
    assert abs(mean - inside.mean()) < 4 * inside.std() / 20
    assert found.left == found.apart - 400
    other = picked(rows, 400, -1.0, 1.0, seed=1)
    assert len({one.row for one in found.picked} & {one.row for one in other.picked}) < 50


def test_the_same_rows_however_they_are_stored(rows: pd.DataFrame, tmp_path: Path) -> None:
    rows.to_csv(tmp_path / "rows.csv", index=False)
    one, other = (picked(data, 50, 0.0, 0.2) for data in (rows, tmp_path / "rows.csv"))
    assert [a.row for a in one.picked] == [b.row for b in other.picked]
    assert other.columns == ("x", "country")


def test_labels_without_scores_are_spread_by_chance(rows: pd.DataFrame) -> None:
    def words(frame: pd.DataFrame) -> Any:
        return np.where(frame["x"].to_numpy() > 1.5, "rare", "usual").astype(object)

    found = curate(rows, [words], 100, target="y")
    assert found.counts == {DISAGREE: 0, UNSURE: 0, SPREAD: 100}
    assert Counter(one.said[0] for one in found.picked) == {"rare": 50, "usual": 50}


def worded(first: str, second: str, at: float) -> Callable[[pd.DataFrame], Any]:
    def model(frame: pd.DataFrame) -> Any:
        return np.where(frame["x"].to_numpy() > at, second, first).astype(object)

    return model


def test_no_and_yes_are_0_and_1(rows: pd.DataFrame) -> None:
    found = curate(rows, [by_threshold(0.0), worded("no", "yes", 0.2)], 5000, target="y")
    between = int(((rows["x"] >= 0.0) & (rows["x"] <= 0.2)).sum())
    assert found.apart == between
    assert {word for one in found.picked for word in one.said} == {"no", "yes"}


def test_other_words_have_to_be_explained(rows: pd.DataFrame) -> None:
    models = [by_threshold(0.0), worded("stay", "leave", 0.2)]
    with pytest.raises(ModelError, match=r"MG3157 .* answers with 'leave', 'stay' and 'model'|"
                       r"MG3157 .* answers with 'stay', 'leave' and 'model'"):  # fmt: skip
        curate(rows, models, 50, target="y")


def test_a_suite_says_what_the_numbers_are(rows: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(
        "model: {classes: [stay, leave]}\ndata: {test: {target: y}}\n"
        "checks: [{metric: accuracy, margin: 0.01}]",
        "utf-8",
    )
    models = [by_threshold(0.0), worded("stay", "leave", 0.2)]
    found = curate(rows, models, 5000, suite=path)
    assert found.target == "y"
    assert found.apart == int(((rows["x"] >= 0.0) & (rows["x"] <= 0.2)).sum())


def test_rows_without_an_answer_or_with_a_label_are_counted_and_left(rows: pd.DataFrame) -> None:
    def gaps(frame: pd.DataFrame) -> Any:
        answers = by_threshold(0.2)(frame)
        answers[frame["x"].to_numpy() < -2] = np.nan
        return answers

    some = rows.assign(y=np.where(np.arange(ROWS) < 500, "1", ""))
    found = curate(some, [by_threshold(0.0), gaps], ROWS, target="y")
    x = rows["x"].to_numpy()
    assert found.labelled == 500
    assert found.unanswered == int((x[500:] < -2).sum())
    assert found.apart + found.apart_labelled == int(((x >= 0) & (x < 0.2)).sum())
    assert len(found.picked) == ROWS - 500 - found.unanswered
    assert min(one.row for one in found.picked) >= 500


@pytest.mark.parametrize("budget", [40, 2000])
def test_what_is_said_to_be_ruled_out_is_ruled_out(budget: int) -> None:
    """Two equally good models, many times: the comparison by these labels keeps the promise."""
    from modelgate.stats.paired import paired_share

    rng = np.random.default_rng(budget)
    n = 4000
    apart = rng.random(n) < 0.03
    table = pd.DataFrame({"a": rng.integers(0, 2, n), "y": [None] * n})
    table["b"] = np.where(apart, 1 - table["a"], table["a"])
    found = curate(table, ["columns:a", "columns:b"], budget, target="y")
    drop = found.rules_out
    assert drop is not None
    known = int(apart.sum()) - found.left
    kept = 0
    for _ in range(400):
        gains = int(rng.binomial(known, 0.5))
        low = paired_share(gains, known - gains + found.left, n).low
        kept += low > -drop - 1e-12
    assert 0.74 <= kept / 400 <= 0.9


def test_columns_of_tensors_are_left_out() -> None:
    images = np.random.default_rng(0).random((40, 3))

    def model(frame: pd.DataFrame) -> Any:
        return np.stack([np.ones(len(frame)) * 0.6, np.ones(len(frame)) * 0.4], axis=1)

    found = curate({"image": images, "name": np.arange(40)}, [model], 5)
    assert found.columns == ("name",)
    assert found.left_out == ("image",)


def test_too_many_models(rows: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="MG2090 name 1 to 16 models"):
        picked(rows, 5, *np.linspace(0, 1, 17))
