"""Opens an estimator of scikit-learn from a `.skops` file; runs inside the worker."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Feeds, facts_of
from modelgate.formats.refusal import Refusal, damaged, missing, unfit_rows
from modelgate.model import Signature, Tensor
from modelgate.prepare import CELL
from modelgate.prepare.frame import frame_of

FEATURES, TEXT = "features", "text"
"""The one input of an estimator that was fitted without names: numbers, or texts."""
PROBABILITIES, LABEL, VALUE = "probabilities", "label", "value"
_MEND = "save it with `skops.io.dump`, with the versions that are installed here"


class Estimator:
    """A fitted estimator, or a pipeline that ends in one.

    It is given a DataFrame of the columns whose names it was fitted with, a missing text as NaN, as
    pandas reads it; a matrix where it was fitted without names; a list of texts where it begins
    with what reads texts.

    Attributes:
        signature: an input a column, and the outputs "probabilities" and "label", or "value".
        facts: of the estimator.
    """

    def __init__(self, estimator: Any, by: str) -> None:
        """Take a loaded estimator.

        Raises:
            Refusal: MG3014, it is not fitted, or answers nothing that can be judged.
        """
        self.estimator = estimator
        _refuse_unfit(estimator)
        _one_thread(estimator)
        self._names = tuple(str(name) for name in getattr(estimator, "feature_names_in_", ()))
        self._count: int | None = getattr(estimator, "n_features_in_", None)
        classes = getattr(estimator, "classes_", None)
        inputs = self._inputs()
        self.signature = Signature(
            inputs=inputs,
            outputs=_outputs(estimator, classes),
            classes=() if classes is None else _plain(classes),
            batched=tuple(one.name for one in inputs),
        )
        self.facts: Mapping[str, Any] = facts_of(
            by, width=self._count or 64, estimator=_described(estimator)
        )

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Any]:
        """See `Answering`."""
        given = self.given(feeds)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own; what is wrong raises, or shows
            try:
                return [self._answer(name, given) for name in outputs]
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise unfit_rows(error) from None

    def given(self, feeds: Feeds) -> Any:
        """The rows as the estimator takes them."""
        if self._names:
            frame = frame_of(feeds, self._names)
            texts = frame.select_dtypes("object").columns
            frame[texts] = frame[texts].where(frame[texts].notna(), np.nan)
            return frame
        if self._count is None:
            return feeds[TEXT].reshape(-1).tolist()
        return feeds[FEATURES]

    def _answer(self, name: str, given: Any) -> NDArray[Any]:
        if name == PROBABILITIES:
            return np.asarray(self.estimator.predict_proba(given), np.float64)
        found = np.asarray(self.estimator.predict(given))
        return found.astype(np.float64) if name == VALUE else _labels(found)

    def _inputs(self) -> tuple[Tensor, ...]:
        if self._names:
            return tuple(Tensor(name, CELL, (None,)) for name in self._names)
        if self._count is None:
            return (Tensor(TEXT, "string", (None,)),)
        return (Tensor(FEATURES, "float64", (None, int(self._count))),)


def open_bytes(content: bytes, trusted: Collection[str]) -> Estimator:
    """Load an estimator; no code of its file runs that is not trusted.

    Args:
        content: of the `.skops` file.
        trusted: types that may be loaded beside scikit-learn's own.

    Raises:
        Refusal: MG3014, MG3015 or MG3016, it cannot be put on trial.
    """
    skops, by = libraries()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions: the report names this one's
            found = skops.loads(content, trusted=[*trusted, *_harmless()])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (a damaged file makes it raise anything)
        raise damaged("estimator of scikit-learn", error, _MEND) from None
    return Estimator(found, by)


def types_in(content: bytes) -> list[str]:
    """The types in a file that are not scikit-learn's own: to load them can run code.

    Raises:
        Refusal: MG3015, `skops` is not installed; MG3016, the file is damaged.
    """
    skops, _ = libraries()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sorted(set(skops.get_untrusted_types(data=content)) - _harmless())
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (likewise)
        raise damaged("estimator of scikit-learn", error, _MEND) from None


def libraries() -> tuple[Any, str]:
    """`skops.io`, and the versions of what runs the estimator.

    Raises:
        Refusal: MG3015, it is not installed.
    """
    try:
        import skops
        import skops.io
    except ImportError:
        raise missing("skops", "sklearn") from None
    import sklearn

    return skops.io, f"scikit-learn {sklearn.__version__}, skops {skops.__version__}"


def _harmless() -> frozenset[str]:
    """Types that are trusted beside those that skops trusts."""
    import yaml

    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text))


def _refuse_unfit(estimator: Any) -> None:
    """What has nothing to answer.

    Raises:
        Refusal: MG3014.
    """
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    kind = type(estimator).__name__
    if not callable(getattr(estimator, "predict", None)):
        transforms = callable(getattr(estimator, "transform", None))
        hint = "a transformer goes to `model: {prepare: {sklearn: FILE}}`" if transforms else ""
        raise Refusal("MG3014", f"is a {kind}, which has no `predict`", hint)
    try:
        check_is_fitted(estimator)
    except (NotFittedError, TypeError):
        raise Refusal("MG3014", f"is a {kind} that is not fitted", "fit it, then save it") from None
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list):
        raise Refusal("MG3014", "answers several targets at once; a trial judges one")


def _one_thread(estimator: Any) -> None:
    """The worker makes its own threads, and the estimator must make none."""
    settings = estimator.get_params() if hasattr(estimator, "get_params") else {}
    jobs = {name: None for name in settings if name.rpartition("__")[2] == "n_jobs"}
    if jobs:
        estimator.set_params(**jobs)


def _outputs(estimator: Any, classes: Any) -> tuple[Tensor, ...]:
    """Probabilities where it has them, and labels; or a number."""
    if classes is None:
        from sklearn.base import is_outlier_detector

        if is_outlier_detector(estimator) or hasattr(estimator, "cluster_centers_"):
            return (Tensor(LABEL, "int64", (None,)),)
        return (Tensor(VALUE, "float64", None),)
    label = Tensor(LABEL, _label_type(np.asarray(classes)), (None,))
    if callable(getattr(estimator, "predict_proba", None)):
        return (Tensor(PROBABILITIES, "float64", (None, len(classes))), label)
    return (label,)


def _label_type(classes: NDArray[Any]) -> str:
    return "string" if classes.dtype.kind in "OUS" else str(_labels(classes).dtype)


def _labels(found: NDArray[Any]) -> NDArray[Any]:
    """Labels as what can be told of them: texts, whole numbers, truths."""
    if found.dtype.kind == "f" and found.size and bool((found == np.floor(found)).all()):
        return found.astype(np.int64)
    if found.dtype.kind in "iu":
        return found.astype(np.int64)
    return found.astype(object) if found.dtype.kind in "OUS" else found


def _plain(classes: Any) -> tuple[str | int, ...]:
    """The classes as texts or whole numbers; empty where one is neither."""
    made = _labels(np.asarray(classes)).tolist()
    if not all(isinstance(one, str | int) for one in made):
        return ()
    return tuple(int(one) if isinstance(one, bool) else one for one in made)


def _described(estimator: Any) -> str:
    """What people call it: "Pipeline(StandardScaler, LogisticRegression)"."""
    steps = [type(step).__name__ for _, step in getattr(estimator, "steps", ())]
    name = type(estimator).__name__
    return f"{name}({', '.join(steps)})"[:200] if steps else name
