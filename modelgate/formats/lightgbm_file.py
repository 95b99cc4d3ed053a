"""Opens a model of LightGBM from its text file; runs inside the worker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from modelgate.formats.answering import Feeds, facts_of, matrix, two_columns
from modelgate.formats.refusal import Refusal, damaged, missing, unfit_rows
from modelgate.model import Signature, Tensor
from modelgate.prepare import CELL

FEATURES = "features"
"""The one input of a model that was trained without names."""
PROBABILITIES, VALUE = "probabilities", "value"
_UNNAMED = re.compile(r"Column_\d+")
_CATEGORIES = re.compile(r"-?\d+(:-?\d+)*")
_MEND = "save it with `booster.save_model('model.txt')`"


class Trees:
    """A booster: numbers as float64, categories as the file names them, missing ones as NaN.

    Attributes:
        signature: an input a column, or one of all "features".
        facts: of the booster.
    """

    def __init__(self, content: bytes) -> None:
        """Load a booster.

        Raises:
            Refusal: MG3014, MG3015 or MG3016, it cannot be put on trial.
        """
        lightgbm = library()
        self._failure = lightgbm.basic.LightGBMError
        try:
            text = content.decode("utf-8")
            self._booster = lightgbm.Booster(model_str=text)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (a damaged file makes it raise anything)
            raise damaged("model of LightGBM", error, _MEND) from None
        header = dict(
            line.partition("=")[::2] for line in text.partition("\nTree=")[0].splitlines()
        )
        names = tuple(self._booster.feature_name())
        self._names = () if all(map(_UNNAMED.fullmatch, names)) else names
        self._categories = self._named_categories(header.get("feature_infos", "").split())
        self._objective = (header.get("objective", "").split() or [""])[0]
        self.signature = self._signature(len(names), self._booster.num_model_per_iteration())
        self.facts: Mapping[str, Any] = facts_of(
            f"LightGBM {lightgbm.__version__}",
            width=len(names),
            trees=self._booster.num_trees(),
            objective=self._objective,
        )

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Any]:
        """See `Answering`."""
        try:
            found = self._booster.predict(
                self._given(feeds), num_threads=1, predict_disable_shape_check=False
            )
        except (ValueError, TypeError, KeyError, self._failure) as error:
            raise unfit_rows(error) from None
        return [self._answer(found) for _ in outputs]

    def _given(self, feeds: Feeds) -> Any:
        """The rows as a matrix, or as a frame where the model knows categories."""
        if not self._names:
            return feeds[FEATURES]
        if not self._categories:
            return matrix(feeds, self._names)
        import pandas as pd

        made = {
            name: pd.Categorical(feeds[name]) if name in self._categories else feeds[name]
            for name in self._names
        }
        return pd.DataFrame(made, columns=list(self._names))

    def _answer(self, found: NDArray[Any]) -> NDArray[Any]:
        return two_columns(found) if self._objective == "binary" else found

    def _named_categories(self, infos: Sequence[str]) -> frozenset[str]:
        """The inputs that take categories by their names.

        Raises:
            Refusal: MG3014, the file does not tell which they are.
        """
        kept = self._booster.pandas_categorical or ()
        if not kept:
            return frozenset()
        pairs = zip(self._names, infos, strict=True)
        found = [name for name, info in pairs if _CATEGORIES.fullmatch(info)]
        if len(found) != len(kept):
            raise Refusal(
                "MG3014",
                f"knows the categories of {len(kept)} columns, and its file does not tell of which",
                "leave columns out that never vary, and train it again",
            )
        return frozenset(found)

    def _signature(self, width: int, outputs: int) -> Signature:
        if self._names:
            kinds = [CELL if name in self._categories else "float64" for name in self._names]
            pairs = zip(self._names, kinds, strict=True)
            inputs = tuple(Tensor(name, kind, (None,)) for name, kind in pairs)
        else:
            inputs = (Tensor(FEATURES, "float64", (None, width)),)
        output, count = Tensor(VALUE, "float64", None), 0
        if self._objective == "binary":
            output, count = Tensor(PROBABILITIES, "float64", (None, 2)), 2
        elif self._objective in {"multiclass", "multiclassova"}:
            output, count = Tensor(PROBABILITIES, "float64", (None, outputs)), outputs
        return Signature(
            inputs=inputs,
            outputs=(output,),
            classes=tuple(range(count)),
            batched=tuple(one.name for one in inputs),
        )


def library() -> Any:
    """`lightgbm`.

    Raises:
        Refusal: MG3015, it is not installed.
    """
    try:
        import lightgbm
    except ImportError:
        raise missing("lightgbm", "lightgbm") from None
    except OSError as error:  # the system's OpenMP is missing
        raise Refusal("MG3015", f"needs lightgbm, which does not load: {error}") from None
    return lightgbm
