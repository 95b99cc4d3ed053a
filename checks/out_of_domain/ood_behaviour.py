from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate import Model, Outcome, Sample, check
from modelgate.behaviour.answers import said, shown
from modelgate.behaviour.shares import share_of_wrong
from modelgate.cells import index_of
from modelgate.errors import UnaskedError, UsageError
from modelgate.out_of_domain.made import made as make
from modelgate.predictions import Predictions
from modelgate.stats.interval import LEVEL
from modelgate.stats.unpaired import Lot, means_apart
from modelgate.surveys import Of
from modelgate.surveys.row_sample import AnsweredRows

MOST = 500
"""Rows of the domain that inputs are made from."""
SHOWN = 3

Flags = NDArray[np.bool_]


@check(
    family="out_of_domain",
    subject="measure",
    severity="major",
    example=("ood_behaviour: confident", "made: far_noise", "at_most: 5%"),
    unit="share",
)
def ood_behaviour(
    model: Model,
    sample: Sample,
    elsewhere: Annotated[AnsweredRows, Of(setting="ood")] | None,
    *,
    measure: Literal[
        "confident",
        "confidence_drop",
        "abstention",
        "abstention_inside",
        "out_of_range",
        "not_finite",
    ],
    made: Literal[
        "far_noise", "blank", "constant", "shuffled_columns", "other_language", "inverted_images"
    ]
    | None = None,
    ood: str | None = None,
    sure: float = 0.9,
    abstain: str | None = None,
    slack: float = 0.5,
) -> Outcome:
    """On inputs that are none of its business, the model does not pretend to know.

    Noise, an empty text, a photograph in place of a digit: every input gets an answer, and nothing
    in the answer says that the question made no sense, unless the model is less sure. The inputs
    are rows of a data set (`ood`, which needs no labels), or are made from 500 rows of the domain
    (`made`): far_noise, numbers ten to a hundred spreads off, random letters, random pixels; blank,
    zeros, empty texts, dark images; constant, one number, one word, one grey; shuffled_columns,
    each column, word or pixel in another's place; other_language; inverted_images.
    Linear models, networks and naive Bayes are surest where they know least: ask this of far_noise
    only where you built something against it, and of shuffled_columns where images or texts are
    shuffled; most rows of a shuffled table are ordinary ones.

    Measures: confident, the share of these inputs whose best probability is `sure` or more;
        confidence_drop, how much lower the mean best probability is than in the domain; abstention,
        the share that is answered with the class `abstain`, or with no probability as high as
        `sure`; abstention_inside, the same share of the domain, where neither `made` nor `ood` is
        written; out_of_range, the share of numbers answered outside the range of the targets
        seen, wider by `slack` of it at both ends; not_finite, the inputs answered with NaN or
        infinity.
    Settings: measure, which of these. made, or ood: where the inputs come from. sure, a
        probability. abstain, a class. slack, of the range.
    Source: M. Hein, M. Andriushchenko, J. Bitterwolf (2019), "Why ReLU networks yield
        high-confidence predictions far away from the training data and how to mitigate the
        problem", CVPR.
    """
    given = sum(one is not None for one in (made, ood))
    if given != (measure != "abstention_inside"):
        raise UsageError(
            "MG2271",
            "inputs are 'made' or rows of an 'ood' data set: write one; neither beside"
            " 'abstention_inside'",
        )
    if not 0 < sure <= 1 or slack < 0:
        raise UsageError("MG2272", f"sure: {sure:g} is no probability, or slack: {slack:g} below 0")
    rows, answers = (
        _inputs(model, sample, elsewhere, made) if given else (sample.rows, sample.answers)
    )
    if measure == "not_finite":
        return _not_finite(model, rows, answers)
    if measure == "out_of_range":
        return _out_of_range(model, sample, rows, answers, slack)
    if measure in {"abstention", "abstention_inside"}:
        silent = _silent(model, answers, sure, abstain)
        return _abstention(model, rows, answers, silent, inside=not given)
    outside = _best(answers)
    if measure == "confidence_drop":
        return _drop(_best(sample.answers), outside)
    hits = ~(outside < sure)
    return _share(
        hits,
        says=f"{int(hits.sum()):,} of {len(hits):,} inputs from elsewhere are answered with a"
        f" probability of {sure:g} or more.",
        evidence=_shown(model, rows, answers, np.argsort(~hits, kind="stable")[: hits.sum()]),
    )


def _inputs(
    model: Model, sample: Sample, elsewhere: AnsweredRows | None, made: str | None
) -> tuple[pa.RecordBatch, Predictions]:
    """Inputs from elsewhere, with the answers to them."""
    if made is None:
        if elsewhere is None or not len(elsewhere):
            raise UnaskedError("MG2273", "the data set from elsewhere has no rows")
        return elsewhere.rows, elsewhere.answered
    few = np.arange(min(len(sample), MOST), dtype=np.int64)
    rows = sample.rows.take(index_of(few)).select(list(model.columns))
    inputs, touched = make(model.decoded(rows, sized=True), made, sample.seed)
    if not touched:
        raise UnaskedError("MG2274", f"no column that feeds the model can be made up by {made!r}")
    return inputs, model.predict(inputs)


