"""Which class is which: the order of the scores, in the words of the data and of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelgate.binding import listed
from modelgate.binding.labels import Coder, LabelSample, is_missing, key, match, usual_pair
from modelgate.binding.seen import Seen
from modelgate.errors import ModelError
from modelgate.model import Signature
from modelgate.suite import ModelPart


def classes_of(
    signature: Signature,
    seen: Seen,
    sample: LabelSample,
    told: ModelPart,
    *,
    scores: str | None,
    labels: str | None,
) -> tuple[tuple[Any, ...], str | None]:
    """The classes in the order of the scores, in the data's own words.

    Args:
        signature: of the model.
        seen: its answers to the first rows.
        sample: labels of the same data.
        told: what the suite says.
        scores: the output with the scores; None where labels alone are answered.
        labels: the output with the labels; None where scores decide.

    Returns:
        The classes, and what was taken for what where that is not plain.

    Raises:
        ModelError: MG3121 to MG3123, MG3132, MG3133, it is unclear which label is which class.
    """
    own: Sequence[Any] = signature.classes
    width = seen.matrices[scores].shape[1] if scores in seen.matrices else 2
    if scores is None and labels is not None:
        own = own or _in_use(seen, sample, labels)
        width = len(told.classes or own)
    if told.classes:
        if len(told.classes) != width:
            raise ModelError(
                "MG3121",
                f"model.classes names {len(told.classes)} classes; the model gives {width} scores",
                where=told.where,
            )
        return match(sample, told.classes, named=True)
    if own:
        if len(own) != width:
            raise ModelError(
                "MG3122",
                f"the model names {len(own)} classes but gives {width} scores",
                hint="say in a suite, in the order of the scores: `model: {classes: [...]}`",
            )
        return match(sample, own, named=False)
    if scores in seen.columns:
        pair = usual_pair(sample.values)
        if pair is None:
            raise ModelError(
                "MG3123",
                f"output {scores!r} scores one class; which of {listed(list(sample.values))}?",
                hint="say it in a suite: `model: {classes: [NEGATIVE, POSITIVE]}`",
            )
        return pair, None
    if labels is None or scores is None:
        return match(sample, tuple(range(width)), named=False)
    return _confirmed(seen, sample, scores, labels)


def _confirmed(
    seen: Seen, sample: LabelSample, scores: str, labels: str
) -> tuple[tuple[Any, ...], str | None]:
    """The classes of a model that names none, where its own labels tell their order."""
    words, width = _in_use(seen, sample, labels), seen.matrices[scores].shape[1]
    if _agreed(seen, words, scores, labels):
        return words, "in sorted order, as the answered labels confirm"
    if _answered(seen, labels).keys() <= set(range(width)):
        return match(sample, tuple(range(width)), named=False)
    raise ModelError(
        "MG3132",
        f"the model gives {width} scores and does not say of which classes; the first rows show"
        f" {listed(words)}: which is which?",
        where=sample.where,
        hint="say it in a suite, in the order of the scores: `model: {classes: [...]}`",
    )


def own_words(
    signature: Signature, seen: Seen, classes: Sequence[Any], labels: str
) -> tuple[Any, ...]:
    """The classes as the model's label output says them, in the same order.

    Data may say "no" and "yes" where the model answers 0 and 1. The model file's own names come
    first, then the data's words, then positions; the first that has every label answered so far.
    """
    answered = set(_answered(seen, labels))
    for words in (signature.classes, classes, range(len(classes))):
        if len(words) == len(classes) and answered <= {key(word) for word in words}:
            return tuple(words)
    return tuple(classes)


def disagreement(seen: Seen, own: Sequence[Any], scores: str, labels: str) -> str | None:
    """A sentence where the label is not the class of the best score; None where it always is."""
    matrix = seen.matrices.get(scores)
    if matrix is None or not len(matrix):
        return None
    codes = Coder(own).of_answers(seen.labels[labels])
    finite = np.isfinite(matrix).all(axis=1)
    apart = int((codes != np.argmax(matrix, axis=1))[finite].sum())
    if not apart:
        return None
    return (
        f"the label is not the class of the best score in {apart} of the first {len(matrix)} rows"
    )


def positive_of(classes: Sequence[Any], told: ModelPart) -> int | None:
    """Where the positive class stands; None unless there are two.

    Raises:
        ModelError: MG3124, the suite names one that is not there.
    """
    if told.positive is None:
        return 1 if len(classes) == 2 else None
    keys = [key(value) for value in classes]
    if key(told.positive) not in keys:
        raise ModelError(
            "MG3124",
            f"model.positive is {told.positive!r}, which is none of the classes"
            f" {listed(list(classes))}",
            where=told.where,
        )
    return keys.index(key(told.positive)) if len(classes) == 2 else None


def _answered(seen: Seen, labels: str) -> Mapping[Any, Any]:
    """The labels that the model has answered so far, by their keys."""
    return {key(one): one for one in seen.labels[labels].tolist() if not is_missing(one)}


def _in_use(seen: Seen, sample: LabelSample, labels: str) -> tuple[Any, ...]:
    """The classes that its answers and the data show of a model that names none, sorted."""
    answered = _answered(seen, labels)
    known = {key(value): value for value in sample.values}
    if answered and not answered.keys() & known.keys():
        # Not one label in common: the model has other words. Two of them may be 0 and 1.
        positions = len(known) == 2 and answered.keys() <= {0, 1}
        return (0, 1) if positions else tuple(answered.values())
    both = {**answered, **known}  # in the data's words where both have one
    try:
        order = sorted(both)
    except TypeError:  # numbers and texts
        order = sorted(both, key=str)
    return tuple(both[name] for name in order)


def _agreed(seen: Seen, words: Sequence[Any], scores: str, labels: str) -> bool:
    """Whether the labels and the best scores of every row confirm that the words are in order."""
    matrix, answered = seen.matrices[scores], seen.labels[labels]
    if len(words) != matrix.shape[1] or not len(matrix):
        return False
    return bool((Coder(words).of_answers(answered) == np.argmax(matrix, axis=1)).all())
