from pathlib import Path
from typing import Literal

import numpy as np

from modelgate import Bench, Facts, Interval, Outcome, Predictions, Sample, check
from modelgate.aggregates import Batch
from modelgate.artifact.told import Most
from modelgate.behaviour.answers import said, shown
from modelgate.behaviour.shares import share_of_wrong
from modelgate.errors import ModelError
from modelgate.metrics.measure import Compared, Metric
from modelgate.metrics.table import known, options_for
from modelgate.stats.inversion import IntervalAt


@check(
    family="artifact",
    subject="quantization_loss",
    severity="major",
    example=("quantization_loss: flips", "original: model_fp32.onnx", "at_most: 1%"),
)
def quantization_loss(
    sample: Sample,
    facts: Facts,
    bench: Bench | None,
    *,
    quantization_loss: Literal[
        "flips",
        "accuracy",
        "balanced_accuracy",
        "f1",
        "mcc",
        "auroc",
        "log_loss",
        "brier",
        "mae",
        "rmse",
    ],
    original: Path,
    evidence: Most = 5,
) -> Outcome:
    """What was gained in size and speed was not paid for in answers.

    The model on trial is a smaller form of another one: quantised, pruned, distilled. Both answer
    the same sampled rows, and what the small one loses is told with the interval of a paired
    comparison: a loss above the limit has to be ruled out for a pass.

    Measures: how much worse a metric is than the original's, in its own unit; or the share of rows
        that the two answer with another class (flips).
    Settings: quantization_loss, which. original, the file of the model before. evidence, how many
        rows it holds.
    Source: of pairs: Tango (1998), DeLong et al. (1988), Hall (1992); flips: Yan et al. (2021),
        "Positive-congruent training", CVPR.
    """
    if bench is None:
        raise ModelError("MG3192", "there is no file of the model beside which another could run")
    before = bench.predict_by(original, sample.rows)
    _refuse_no_answers(before)
    if quantization_loss == "flips":
        return _flips(facts, sample, before, evidence)
    metric = known(quantization_loss, facts)
    compared = _compared(facts, metric, sample, before)
    return _loss(metric, compared, _flipped(facts, sample, before, evidence))


def _refuse_no_answers(before: Predictions) -> None:
    """A loss of nothing cannot be measured.

    Raises:
        ModelError: MG3193, the original answers some rows with no class or finite number.
    """
    kept = np.ones(len(before), np.bool_)
    for numbers in (before.scores, before.values):
        if numbers is not None:
            kept &= np.isfinite(numbers.reshape(len(before), -1)).all(axis=1)
    if before.labels is not None:
        kept &= before.labels >= 0
    if not kept.all():
        raise ModelError(
            "MG3193", f"the original answers {int((~kept).sum())} rows with no class or number"
        )


def _flips(facts: Facts, sample: Sample, before: Predictions, evidence: int) -> Outcome:
    if facts.task != "classification":
        known("accuracy", facts)  # which says that this is no question of numbers
    mine, its = sample.answers.labels, before.labels
    assert mine is not None
    assert its is not None
    rows, differ = len(sample), int((mine != its).sum())
    return share_of_wrong(
        differ,
        rows,
        evidence=_flipped(facts, sample, before, evidence),
    )


def _compared(facts: Facts, metric: Metric, sample: Sample, before: Predictions) -> Compared:
    """The metric of both, as a comparison with a champion has it."""
    assert metric.pair is not None
    assert metric.compare is not None
    aggregate = metric.pair.make(facts)
    numbers = facts.task == "regression"
    answer, other = (one.values if numbers else one.labels for one in (sample.answers, before))
    assert answer is not None
    assert other is not None
    batch = Batch(
        truth=sample.truth,
        answer=answer,
        scores=_floats(sample.answers.scores),
        row=sample.positions,
        champion_answer=other,
        champion_scores=_floats(before.scores),
    )
    aggregate.add(batch)
    return metric.compare(aggregate, options_for(metric, facts))


def _loss(metric: Metric, compared: Compared, evidence: tuple[object, ...]) -> Outcome:
    apart = compared.difference
    if apart is None and compared.value is not None and compared.champion is not None:
        apart = compared.value - compared.champion
    upward = metric.better == "higher"
    at = compared.at
    return Outcome(
        value=None if apart is None else (-apart if upward else apart),
        interval=_turned(compared.interval) if upward else compared.interval,
        at=_turned_at(at) if upward and at is not None else at,
        better="lower",
        unit=metric.unit,
        n=compared.n,
        minimum=compared.minimum,
        lowest=-1.0 if metric.highest == 1.0 else None,
        highest=1.0 if metric.highest == 1.0 else None,
        method=compared.method,
        reason=compared.reason,
        evidence=evidence,
        details={"candidate": compared.value, "original": compared.champion},
    )


def _turned(interval: Interval | None) -> Interval | None:
    return None if interval is None else Interval(-interval.high, -interval.low, interval.level)


def _turned_at(at: IntervalAt) -> IntervalAt:
    def turned(level: float) -> Interval:
        found = at(level)
        return Interval(-found.high, -found.low, level)

    return turned


def _flipped(
    facts: Facts, sample: Sample, before: Predictions, most: int
) -> tuple[dict[str, object], ...]:
    """Rows that the original answers rightly and its smaller form does not."""
    mine, its = sample.answers.labels, before.labels
    if facts.task == "regression" or mine is None or its is None:
        return ()
    broken = np.flatnonzero((its == sample.truth) & (mine != sample.truth))[:most].tolist()
    columns = tuple(sample.rows.schema.names)
    return tuple(
        {
            "type": "input",
            "row": int(sample.positions[row]),
            "input": shown(sample.rows, row, columns),
            "by": "its smaller form",
            "was": said(facts, before, row),
            "answer": said(facts, sample.answers, row),
        }
        for row in broken
    )


def _floats(scores: np.ndarray | None) -> np.ndarray | None:
    return None if scores is None else np.asarray(scores, dtype=np.float64)
