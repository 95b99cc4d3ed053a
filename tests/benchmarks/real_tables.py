"""`python -m tests.benchmarks.real_tables`: what becomes of copies, equal and worse candidates.

On each real table a champion is trained, and judged by the ready-made suite beside it: a byte copy
under another digest (through the whole engine, as a file), candidates trained again with other
seeds, and candidates that are five points worse (in accuracy, or in R2), as predictions.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import modelgate
from modelgate.options import Options
from modelgate.report import Report

WORSE = 0.05
CLASSIFIERS = {
    "titanic": ("titanic.csv", "Survived", ("PassengerId", "Name", "Ticket", "Cabin")),
    "german_credit": ("german_credit.csv", "default", ()),
    "telco_churn": ("telco_churn.csv", "Churn", ("customerID", "TotalCharges")),
    "penguins": ("penguins.csv", "species", ()),
}
REGRESSORS = {
    "auto_mpg": ("auto_mpg.csv", "mpg", ("name",)),
    "diamonds": ("diamonds_5th.csv", "price", ()),
}
TABLES = {**CLASSIFIERS, **REGRESSORS}
HELD = {"penguins": 0.9, "auto_mpg": 0.8, "titanic": 0.5}
"""Share of the rows that is kept for the test, so that 300 remain of small tables; else two
fifths."""


@dataclass(frozen=True)
class Table:
    """A real table, split; features as numbers.

    Attributes:
        name: of the table.
        known, labels: what models are trained on.
        held, truth: what they are judged by.
    """

    name: str
    known: NDArray[np.float32]
    labels: NDArray[Any]
    held: NDArray[np.float32]
    truth: NDArray[Any]

    @property
    def classifies(self) -> bool:
        return self.name in CLASSIFIERS

    def fit(self, seed: int) -> Any:
        """A model as one would train it; the seed decides what chance decides in training."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        kind = RandomForestClassifier if self.classifies else RandomForestRegressor
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return kind(100, min_samples_leaf=3, random_state=seed).fit(self.known, self.labels)

    def answers(self, model: Any) -> pd.DataFrame:
        """Its answers to the held rows: one column, or one score a class."""
        if not self.classifies:
            return pd.DataFrame({"value": model.predict(self.held)})
        return pd.DataFrame(
            model.predict_proba(self.held), columns=[f"p{label}" for label in model.classes_]
        )

    def worse(self, answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """Five points less: right answers turned wrong, or noise that takes as much of R2."""
        found = answers.copy()
        if not self.classifies:
            noise = rng.standard_normal(len(found)) * np.sqrt(WORSE) * self.truth.std()
            found["value"] += noise
            return found
        classes = np.array([str(label) for label in np.unique(self.labels)])
        right = np.flatnonzero(classes[found.to_numpy().argmax(axis=1)] == self.truth.astype(str))
        lost = rng.choice(right, round(WORSE * len(found)), replace=False)
        scores = found.to_numpy(copy=True)
        scores[lost] = np.roll(scores[lost], 1, axis=1)
        return pd.DataFrame(scores, columns=answers.columns)

    def judged(self, candidate: pd.DataFrame, champion: pd.DataFrame) -> Report:
        """The ready-made suite, on predictions."""
        new = candidate.add_prefix("new_")
        old = champion.add_prefix("old_")
        rows = pd.concat([new, old, pd.DataFrame({"truth": self.truth})], axis=1)
        return modelgate.evaluate(
            "columns:" + ",".join(new.columns),
            champion="columns:" + ",".join(old.columns),
            data=rows,
            target="truth",
            suite="classification" if self.classifies else "regression",
        )

    def copied(self, folder: Path) -> Report:
        """A byte copy of the champion, whose file differs in a name that nobody reads."""
        from skl2onnx import to_onnx

        model = to_onnx(
            self.fit(0),
            self.known[:1],
            options={"zipmap": False} if self.classifies else None,
            target_opset={"": 17, "ai.onnx.ml": 3},
        ).SerializeToString()
        (folder / "champion.onnx").write_bytes(model)
        (folder / "copy.onnx").write_bytes(model + b"\x12\x05again")  # producer_name
        columns = [f"x{place}" for place in range(self.held.shape[1])]
        rows = pd.DataFrame(self.held, columns=columns).assign(truth=self.truth)
        return modelgate.evaluate(
            folder / "copy.onnx",
            champion=folder / "champion.onnx",
            data=rows,
            target="truth",
            options=Options(cache=False),
        )


def load(name: str, folder: Path) -> Table:
    """A table of the folder, its features as numbers, split by a fixed seed."""
    from sklearn.model_selection import train_test_split

    file, target, drop = TABLES[name]
    rows = pd.read_csv(folder / file).drop(columns=list(drop)).dropna(subset=[target])
    features = pd.get_dummies(rows.drop(columns=[target]), dummy_na=False).astype(np.float32)
    features = features.fillna(features.mean())
    truth = rows[target].to_numpy()
    if name in CLASSIFIERS:  # numbered, as the columns of scores are
        truth = np.unique(truth.astype(str), return_inverse=True)[1]
    parts = train_test_split(
        features.to_numpy(), truth, test_size=HELD.get(name, 0.4), random_state=0
    )
    return Table(name, parts[0], parts[2], parts[1], parts[3])


def tries(table: Table, count: int) -> Iterator[tuple[str, Report]]:
    """Candidates of both kinds, each with what becomes of it."""
    champion = table.answers(table.fit(0))
    rng = np.random.default_rng(0)
    for seed in range(1, count + 1):
        yield "equal", table.judged(table.answers(table.fit(seed)), champion)
        yield "worse", table.judged(table.worse(champion, rng), champion)


def study(name: str, folder: Path, count: int) -> tuple[str, int, str, dict[str, Counter[str]]]:
    """One table: rows, what becomes of a copy, and how many of each kind end how."""
    table = load(name, folder)
    with TemporaryDirectory() as place:
        copy = table.copied(Path(place)).verdict.decision
    found: dict[str, Counter[str]] = {"equal": Counter(), "worse": Counter()}
    for kind, report in tries(table, count):
        found[kind][report.verdict.decision] += 1
    return name, len(table.truth), copy, found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Print a line a table; ends with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with the six tables as CSV")
    parser.add_argument("--tries", type=int, default=100)
    given = parser.parse_args()
    missed = 0
    _say(f"{'table':14} {'rows':>6}  {'copy':8} {'equal: promote/hold/block':27} worse")
    with get_context("spawn").Pool(2) as pool:
        jobs = [pool.apply_async(study, (name, given.folder, given.tries)) for name in TABLES]
        judge: Callable[[Counter[str]], str] = lambda one: "/".join(  # noqa: E731
            str(one[end]) for end in ("promote", "hold", "block")
        )
        for job in jobs:
            name, rows, copy, found = job.get()
            bad = (rows >= 300 and copy != "promote") + (
                found["equal"]["block"] > 0.03 * given.tries
            )
            bad += found["worse"]["promote"] > 0
            bad += rows >= 2000 and found["worse"]["block"] < given.tries
            missed += bad
            mark = "MISSED" if bad else ""
            _say(
                f"{name:14} {rows:6,}  {copy:8} {judge(found['equal']):27}"
                f" {judge(found['worse']):12} {mark}"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
