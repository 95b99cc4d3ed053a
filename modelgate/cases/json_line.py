"""A line of JSON, read so that nothing in it is dropped or bent."""

from __future__ import annotations

import json
from typing import Any

from modelgate.escape import shown


def json_of(line: bytes) -> Any:
    """The value of one line.

    Raises:
        ValueError: it is no JSON, an object has a name twice, or a text holds half a character;
            what it says is fit for a message.
    """
    try:
        told = json.loads(line, object_pairs_hook=_once)
        json.dumps(told, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.start + 1]
        raise ValueError(f"{shown(half)} is half a character, of a pair of two") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that stands twice, a reader would drop one value without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {shown(twice)} stands twice in an object")
    return found
