"""A file of Python that a project brings, loaded by its path."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from modelgate.errors import MistakesError, UsageError, Where
from modelgate.escape import printable


def loaded(path: Path, name: str) -> ModuleType:
    """Run the file.

    Args:
        path: the file. Its code runs: it is the project's own, or modelgate's.
        name: the module's.

    Raises:
        MistakesError: MG2210, it is no Python; MG2211, it raised.
    """
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise MistakesError([_not_loaded(path, None, "it is no Python file")])
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        where = Where(str(path), error.lineno, error.offset)
        raise MistakesError([UsageError("MG2210", f"{error.msg}", where=where)]) from error
    except (Exception, SystemExit) as error:  # such a file is anybody's code
        frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = frames[-1].lineno if frames else None
        reason = f"{type(error).__name__}: {error}"
        raise MistakesError([_not_loaded(path, line, reason)]) from error
    return module


def _not_loaded(path: Path, line: int | None, reason: str) -> UsageError:
    told = printable(" ".join(reason.split()), 60)
    return UsageError("MG2211", f"the file cannot be loaded: {told}", where=Where(str(path), line))
