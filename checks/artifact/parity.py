from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from modelgate import Bench, Facts, Outcome, Predictions, Probe, Sample, check
from modelgate.aggregates.answers import Answers
from modelgate.artifact.parity import ATOL, RTOL, Apart, Tolerance, of_outputs, of_predictions
from modelgate.artifact.told import Most
from modelgate.behaviour.answers import said, shown
from modelgate.behaviour.shares import share_of_wrong
from modelgate.benching.answers_file import read_answers
from modelgate.cells import index_of
from modelgate.errors import ModelError, UsageError
from modelgate.model import Backend
from modelgate.setting import Between

BY: dict[str, tuple[Backend, str, int]] = {
    "optimisation": ("unoptimised", "onnxruntime without its optimisations", 2_000),
    "reference": ("reference", "onnx's reference evaluator", 300),
    "openvino": ("openvino", "OpenVINO", 2_000),
}


@check(family="artifact", subject="parity", severity="major", at_most=0.01)
def parity(
    probe: Probe,
    answers: Answers,
    bench: Bench | None,
    facts: Facts | None,
    sample: Sample | None,
    *,
    parity: Literal["optimisation", "reference", "openvino", "source"],
    predictions: Path | None = None,
    rows: Annotated[int, Between(1, 2_000)] | None = None,
    atol: Annotated[float, Between(0, 1e12)] = ATOL,
    rtol: Annotated[float, Between(0, 1)] = RTOL,
    evidence: Most = 5,
) -> Outcome:
    """The model answers the same, whatever program runs its file.

    The sampled rows are answered once more: without onnxruntime's optimisations, by the reference
    evaluator of the package onnx, by OpenVINO, or in `predictions:` by the framework that trained
    the model. A row differs where its label is another, or a score or value lies beyond
    `atol + rtol |b|`. Without labelled rows the raw outputs for the first rows, or for made-up
    ones, are compared. A program that cannot run the model keeps the gate shut, and says why.

    Measures: the share of rows that differ; exact bounds where the rows are a sample.
    Settings: parity, which other program. predictions, the file of answers for `source`: as many
        rows as the data, one column of labels or values, or one of scores for each class. rows,
        that are asked about at most: 2,000, by the slow reference evaluator 300. atol and rtol, the
        tolerance. evidence, how many rows it holds.
    Source: Q. Guo et al. (2019), "An empirical study towards characterizing deep learning
        development and deployment across different frameworks and platforms", ASE; Clopper and
        Pearson (1934).
    """
    within = Tolerance(atol=atol, rtol=rtol)
    if (parity == "source") != (predictions is not None):
        says = "`parity: source` needs `predictions: FILE`, and no other one takes it"
        raise UsageError("MG2196", says)
    if parity == "source":
        assert predictions is not None
        if sample is None or facts is None:
            raise ModelError("MG3192", "answers of the source framework need labelled rows")
        given = read_answers(predictions, facts, answers.rows)
        part = taken(sample, rows or 2_000)
        told = given.take(sample.positions[part])
        name = "the source framework"
        return _of_sample(facts, sample, part, told, within=within, name=name, evidence=evidence)
    backend, name, usual = BY[parity]
    if bench is None:
        raise ModelError("MG3192", f"there is no file of the model that {name} could run")
    if sample is None or facts is None:
        asked = min(rows or usual, probe.rows)
        seen = probe.seen if asked == probe.rows else probe.outputs(asked)
        return _of_outputs(of_outputs(bench.outputs(backend, asked), seen, within), name)
    part = taken(sample, rows or usual)
    other = bench.predict(backend, sample.rows.take(index_of(part)))
    return _of_sample(facts, sample, part, other, within=within, name=name, evidence=evidence)


def taken(sample: Sample, rows: int) -> np.ndarray:
    """At most so many of the sample's rows, in their order."""
    if rows >= len(sample):
        return np.arange(len(sample))
    chosen = np.random.default_rng(sample.seed).choice(len(sample), rows, replace=False)
    return np.sort(chosen)


def _of_sample(
    facts: Facts,
    sample: Sample,
    part: np.ndarray,
    other: Predictions,
    *,
    within: Tolerance,
    name: str,
    evidence: int,
) -> Outcome:
    mine = sample.answers.take(part)
    apart = of_predictions(other, mine, within)
    rows, differ = len(part), int(apart.rows.sum())
    columns = tuple(sample.rows.schema.names)
    return share_of_wrong(
        differ,
        rows,
        evidence=tuple(
            {
                "type": "input",
                "row": int(sample.positions[part[row]]),
                "input": shown(sample.rows, int(part[row]), columns),
                "by": name,
                "was": _said(facts, mine, other, row),
                "answer": _said(facts, other, mine, row),
                "apart": _finite(float(apart.largest[row])),
            }
            for row in apart.worst(evidence)
        ),
        details=_details(apart, name),
    )


def _said(facts: Facts, answers: Predictions, others: Predictions, row: int) -> object:
    """An answer, with the score that lies farthest from the other one's."""
    label = said(facts, answers, row)
    if answers.scores is None or others.scores is None:
        return label
    apart = np.abs(answers.scores[row] - others.scores[row])
    if not np.isfinite(apart).all():
        return label
    place = int(apart.argmax())
    score = f"{answers.scores[row, place]:.6g}"
    named = facts.classes[place]
    return f"{label} ({score})" if named == label else f"{label} ({named}: {score})"


def _of_outputs(apart: Apart, name: str) -> Outcome:
    return Outcome(
        value=float(apart.rows.mean()) if len(apart.rows) else None,
        better="lower",
        kind="exact",
        n=len(apart.rows),
        method="raw outputs of the first rows",
        reason=None if len(apart.rows) else "there is no row to ask about",
        evidence=tuple({"type": "row", "row": row} for row in apart.worst(5)),
        details=_details(apart, name),
    )


def _details(apart: Apart, name: str) -> dict[str, object]:
    return {
        "by": name,
        "flipped": int(apart.flipped.sum()),
        "beyond_tolerance": int(apart.beyond.sum()),
        "largest": _finite(float(apart.largest.max(initial=0.0))),
    }


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
