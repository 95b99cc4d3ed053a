"""Row 3: how often an equally good candidate is promoted, with what comes out of the box."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from modelgate import evaluate
from modelgate.aggregates import Floats
from tests.benchmarks.error_card.pool import CHUNK, SEED, Counts, counted
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.tables import UNIT, Tables

ALONE, USUALLY, HELD = 0.95, 0.80, 0.20
ROWS = 1_000
MODELS = 6
"""Equally good models of each kind, a data set."""
KINDS = {
    "seed": "trained again with another seed",
    "swapped": "trained on resampled rows, answers swapped by a coin",
    "sample": "trained on resampled rows",
}
"""Trained again with another seed two models are equally good but for chance, and they differ on
the few rows that tolerances are made for: the goal is for these. On resampled rows they differ on
many more, and one may well be better; where a coin says for each row which of their answers which
model gives, neither is. What becomes of both is told."""
TARGETS = {
    "titanic": "Survived",
    "german_credit": "default",
    "telco_churn": "Churn",
    "penguins": "species",
    "auto_mpg": "mpg",
    "diamonds_5th": "price",
}
NUMBERS = ("auto_mpg", "diamonds_5th")
APART = ("PassengerId", "Name", "Ticket", "Cabin", "customerID", "name", "rownames")
"""Columns that name a row."""
SHARED = Path(__file__).parents[4] / "shared" / "data"
TEST_ROWS = 2_500
"""Most rows that are kept for the test, of data sets that have more to train on."""


@dataclass(frozen=True, slots=True)
class Case:
    """A data set, and why two models of it differ."""

    name: str
    kind: str


def folder() -> Path:
    """Where the real data sets are."""
    return Path(os.environ.get("MODELGATE_SHARED", SHARED)) / "tabular"


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Promotions of equal models: of a suite of one question, and of the ready-made suites."""
    for apart in (0.01, 0.03, 0.05):
        found = Tables(2_000, 0.02).chance_of_promotion(apart, 0.0)
        exact = round(found * UNIT) / UNIT
        name = f"accuracy alone, margin 2 points, n=2000, {apart:.0%} differ: promoted"
        yield Rate(cell=name, exact=exact, goal=ALONE, at_least=True)
    if not folder().is_dir():
        return
    names = TARGETS if long else ("penguins",)
    cells = [(f"{name}, {KINDS[kind]}", Case(name, kind)) for name in names for kind in KINDS]
    times = min(runs, CHUNK)
    for name, case, counts in counted(count, cells, runs=times, processes=processes):
        promoted, held, blocked = counts.tolist()
        told = f"ready-made suite, n={ROWS}, {name}"
        equal = case.kind == "seed"
        yield Rate(
            cell=f"{told}: promoted",
            count=promoted,
            runs=times,
            goal=USUALLY if equal else None,
            at_least=True,
        )
        yield Rate(cell=f"{told}: held", count=held, runs=times, goal=HELD if equal else None)
        yield Rate(cell=f"{told}: blocked", count=blocked, runs=times)


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """Promotions, holds and blocks of one of two such models against the other."""
    truth, answers = _models(case.name, resampled=case.kind != "seed")
    decisions = []
    for _ in range(runs):
        rows = rng.choice(len(truth), ROWS, replace=len(truth) < ROWS)
        one, two = (answers[place][rows] for place in rng.choice(len(answers), 2, replace=False))
        if case.kind == "swapped":
            # A toss for each row drawn: a row that is drawn twice is two rows of one law.
            coin = (rng.random(ROWS) < 0.5).reshape(-1, *[1] * (one.ndim - 1))
            one, two = np.where(coin, one, two), np.where(coin, two, one)
        decisions.append(_decision(truth[rows], one, two))
    return np.array([decisions.count(each) for each in ("promote", "hold", "block")])


def _decision(truth: Any, candidate: Floats, champion: Floats) -> str:
    import pandas as pd

    frame = pd.DataFrame({"row": np.arange(len(truth)), "answer": truth})

    def answering(answers: Floats) -> Any:
        def model(asked: Any) -> Floats:
            found: Floats = answers[asked["row"].to_numpy()]
            return found

        return model

    asked = {"data": frame, "target": "answer", "champion": answering(champion)}
    return evaluate(answering(candidate), **asked).verdict.decision


@cache
def _models(data: str, *, resampled: bool) -> tuple[Any, list[Floats]]:
    """The right answers of the test rows, and what each model says of them.

    Of small data sets every row is answered by models that have not seen it (five folds).
    """
    import pandas as pd
    from sklearn.model_selection import KFold

    table = pd.read_csv(folder() / f"{data}.csv", na_values=["", " "])
    table = table.dropna(subset=[TARGETS[data]])
    truth = table.pop(TARGETS[data]).to_numpy()
    if data not in NUMBERS:
        truth = np.unique(truth, return_inverse=True)[1]  # the models' scores are in this order
    table = table.drop(columns=[name for name in APART if name in table])
    rng = np.random.default_rng([SEED, *data.encode()])
    order = rng.permutation(len(table))
    table, truth = _coded(table.iloc[order]), truth[order]
    if len(table) > 2 * TEST_ROWS:
        parts = [(np.arange(TEST_ROWS, len(table)), np.arange(TEST_ROWS))]
        truth_of_test = truth[:TEST_ROWS]
    else:
        parts = list(KFold(5).split(table))
        truth_of_test = truth
    return truth_of_test, [
        np.concatenate([_answers(data, table, truth, part, seed, resampled) for part in parts])
        for seed in range(MODELS)
    ]


def _coded(table: Any) -> Any:
    import pandas as pd

    words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    coded: Any = pd.get_dummies(table, columns=words).astype(float)
    return coded.fillna(coded.median()).to_numpy()


def _answers(
    data: str, table: Any, truth: Any, part: tuple[Any, Any], seed: int, resampled: bool
) -> Floats:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    train, test = part
    if resampled:
        train = np.random.default_rng(seed).choice(train, len(train))
    forest = RandomForestRegressor if data in NUMBERS else RandomForestClassifier
    model = forest(200, min_samples_leaf=3, random_state=0 if resampled else seed)
    model.fit(table[train], truth[train])
    found: Floats = (model.predict if data in NUMBERS else model.predict_proba)(table[test])
    return found
