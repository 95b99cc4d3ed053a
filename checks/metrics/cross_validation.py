from typing import Annotated

import numpy as np

from modelgate import Bench, Facts, Outcome, Sample, check
from modelgate.errors import UnaskedError
from modelgate.metrics.folds import OF_CLASSES, Scored, folds_of, scores_of
from modelgate.metrics.table import known
from modelgate.setting import Between
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.resampled import corrected


@check(
    family="metrics",
    subject="metric",
    severity="major",
    example=("cross_validation: accuracy", "at_least: 0.9"),
)
def cross_validation(
    bench: Bench,
    sample: Sample,
    facts: Facts,
    *,
    metric: Scored,
    folds: Annotated[int, Between(2, 20)] = 5,
    repeats: Annotated[int, Between(1, 20)] = 3,
) -> Outcome:
    """The way the model was made works on these rows, not this one fit of it alone.

    A fitted model is one draw: another training set would have made another. The estimator of a
    `.skops` file is cloned, unfitted, and fitted again on all folds but one, which it then answers;
    every row is answered once a repeat. At most 2,000 sampled rows take part, one of a group where
    rows belong together (`group:`), and classes are spread evenly over the folds. The fits are done
    in a process of their own, which gets the labels and ends with the check. Mostly asked of the
    training set: `data: reference`.

    Measures: the mean of the metric over all folds, of models fitted on (folds - 1) / folds of the
        rows: a little worse than one that has learnt all of them.
    Settings: metric, which one. folds, how many. repeats, how often they are dealt.
    Source: C. Nadeau and Y. Bengio (2003), "Inference for the generalization error", Machine
        Learning 52, 239-281, https://doi.org/10.1023/A:1024068626366
    """
    known(metric, facts)
    _refuse_others(bench)
    rows, shares = len(sample), metric in OF_CLASSES
    classes = sample.truth if facts.task == "classification" else None
    dealt = folds_of(rows, folds=folds, repeats=repeats, seed=sample.seed, classes=classes)
    answers = bench.refitted(sample.rows, sample.truth, dealt, seed=sample.seed)
    scores = scores_of(metric, sample.truth, answers, dealt)
    span = 1.0 if shares else float(np.ptp(sample.truth))

    def at(level: float) -> Interval:
        return corrected(
            scores,
            tested=1 / folds,
            rows=rows,
            span=span,
            low=0.0,
            high=1.0 if shares else float("inf"),
            level=level,
        )

    finite = bool(np.isfinite(scores).all())
    return Outcome(
        value=float(scores.mean()),
        interval=at(LEVEL) if finite else None,
        at=at if finite else None,
        better="higher" if shares else "lower",
        unit="share" if shares else "target",
        n=rows,
        lowest=0.0,
        highest=1.0 if shares else None,
        method=f"corrected resampled t, {repeats} x {folds} folds",
        details={"scores": scores.tolist(), "folds": folds, "repeats": repeats},
    )


def _refuse_others(bench: Bench) -> None:
    """Only what can be cloned unfitted is fitted again.

    Raises:
        UnaskedError: MG2198, the model is of another format, or something prepares its rows.
    """
    if bench.artifact.format != "sklearn" or bench.artifact.prepare is not None:
        raise UnaskedError(
            "MG2198",
            "only an estimator of scikit-learn that takes the columns as they are can be fitted"
            " again",
            hint="save the whole pipeline with `skops.io.dump(pipeline, 'model.skops')`",
        )
