"""Models with planted bugs, gated by the suite that `modelgate init` drafts from the champion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import onnx
import pytest

from modelgate.cli import main
from modelgate.counterexamples import is_counterexample


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a candidate.

    Attributes:
        code: the exit code.
        report: as JSON.
        page: what the terminal showed.
    """

    code: int
    report: Mapping[str, Any]
    page: str

    def failed(self, check: str) -> Mapping[str, Any]:
        """The first failed result of a check, such as "invariance case"."""
        return next(
            one
            for one in self.report["results"]
            if one["status"] == "failed" and f"{one['check']} {one['subject']}".startswith(check)
        )

    def measured(self, metric: str) -> tuple[float, float]:
        """A metric of the whole, of the candidate and of the champion."""
        whole = [
            one
            for one in self.report["results"]
            if one["check"] == "metric" and one["subject"] == metric and one["slice"] is None
        ]
        (alone,) = [one for one in whole if one["champion"] is None]
        (versus,) = [one for one in whole if one["champion"] is not None]
        return alone["value"], versus["champion"]


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder with a champion, its drafted suite, and candidates beside it."""

    folder: Path
    target: str
    data: str = "test.csv"

    def draft(self) -> None:
        """Have the suite drafted from `champion.onnx` and the data."""
        words = ("--data", self.data, "--target", self.target)
        code, said = self._run("init", "champion.onnx", *words)
        assert code == 0, said

    @property
    def suite(self) -> Path:
        return self.folder / "suites" / "champion.yaml"

    def judge(self, model: str) -> Verdict:
        """Gate a candidate by the drafted suite."""
        out = self.folder / f"{model}.json"
        reports = ("--report", "terminal", "--report", f"json:{out}")
        code, said = self._run("check", f"{model}.onnx", "--suite", str(self.suite), *reports)
        return Verdict(code, json.loads(out.read_text()), said)

    def _run(self, *words: str) -> tuple[int, str]:
        """Exit code and standard output of the command line, in the folder."""
        said = StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
            patch.chdir(self.folder)
            patch.setenv("COLUMNS", "100")
            code = main(list(words))
        return code, said.getvalue()


def drafted(folder: Path, target: str, models: Mapping[str, Any]) -> Bench:
    """The bench of a folder with the data, models written beside it, and the suite drafted.

    Args:
        folder: with `test.csv`.
        target: the column with the right answers.
        models: name -> ONNX; one is the champion.
    """
    for name, model in models.items():
        onnx.save(model, folder / f"{name}.onnx")
    bench = Bench(folder, target)
    bench.draft()
    return bench


def promoted(verdict: Verdict) -> None:
    """A candidate that nothing speaks against is let through."""
    assert (verdict.code, verdict.report["verdict"]["decision"]) == (0, "promote"), verdict.page


def blocked(verdict: Verdict, check: str, metric: str = "accuracy") -> Any:
    """The counterexample of a candidate that is no worse in numbers, and blocked by a check."""
    candidate, champion = verdict.measured(metric)
    assert candidate >= champion if metric == "accuracy" else candidate <= champion
    assert (verdict.code, verdict.report["verdict"]["decision"]) == (1, "block")
    found = verdict.failed(check)
    shown = [one for one in found["evidence"] if is_counterexample(one)]
    assert shown
    row = shown[0].get("row")
    assert row is None or f"row {row + 1:,}: " in verdict.page
    return shown[0]
