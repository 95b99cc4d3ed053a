"""Fits an estimator of scikit-learn again, fold by fold; in a worker that does nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Feeds
from modelgate.formats.refusal import Refusal, first_line
from modelgate.formats.sklearn_file import Estimator

REFITTED = "refitted"
"""What the answers are called."""


def out_of_fold(
    model: Any, feeds: Feeds, order: Mapping[str, Any], *, after_each: Callable[[], None]
) -> dict[str, NDArray[Any]]:
    """What estimators like this one answer to rows that they were not fitted on.

    Args:
        model: the open estimator.
        feeds: n rows.
        order: "truth", n positions of classes, or n numbers; "folds", for each repeat the fold of
            each row; "seed", of estimators that have none of their own.
        after_each: called after every fold.

    Returns:
        (n, repeats) positions of classes, -1 for a class of another kind; or numbers.

    Raises:
        Refusal: MG4090, it cannot be fitted on these rows.
    """
    if not isinstance(model, Estimator):
        raise Refusal("MG4090", "is no estimator of scikit-learn, which alone is fitted again")
    truth = np.asarray(order["truth"])
    classes = _classes(model, truth)
    target = truth if classes is None else classes[truth]
    folds = np.asarray(order["folds"])
    made = np.empty((len(truth), len(folds)), np.float64 if classes is None else np.int64)
    for repeat, of_rows in enumerate(folds):
        for fold in np.unique(of_rows).tolist():
            tested = of_rows == fold
            answer = _answered(model, feeds, target, tested, order["seed"] + 1000 * repeat + fold)
            made[tested, repeat] = answer if classes is None else _positions(answer, classes)
            after_each()
    return {REFITTED: made}


def _classes(model: Estimator, truth: NDArray[Any]) -> NDArray[Any] | None:
    """The labels to fit by: the estimator's own, which its weights of classes may name."""
    own = getattr(model.estimator, "classes_", None)
    if own is None:
        return None
    known = np.asarray(own)
    return known if truth.max() < len(known) else np.arange(truth.max() + 1)


def _answered(
    model: Estimator, feeds: Feeds, target: NDArray[Any], tested: NDArray[np.bool_], seed: int
) -> NDArray[Any]:
    """The answers to the rows tested, by an estimator that was fitted on all others."""
    from sklearn.base import clone

    np.random.seed(seed % (1 << 32))  # noqa: NPY002 (what scikit-learn draws by without a seed)
    learnt = {name: array[~tested] for name, array in feeds.items()}
    asked = {name: array[tested] for name, array in feeds.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own; what is wrong raises, or shows
        try:
            fitted = clone(model.estimator).fit(model.given(learnt), target[~tested])
            return np.asarray(fitted.predict(model.given(asked))).reshape(-1)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (an estimator raises what it likes)
            raise Refusal("MG4090", f"cannot be fitted again: {first_line(error)}") from None


def _positions(answer: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.int64]:
    places = {label: place for place, label in enumerate(classes.tolist())}
    return np.array([places.get(label, -1) for label in answer.tolist()], dtype=np.int64)
