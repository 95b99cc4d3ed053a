"""What is said inside the worker of a model that does not open or does not answer."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 (it is what the worker answers, no fault of its own)
    """The model does not load; a code, what the model is or does, and the next move.

    `row` is the one of the rows given that is at fault, from 0, if it is one.
    """

    def __init__(self, code: str, message: str, hint: str = "", *, row: int | None = None) -> None:
        self.row = row
        self.code = code
        self.message = message
        self.hint = hint
        super().__init__(f"{code} {message}")


def missing(package: str, extra: str) -> Refusal:
    """The library that runs a format is not installed."""
    return Refusal(
        "MG3015",
        f"needs {package}, which is not installed",
        f"pip install 'modelgate-ci[{extra}]'",
    )


def damaged(what: str, error: BaseException, hint: str) -> Refusal:
    """A library does not load a file."""
    return Refusal("MG3016", f"is no {what} that loads: {first_line(error)}", hint)


def unfit_rows(error: BaseException) -> Refusal:
    """A library does not take some rows."""
    return Refusal("MG3160", f"does not take these rows: {first_line(error)}")


def first_line(error: BaseException, most: int = 300) -> str:
    """What a library says, without the stack of its native code."""
    text = str(error).partition("Stack trace:")[0]
    line = " ".join(text.split()) or type(error).__name__
    if type(error).__module__ == "builtins":
        line = f"{type(error).__name__}: {line}"
    return line if len(line) <= most else f"{line[: most - 3]}..."
