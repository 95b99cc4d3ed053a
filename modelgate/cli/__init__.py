"""The command line: one file a command, and the one place where errors become exit codes.

A command's module defines `command`, a click command. It is imported when it is called, so that
`modelgate --help` costs little more than click.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from modelgate.errors import ModelgateError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("modelgate.cli.check", "put a model on trial: promote, block or hold"),
    "demo": ("modelgate.cli.demo", "see the gate at work on small real models"),
    "explain": ("modelgate.cli.explain", "what a check asks, or what an error code means"),
    "list": ("modelgate.cli.list", "the checks, suites and formats that there are"),
    "report": ("modelgate.cli.report", "show a stored report in another format"),
}
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Judge a model": ("check", "demo"),
    "Look things up": ("list", "explain", "report"),
}
EPILOG = """\b
Examples:
  modelgate check model.onnx
  modelgate check model.onnx --data test.csv --target churned
  modelgate explain metric

\b
Exit codes: 0 promote, 1 block, 11 hold; every other one keeps the gate
shut as well: 2 a mistake in what was written, 3 model or data unusable,
4 not completed, 5 refused, 6 disk, 70 a bug of ours."""

MOST_LINES = 200
USAGE, DISK, BUG = 2, 6, 70
INTERRUPTED, TERMINATED, UNHEARD = 130, 143, 141
"""As a shell reports them: 128 and the signal's number."""


class LazyGroup(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own)
        """The names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        if not any("--debug" in option.opts for option in command.params):
            command.params.append(_debug_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command in our own words."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from modelgate.errors import UsageError, did_you_mean
            from modelgate.escape import printable

            near = did_you_mean(args[0][:80], COMMANDS)
            message = f"no command is called '{printable(args[0], 60)}'; {near}"
            raise UsageError("MG2001", message, hint="`modelgate --help` lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands in their sections, without importing any."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error."
    )


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from modelgate import __version__

        click.echo(f"modelgate {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    name="modelgate",
    epilog=EPILOG,
    options_metavar="",
    subcommand_metavar="COMMAND [ARGUMENTS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def group() -> None:
    """Decide whether a model may go to production.

    A model is put on trial against a suite of checks, and is promoted, blocked, or held for want of
    evidence. Nothing passes by accident.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `modelgate`; those of the process where None.

    Returns:
        The exit code: DESIGN.md 3.2.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words or bool(os.environ.get("MODELGATE_DEBUG"))
    try:
        with _ended_by_sigterm():
            code = _run(words)
            sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        _say("modelgate: interrupted; nothing was decided")
        return INTERRUPTED
    except BrokenPipeError:
        return _unheard()
    except Exception as error:  # noqa: BLE001 (the outermost place: nothing may leave as a traceback)
        return _told(error, debug)


def _run(words: list[str]) -> int:
    _never_fail_to_print()
    if not words:
        click.echo(group.get_help(click.Context(group, info_name="modelgate")))
        return USAGE
    if os.environ.get("_MODELGATE_COMPLETE"):
        from click.shell_completion import shell_complete

        asked = os.environ["_MODELGATE_COMPLETE"]
        return shell_complete(group, {}, "modelgate", "_MODELGATE_COMPLETE", asked)
    try:
        with group.make_context("modelgate", words) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    return code if isinstance(code, int) else 0


def _never_fail_to_print() -> None:
    """A terminal that lacks a character gets its escape instead of breaking the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that workers are stopped and no half file is left."""

    def end(*_: Any) -> None:
        raise SystemExit(TERMINATED)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread, where there are no signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _unheard() -> int:
    """Whoever read our output went away: end quietly, and never as a promotion."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    return UNHEARD


def _told(error: Exception, debug: bool) -> int:
    """Say what went wrong, and give the exit code."""
    from modelgate.errors import ModelgateError

    if debug and not isinstance(error, click.ClickException):
        import traceback

        _say(*(line for part in traceback.format_exception(error) for line in part.splitlines()))
    if isinstance(error, click.exceptions.Abort):
        _say("modelgate: interrupted; nothing was decided")
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        error = _click_error(error)
    elif isinstance(error, OSError) and error.errno in _DISK:
        reason = error.strerror or type(error).__name__
        _say(f"modelgate: MG6090 {error.filename or 'standard output'} cannot be written: {reason}")
        return DISK
    if isinstance(error, ModelgateError):
        _say(*_lines(error))
        return error.exit_code
    _say(
        f"modelgate: MG7001 a bug of modelgate: {type(error).__name__}: {error}"[:500],
        *([] if debug else ["  hint: run again with --debug and report what it prints"]),
    )
    return BUG


_DISK = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EFBIG}


def _lines(error: ModelgateError) -> list[str]:
    from modelgate.errors import MistakesError

    told: list[str] = []
    for one in error.mistakes if isinstance(error, MistakesError) else (error,):
        told.append(f"{one.where or 'modelgate'}: {one.code} {one.message}")
        if one.hint:
            told.append(f"  hint: {one.hint}")
    if len(told) > MOST_LINES:
        told[MOST_LINES:] = [f"modelgate: and {len(told) - MOST_LINES} more lines of this kind"]
    return told


def _say(*lines: str) -> None:
    from modelgate.escape import printable

    for line in lines:
        click.echo(printable(line), err=True)


def _click_error(error: click.ClickException) -> ModelgateError:
    """What click found wrong on the command line, as an error of ours."""
    from modelgate.errors import UsageError, did_you_mean

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "modelgate"
    hint = f"`{path} --help` shows how it is called"
    if isinstance(error, click.NoSuchOption):
        options = context.command.params if context else []
        known = [name for option in options for name in option.opts if name.startswith("--")]
        near = did_you_mean(error.option_name[:80], [*known, "--help"])
        message = f"`{path}` has no option '{error.option_name[:60]}'; {near}"
        return UsageError("MG2002", message, hint=hint)
    says = " ".join(error.format_message().split())[:300].rstrip(".")
    says = says[:1].lower() + says[1:]
    if isinstance(error, click.MissingParameter):
        return UsageError("MG2004", says, hint=hint)
    if isinstance(error, click.BadParameter | click.BadOptionUsage | click.FileError):
        return UsageError("MG2003", says, hint=hint)
    return UsageError("MG2005", says, hint=hint)
