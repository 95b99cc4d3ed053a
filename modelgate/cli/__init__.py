"""The command line: one file a command, and the one place where errors become exit codes.

A command's module defines `command`, a click command, and returns the exit code, None for 0.
Nothing is imported here but the standard library, so that `modelgate --help` costs next to nothing.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelgate.errors import ModelgateError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("modelgate.cli.check", "put a model on trial: promote, block or hold"),
    "init": ("modelgate.cli.init", "draft modelgate.yaml and a suite for a model"),
    "compare": ("modelgate.cli.compare", "which of many models is best, and which differ"),
    "curate": ("modelgate.cli.curate", "rows worth a label, where labels are dear"),
    "selftest": ("modelgate.cli.selftest", "would a suite catch a worse model?"),
    "drift": ("modelgate.cli.drift", "have rows drifted from a reference? no model needed"),
    "schema": ("modelgate.cli.schema", "draft what each column of data should hold"),
    "demo": ("modelgate.cli.demo", "see the gate at work on small real models"),
    "register": ("modelgate.cli.register", "keep a model in the registry"),
    "promote": ("modelgate.cli.promote", "let a decided version serve"),
    "rollback": ("modelgate.cli.rollback", "let what served before serve again"),
    "serve": ("modelgate.cli.serve", "serve what was promoted, over HTTP"),
    "approve": ("modelgate.cli.approve", "give a decision the approval that it needs"),
    "history": ("modelgate.cli.history", "who decided and moved what, when and why"),
    "verify": ("modelgate.cli.verify", "is what the log says true?"),
    "keys": ("modelgate.cli.keys", "keys that sign decisions"),
    "list": ("modelgate.cli.list", "the checks, suites and formats that there are"),
    "explain": ("modelgate.cli.explain", "what a check asks, or what an error code means"),
    "report": ("modelgate.cli.report", "show a stored report in another format"),
}
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Begin": ("demo", "init"),
    "Judge a model": ("check", "compare", "curate", "selftest"),
    "Compare data": ("drift", "schema"),
    "Ship it": ("register", "promote", "rollback", "approve", "serve"),
    "Prove it": ("history", "verify", "keys"),
    "Look things up": ("list", "explain", "report"),
}
ABOUT = """\
Usage: modelgate COMMAND [ARGUMENTS]

Decide whether a model may go to production: put it on trial against a suite of
checks, and promote it, block it, or hold it for want of evidence.
"""
MORE = """
Options:
  --version   show the version
  -h, --help  show this text; `modelgate COMMAND --help` shows a command's

Examples:
  modelgate check model.onnx
  modelgate check model.onnx --data test.csv --target churned
  modelgate explain metric

Exit codes: 0 promote, 1 block, 11 hold. All others keep the gate shut as well: 2 a
mistake in what was written, 3 model or data unusable, 4 a check was not completed,
5 refused for safety, 6 registry or disk, 7 a service outside, 8 not deployed, what
served before serves, 9 nor does that, 10 a conflict, 70 a bug of ours, 130 and 143
interrupted."""

MOST_MISTAKES = 200
"""Mistakes that are told at once, the first ones: all of a suite, and not every row of a table."""
USAGE, DISK, BUG = 2, 6, 70
INTERRUPTED, TERMINATED, UNHEARD = 130, 143, 141  # as a shell says it: 128 and the signal's number
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EFBIG})


def help_text() -> str:
    """What `modelgate --help` prints."""
    width = max(map(len, COMMANDS))
    sections = (
        "\n".join([f"\n{title}:", *(f"  {name:{width}}  {COMMANDS[name][1]}" for name in names)])
        for title, names in SECTIONS.items()
    )
    return ABOUT + "\n".join(sections) + "\n" + MORE


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `modelgate`; those of the process where None.

    Returns:
        The exit code, by the table above; 141 where whoever read the output went away.
    """
    words = [*(sys.argv[1:] if argv is None else argv)]  # `list` is a command's module here
    # Read when numpy is loaded: its threads would spin for a tenth of a second before they sleep.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    debug = "--debug" in words or bool(os.environ.get("MODELGATE_DEBUG"))
    try:
        with _ended_by_sigterm():
            _never_fail_to_print()
            code = _run(words)
            sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        return _interrupted()
    except _TerminatedError:
        return TERMINATED
    except SystemExit as ended:  # whatever called `exit(0)` has promoted nothing
        return _told(RuntimeError(f"exit({ended.code!r}) was called from within"), debug=debug)
    except BrokenPipeError:
        return _unheard()
    except BaseException as error:  # noqa: BLE001 (the outermost place: what gets past it is a traceback)
        return _told(error, debug=debug)


def _run(words: list[str]) -> int:
    asked = os.environ.get("_MODELGATE_COMPLETE")
    if asked:
        from modelgate.cli.group import complete

        return complete(asked)
    if words in ([], ["--help"], ["-h"]):
        print(help_text())  # noqa: T201 (printing is what it is for)
        return 0 if words else USAGE
    from modelgate.cli.group import run

    return run(words)


def _never_fail_to_print() -> None:
    """A terminal that lacks a character gets its escape instead of breaking the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


class _TerminatedError(BaseException):
    """SIGTERM came; no `except Exception` on the way holds it up."""


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that workers are stopped and no half file is left."""

    def end(*_: Any) -> None:
        raise _TerminatedError

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # signals are the main thread's
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupted() -> int:
    _say("modelgate: interrupted; nothing was decided")
    return INTERRUPTED


def _unheard() -> int:
    """End quietly, and never as a promotion; what is still to be written goes nowhere."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.close(silence)
    return UNHEARD


def _told(error: BaseException, *, debug: bool) -> int:
    """Say what went wrong, and give the exit code."""
    import click

    from modelgate.cli.group import usage_error
    from modelgate.errors import ModelgateError

    if isinstance(error, click.exceptions.Abort):
        return _interrupted()
    if isinstance(error, click.ClickException):
        error = usage_error(error)
    elif debug:
        import traceback

        _say(*"".join(traceback.format_exception(error)).splitlines())
    if isinstance(error, ModelgateError):
        _say(*_lines(error))
        return error.exit_code
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        reason = error.strerror or type(error).__name__
        _say(f"modelgate: MG6090 {error.filename or 'the output'} cannot be written: {reason}")
        return DISK
    _say(f"modelgate: MG7001 a bug of modelgate: {type(error).__name__}: {str(error)[:300]}")
    if not debug:
        _say("  hint: run again with --debug, and report what it prints")
    return BUG


def _lines(error: ModelgateError) -> list[str]:
    from modelgate.errors import MistakesError

    told: list[str] = []
    mistakes = error.mistakes if isinstance(error, MistakesError) else (error,)
    for one in mistakes[:MOST_MISTAKES]:
        told.append(f"{one.where or 'modelgate'}: {one.code} {one.message}")
        hint = f"  hint: {one.hint}"
        if one.hint and hint not in told:
            told.append(hint)
    if len(mistakes) > MOST_MISTAKES:
        told.append(f"modelgate: and {len(mistakes) - MOST_MISTAKES} more")
    return told


def _say(*lines: str) -> None:
    from modelgate.escape import printable

    for line in lines:
        print(printable(line), file=sys.stderr)  # noqa: T201 (as above)
