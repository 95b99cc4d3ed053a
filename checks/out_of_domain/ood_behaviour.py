from __future__ import annotations

from typing import Annotated, Literal

from modelgate import Model, Outcome, Sample, check
from modelgate.errors import UsageError
from modelgate.out_of_domain.told import (
    Inputs,
    abstention,
    confidence_drop,
    confident,
    made_of,
    not_finite,
    out_of_range,
    rows_of,
)
from modelgate.surveys import Of
from modelgate.surveys.row_sample import AnsweredRows


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
    if not given:
        domain = Inputs(model, sample.rows, sample.answers)
        return abstention(domain, sure, abstain, inside=True)
    inputs = rows_of(model, elsewhere) if made is None else made_of(model, sample, made)
    if measure == "not_finite":
        return not_finite(inputs)
    if measure == "out_of_range":
        return out_of_range(inputs, sample.truth, slack)
    if measure == "abstention":
        return abstention(inputs, sure, abstain, inside=False)
    if measure == "confidence_drop":
        domain = Inputs(model, sample.rows, sample.answers)
        return confidence_drop(domain.best, inputs.best)
    return confident(inputs, sure)