def _best(answers: Predictions) -> NDArray[np.float64]:
    """(n,) the best probability; NaN where the answer is not finite, which is sure of anything."""
    if answers.scores is None:
        raise UnaskedError("MG2275", "the model answers without probabilities")
    found: NDArray[np.float64] = np.asarray(answers.scores, dtype=np.float64).max(axis=1)
    return found


def _share(hits: Flags, **told: Any) -> Outcome:
    """A share of inputs; a single input is a fact, not a sample of any."""
    if len(hits) == 1:
        return Outcome(value=float(hits[0]), better="lower", kind="exact", n=1, **told)
    return share_of_wrong(int(hits.sum()), len(hits), **told)


def _not_finite(model: Model, rows: pa.RecordBatch, answers: Predictions) -> Outcome:
    given = answers.values if answers.scores is None else answers.scores
    if given is None:
        raise UnaskedError("MG2275", "the model answers with labels alone, which are all finite")
    wrong = ~np.isfinite(np.asarray(given).reshape(len(rows), -1)).all(axis=1)
    places = np.flatnonzero(wrong)
    return Outcome(
        value=float(len(places)),
        better="lower",
        kind="exact",
        unit="input",
        n=len(rows),
        says=f"{len(places):,} of {len(rows):,} inputs from elsewhere are answered with NaN or"
        " infinity.",
        evidence=_shown(model, rows, answers, places),
    )


def _out_of_range(
    model: Model, sample: Sample, rows: pa.RecordBatch, answers: Predictions, slack: float
) -> Outcome:
    if answers.values is None:
        raise UnaskedError("MG2275", "a range is asked of models that answer with numbers")
    low, high = float(sample.truth.min()), float(sample.truth.max())
    wide = slack * (high - low)
    with np.errstate(invalid="ignore"):
        hits = ~((answers.values >= low - wide) & (answers.values <= high + wide))
    return _share(
        hits,
        says=f"{int(hits.sum()):,} of {len(hits):,} inputs from elsewhere are answered outside"
        f" {low - wide:.4g} to {high + wide:.4g}.",
        evidence=_shown(model, rows, answers, np.flatnonzero(hits)),
    )


def _drop(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> Outcome:
    inside = inside[np.isfinite(inside)]
    if min(len(inside), len(outside)) < 2 or not np.isfinite(outside).all():
        reason = "too few inputs, or answers that are not finite"
        return Outcome(value=None, better="higher", reason=reason)
    # Inputs that are all answered alike may hide one that is not: no width is 0.
    one, two = (
        Lot(float(x.mean()), max(float(x.var(ddof=1)), 1 / len(x)), len(x))
        for x in (inside, outside)
    )
    return Outcome(
        value=one.mean - two.mean,
        interval=means_apart(one, two),
        at=lambda level: means_apart(one, two, level),
        better="higher",
        n=min(len(inside), len(outside)),
        lowest=-1.0,
        highest=1.0,
        method="Welch",
        says=f"The mean best probability is {one.mean:.3f} in the domain and {two.mean:.3f}"
        " elsewhere.",
        details={"inside": one.mean, "outside": two.mean, "level": LEVEL},
    )


def _silent(model: Model, answers: Predictions, sure: float, abstain: str | None) -> Flags:
    """(n,) whether the model abstains."""
    if abstain is None:
        return _best(answers) < sure
    names = [str(label) for label in model.facts.classes]
    if abstain not in names:
        raise UsageError("MG2276", f"the model has no class {abstain!r} to abstain with")
    assert answers.labels is not None
    found: Flags = answers.labels == names.index(abstain)
    return found


def _abstention(
    model: Model, rows: pa.RecordBatch, answers: Predictions, silent: Flags, *, inside: bool
) -> Outcome:
    where = "rows of the domain" if inside else "inputs from elsewhere"
    found = _share(
        silent,
        says=f"The model abstains from {int(silent.sum()):,} of {len(silent):,} {where}.",
        evidence=_shown(model, rows, answers, np.flatnonzero(silent == inside)),
    )
    return replace(found, better="lower" if inside else "higher")


def _shown(
    model: Model, rows: pa.RecordBatch, answers: Predictions, places: Sequence[int] | NDArray[Any]
) -> tuple[dict[str, Any], ...]:
    """A few inputs with the answers to them."""
    columns = tuple(name for name in model.columns if name in rows.schema.names)
    entries = []
    for place in [int(one) for one in places[:SHOWN]]:
        entry = {
            "type": "input",
            "input": shown(rows.select(list(columns)), place, columns),
            "answer": said(model.facts, answers, place),
        }
        if answers.scores is not None:
            entry["score"] = float(np.max(answers.scores[place]))
        entries.append(entry)
    return tuple(entries)
