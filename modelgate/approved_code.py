"""What an error in somebody's approved Python file says, whatever its class does."""

from __future__ import annotations

from traceback import extract_tb

LONGEST = 300


def placed(error: BaseException, file: str) -> str:
    """An error by its name and its line in a file: "KeyError in line 3".

    Args:
        error: raised while the file was compiled or run.
        file: the name that it was compiled under.
    """
    frames = [one for one in extract_tb(error.__traceback__) if one.filename == file]
    # Other errors have a `lineno` too, such as that of a broken JSON text: it is none of the file.
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == file else None
    line = line or (frames[-1].lineno if frames else None)
    return f"{type(error).__name__} in line {line}" if line else type(error).__name__


def reason(error: BaseException) -> str:
    """What an error says of itself, where it can."""
    try:
        return str(error)[:LONGEST]
    except BaseException:  # noqa: BLE001 (it is anybody's class)
        return "what it says cannot be read"
