"""Rows as a fitted transformer of scikit-learn makes them, from a `.skops` file."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import numpy as np

from modelgate.model import Signature, Tensor
from modelgate.prepare import CELL, KIND, Feeds, Step, UnpreparedError, fitted, refuse_constants
from modelgate.prepare.frame import frame_of, warm_up
from modelgate.prepare.widths import widths_of

_HARMLESS = frozenset({"numpy.dtype"})
"""Types that imputers and encoders hold and that skops does not count as scikit-learn's own."""
_MOST_TYPES = 5


class Transformer(Step):
    """A transformer or a pipeline of them; what it makes of the rows is the model's one input.

    It is given a DataFrame of the columns whose names it was fitted with; one that was fitted
    without names takes the columns in their order.
    """

    kind: ClassVar[KIND] = "sklearn"

    def __init__(self, content: bytes, settings: Mapping[str, Any], signature: Signature) -> None:
        """Load a transformer; no code of its file runs that is not trusted.

        Args:
            content: of the `.skops` file.
            settings: `types`, the names of types that are trusted beside scikit-learn's own.
            signature: of the model.

        Raises:
            UnpreparedError: MG3170 `skops` is not installed; MG3171 the file is no transformer;
                MG3172 the model has several inputs; MG5072 a type is not trusted.
        """
        refuse_constants(signature)
        if len(signature.inputs) != 1:
            names = ", ".join(repr(one.name[:60]) for one in signature.inputs)
            raise UnpreparedError(
                "MG3172", f"takes {names}; a transformer of scikit-learn makes one input"
            )
        self._signature, self._tensor = signature, signature.inputs[0]
        warm_up()
        self._transformer, self.by = _loaded(content, settings.get("types") or ())
        fitted_to = getattr(self._transformer, "feature_names_in_", [])
        self._names = tuple(str(name) for name in fitted_to)
        count = getattr(self._transformer, "n_features_in_", None)
        self._count = None if count is None else int(count)
        self.takes = tuple(Tensor(name, CELL, (None,)) for name in self._names)
        self.settings = {"types": list(settings.get("types") or ()), "columns": self._count}
        self.widths = widths_of(signature)

    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """See `Step`."""
        names = self._names or tuple(feeds)
        if self._count is not None and len(names) != self._count:
            raise UnpreparedError(
                "MG3174",
                f"is to be fed by a transformer of {self._count} columns; there are {len(names)}",
                "name them in a suite, in order: `model: {inputs: {columns: [...]}}`",
            )
        frame = frame_of(feeds, names)
        given = frame if self._names else _matrix(frame)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its own; what is wrong raises, or shows
                made = self._transformer.transform(given)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (an estimator raises what it likes)
            raise UnpreparedError(
                "MG3172",
                "is fed by a transformer that does not take these rows:"
                f" {type(error).__name__}: {error}",
            ) from None
        values = made.toarray() if hasattr(made, "toarray") else np.asarray(made)
        return {
            self._tensor.name: fitted(
                values, self._tensor, self._signature, rows, "the transformer"
            )
        }


def _matrix(frame: Any) -> Any:
    """What was fitted without names is not to be warned of names."""
    return frame.to_numpy()


def _loaded(content: bytes, types: Collection[str]) -> tuple[Any, str]:
    """The transformer, and the libraries' versions."""
    try:
        import skops
        import skops.io
    except ImportError:
        raise UnpreparedError(
            "MG3170",
            "needs a transformer, and `skops` is not installed",
            "pip install 'modelgate-ci[sklearn]'",
        ) from None
    import sklearn

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions: the report names this one's
            asked = skops.io.get_untrusted_types(data=content)
            _refuse_untrusted(asked, types)
            found = skops.io.loads(content, trusted=asked)
    except (UnpreparedError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 (a damaged file makes it raise anything)
        raise UnpreparedError(
            "MG3171",
            f"is to be fed by a transformer that does not load: {type(error).__name__}: {error}",
            "save it with `skops.io.dump`, with the versions that are installed here",
        ) from None
    if not callable(getattr(found, "transform", None)):
        raise UnpreparedError(
            "MG3171", f"is to be fed by a {type(found).__name__}, which has no `transform`"
        )
    return found, f"scikit-learn {sklearn.__version__}, skops {skops.__version__}"


def _refuse_untrusted(asked: Collection[str], types: Collection[str]) -> None:
    """Each type that a file names can run code as it is loaded."""
    strange = sorted(set(asked) - set(types) - _HARMLESS)
    if strange:
        more = f" and {len(strange) - _MOST_TYPES} more" if len(strange) > _MOST_TYPES else ""
        named = ", ".join(repr(one[:80]) for one in strange[:_MOST_TYPES])
        raise UnpreparedError(
            "MG5072",
            f"is to be fed by a transformer that holds types which are not trusted: {named}{more}",
            f"if you trust the file, add `types: [{strange[0][:80]}]` below `prepare:`",
        )
