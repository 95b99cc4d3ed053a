"""Opens a model of XGBoost from its JSON or UBJSON file; runs inside the worker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.answering import Feeds, facts_of, two_columns
from modelgate.formats.refusal import Refusal, damaged, missing, unfit_rows
from modelgate.model import Signature, Tensor
from modelgate.prepare import CELL

FEATURES = "features"
"""The one input of a model that was trained without names."""
PROBABILITIES, LABEL, VALUE = "probabilities", "label", "value"
_BINARY = "binary:logistic"
_RAW = frozenset({"binary:logitraw", "binary:hinge"})
_CATEGORY = "c"


class Trees:
    """A booster: numbers as float32, categories as the file names them, missing ones as NaN.

    A classifier that was trained through scikit-learn's interface with early stopping answers by
    its best rounds, as that interface does; any other by all of them.

    Attributes:
        signature: an input a column, or one of all "features".
        facts: of the booster.
    """

    def __init__(self, content: bytes) -> None:
        """Load a booster.

        Raises:
            Refusal: MG3014, MG3015 or MG3016, it cannot be put on trial.
        """
        self._xgboost = library()
        try:
            self._booster = self._xgboost.Booster({"nthread": 1})
            self._booster.load_model(bytearray(content))
            self._booster.set_param({"nthread": 1})
            told = json.loads(self._booster.save_config())["learner"]
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (a damaged file makes it raise anything)
            hint = "save it with `booster.save_model('model.json')`"
            raise damaged("model of XGBoost", error, hint) from None
        self._objective = str(told["objective"]["name"])
        self._names = tuple(self._booster.feature_names or ())
        self._categories = self._named_categories()
        self._rounds = self._best_rounds()
        self.signature = self._signature(int(told["learner_model_param"]["num_class"]))
        self.facts: Mapping[str, Any] = facts_of(
            f"XGBoost {self._xgboost.__version__}",
            width=self._booster.num_features(),
            trees=self._booster.num_boosted_rounds(),
            objective=self._objective,
            rounds=self._rounds[1] or self._booster.num_boosted_rounds(),
        )

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Any]:
        """See `Answering`."""
        try:
            rows = self._xgboost.DMatrix(self._given(feeds), nthread=1, enable_categorical=True)
            found = self._booster.predict(rows, iteration_range=self._rounds)
        except (ValueError, TypeError, KeyError, self._xgboost.core.XGBoostError) as error:
            raise unfit_rows(error) from None
        return [self._answer(found) for _ in outputs]

    def _given(self, feeds: Feeds) -> Any:
        """The rows as a matrix, or as a frame where the model knows names or categories."""
        if not self._names:
            return feeds[FEATURES]
        import pandas as pd

        made = {
            name: pd.Categorical(feeds[name]) if name in self._categories else feeds[name]
            for name in self._names
        }
        return pd.DataFrame(made, columns=list(self._names))

    def _answer(self, found: NDArray[Any]) -> NDArray[Any]:
        if self._objective == _BINARY:
            return two_columns(found)
        return found.astype(np.int64) if self._objective == "multi:softmax" else found

    def _named_categories(self) -> frozenset[str]:
        """The inputs that take categories by their names.

        Raises:
            Refusal: MG3014, the file does not hold the names.
        """
        types = zip(self._names, self._booster.feature_types or (), strict=False)
        wanted = frozenset(name for name, kind in types if kind == _CATEGORY)
        if not wanted:
            return wanted
        try:
            kept = dict(self._booster.get_categories(export_to_arrow=True).to_arrow() or ())
        except Exception:  # noqa: BLE001 (older versions have no such thing)
            kept = {}
        absent = sorted(name for name in wanted if kept.get(name) is None)
        if absent:
            raise Refusal(
                "MG3014",
                f"takes {absent[0][:60]!r} as a category, and its file does not name them all",
                "train and save it with XGBoost 3.1 or newer, from a DataFrame",
            )
        return wanted

    def _best_rounds(self) -> tuple[int, int]:
        """First and last round that answer; (0, 0) for all."""
        told = self._booster.attributes()
        best = told.get("best_iteration", "")
        return (0, int(best) + 1) if best.isdigit() and "scikit_learn" in told else (0, 0)

    def _signature(self, classes: int) -> Signature:
        if self._names:
            kinds = [CELL if name in self._categories else "float32" for name in self._names]
            pairs = zip(self._names, kinds, strict=True)
            inputs = tuple(Tensor(name, kind, (None,)) for name, kind in pairs)
        else:
            inputs = (Tensor(FEATURES, "float32", (None, self._booster.num_features())),)
        output, count = Tensor(VALUE, "float32", None), 0
        if self._objective == _BINARY:
            output, count = Tensor(PROBABILITIES, "float32", (None, 2)), 2
        elif self._objective == "multi:softprob":
            output, count = Tensor(PROBABILITIES, "float32", (None, classes)), classes
        elif self._objective == "multi:softmax":
            output, count = Tensor(LABEL, "int64", (None,)), classes
        elif self._objective in _RAW:
            output, count = Tensor("score", "float32", (None,)), 2
        return Signature(
            inputs=inputs,
            outputs=(output,),
            classes=tuple(range(count)),
            batched=tuple(one.name for one in inputs),
        )


def library() -> Any:
    """`xgboost`.

    Raises:
        Refusal: MG3015, it is not installed.
    """
    try:
        import xgboost
    except ImportError:
        raise missing("xgboost", "xgboost") from None
    xgboost.set_config(verbosity=0)
    return xgboost
