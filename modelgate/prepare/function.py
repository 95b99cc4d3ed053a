"""Rows as a Python function makes them; code, which runs only where it was approved."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar, NoReturn

import numpy as np

from modelgate.approved_code import placed, reason
from modelgate.model import Signature
from modelgate.prepare import KIND, Feeds, Step, UnpreparedError, fitted, refuse_constants
from modelgate.prepare.frame import frame_of, warm_up
from modelgate.prepare.widths import widths_of

_MODULE = "modelgate_prepare"


class Function(Step):
    """A function of a DataFrame: an array of n rows, or a dict from the model's inputs to such.

    It is given the columns that the suite names under `model: {inputs: ...}`, or all but target,
    weight and group. It runs in the worker, where it can neither start processes nor reach the
    network or files.
    """

    kind: ClassVar[KIND] = "python"

    def __init__(self, content: bytes, settings: Mapping[str, Any], signature: Signature) -> None:
        """Run the file and take its function.

        Args:
            content: the file's source.
            settings: `function`, its name.
            signature: of the model.

        Raises:
            UnpreparedError: MG4030, the file raises, or has no such function.
        """
        refuse_constants(signature)
        self._signature = signature
        self._name = settings["function"]
        warm_up()
        self._function = _loaded(content, self._name)
        self._one_by_one = threading.Lock()  # nobody promised that it may run twice at a time
        self.takes = ()
        self.settings = {"function": self._name}
        self.by = f"Python {platform.python_version()}, numpy {np.__version__}"
        self.widths = widths_of(signature)

    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """See `Step`."""
        frame = frame_of(feeds, tuple(feeds))
        try:
            with self._one_by_one:
                made = self._function(frame)
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 (even an attempt to leave)
            _broken(error, f"{self._name}()")
        by = f"{self._name}()"
        try:
            return self._taken(made, rows, by)
        except (UnpreparedError, MemoryError):
            raise
        except BaseException as error:  # noqa: BLE001 (what it made is anybody's code too)
            _broken(error, f"what {by} made")

    def _taken(self, made: Any, rows: int, by: str) -> Feeds:
        """What the function made, as the model's inputs."""
        inputs = self._signature.inputs
        if not isinstance(made, Mapping):
            if len(inputs) > 1:
                names = ", ".join(repr(one.name[:60]) for one in inputs)
                raise UnpreparedError(
                    "MG3172",
                    f"takes {names}; {by} is to answer with a dict of these names,"
                    f" not with {type(made).__name__}",
                )
            made = {inputs[0].name: made}
        absent = [one.name for one in inputs if one.name not in made]
        if absent:
            raise UnpreparedError(
                "MG3172", f"takes {absent[0][:60]!r}, which the answer of {by} does not hold"
            )
        return {one.name: self._fitted(made[one.name], one, rows, by) for one in inputs}

    def _fitted(self, values: Any, tensor: Any, rows: int, by: str) -> Any:
        try:
            array = np.asarray(values)
        except Exception as error:  # noqa: BLE001 (ragged lists, and objects that raise)
            raise UnpreparedError(
                "MG4031", f"{by} made what is no array: {type(error).__name__}: {reason(error)}"
            ) from None
        return fitted(array, tensor, self._signature, rows, by)


def _loaded(content: bytes, name: str) -> Any:
    module = ModuleType(_MODULE)
    module.__file__ = "<prepare>"
    sys.modules[_MODULE] = module  # dataclasses look their own module up
    try:
        exec(compile(content, "<prepare>", "exec"), module.__dict__)  # noqa: S102 (it was approved)
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 (it is anybody's code)
        _broken(error, "the file")
    found = getattr(module, name, None)
    if not callable(found):
        raise UnpreparedError("MG4030", f"the file of `prepare:` has no function {name!r}")
    return found


def _broken(error: BaseException, what: str) -> NoReturn:
    """Tell of an error in somebody's file.

    Raises:
        UnpreparedError: MG4030.
    """
    name = f"{what} of `prepare:` raised {placed(error, '<prepare>')}"
    raise UnpreparedError("MG4030", f"{name}: {reason(error)}") from None
