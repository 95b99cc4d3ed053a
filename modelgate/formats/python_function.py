"""Opens a Python function by its name; code, which runs only where it was approved.

Runs inside the worker, which gets the bytes of the one file, once its digest is approved.
"""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from modelgate.approved_code import placed, reason
from modelgate.formats.answering import Feeds, facts_of
from modelgate.formats.refusal import Refusal
from modelgate.model import ANY, Signature, Tensor
from modelgate.prepare import CELL
from modelgate.prepare.frame import frame_of

ANSWER = "answer"
"""The one output of a function."""
_MODULE = "modelgate_model"
_FILE = "<model>"


class Function:
    """A function of a DataFrame of n rows: (n,) labels or numbers, or (n, classes) scores.

    Attributes:
        signature: no inputs, since any columns are taken; one output.
        facts: of the function.
    """

    def __init__(self, content: bytes, name: str) -> None:
        """Run the file and take its function.

        Args:
            content: the file's source.
            name: of the function.

        Raises:
            Refusal: MG4020, the file raises; MG3014, it has no such function.
        """
        self._name = name
        self._function = _loaded(content, name)
        self._one_by_one = threading.Lock()  # nobody promised that it may run twice at a time
        self.signature = Signature((), (Tensor(ANSWER, ANY, None),))
        by = f"Python {platform.python_version()}, numpy {np.__version__}"
        self.facts: Mapping[str, Any] = facts_of(by, width=1, function=name)

    def take(self, names: Sequence[str]) -> None:
        """Say which columns it is given from now on."""
        inputs = tuple(Tensor(name, CELL, (None,)) for name in names)
        self.signature = Signature(inputs, self.signature.outputs, batched=tuple(names))

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Any]:
        """See `Answering`."""
        frame = frame_of(feeds, tuple(feeds))
        rows = len(frame)
        try:
            with self._one_by_one:
                given = self._function(frame)
                answer = np.asarray(given)
                if answer.dtype.kind == "U":  # of a list numpy would make a NaN the text "nan"
                    answer = np.asarray(given, dtype=object)
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 (even an attempt to leave)
            _broken(error, f"{self._name}()")
        if answer.ndim == 0 or len(answer) != rows:
            got = f"{len(answer)} rows" if answer.ndim else "one value"
            raise Refusal("MG4021", f"{self._name}() answered {rows} rows with {got}")
        made = self._plain(answer)
        return [made for _ in outputs]

    def _plain(self, answer: NDArray[Any]) -> NDArray[Any]:
        """Numbers as they are; objects that are all texts, or all numbers.

        Raises:
            Refusal: MG4024, they are neither.
        """
        if answer.dtype.kind in "biuf":
            return answer
        kinds = {type(one) for one in answer.flat} if answer.dtype.kind == "O" else set()
        if kinds and all(issubclass(kind, str) for kind in kinds):
            return answer
        numbers = (bool, int, float, np.number, np.bool_)
        if kinds and all(issubclass(kind, numbers) for kind in kinds):
            return np.asarray(answer.tolist())
        strange = next((k for k in kinds if not issubclass(k, (str, *numbers))), None)
        what = strange.__name__ if strange else "texts and numbers mixed" if kinds else answer.dtype
        raise Refusal(
            "MG4024", f"{self._name}() answered with {what}, which is neither labels nor numbers"
        )


def _loaded(content: bytes, name: str) -> Any:
    module = ModuleType(_MODULE)
    module.__file__ = _FILE
    sys.modules[_MODULE] = module  # dataclasses look their own module up
    try:
        exec(compile(content, _FILE, "exec"), module.__dict__)  # noqa: S102 (it was approved)
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 (it is anybody's code)
        _broken(error, "its file")
    found = getattr(module, name, None)
    if not callable(found):
        raise Refusal("MG3014", f"has no function {name!r}")
    return found


def _broken(error: BaseException, what: str) -> NoReturn:
    """Tell of an error in somebody's file.

    Raises:
        Refusal: MG4020.
    """
    said = reason(error)
    more = f": {said}" if said else ""
    raise Refusal("MG4020", f"{what} raised {placed(error, _FILE)}{more}") from None
