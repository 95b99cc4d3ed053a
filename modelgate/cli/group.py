"""The commands as click sees them: each is imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from modelgate import __version__
from modelgate.cli import COMMANDS, help_text
from modelgate.errors import ModelgateError, UsageError, did_you_mean
from modelgate.escape import printable


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
            near = did_you_mean(args[0], COMMANDS)
            message = f"no command is called '{printable(args[0], 60)}'; {near}"
            raise UsageError("MG2001", message, hint="`modelgate --help` lists them")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """The text that `modelgate --help` prints without click."""
        return help_text()


def _debug_option() -> click.Option:
    """Every command takes it; what it does is up to `modelgate.cli.main`."""
    return click.Option(
        ["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error."
    )


@click.group(
    cls=LazyGroup, name="modelgate", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, message="modelgate %(version)s")
def group() -> None:
    """`modelgate`."""


def run(words: list[str]) -> int:
    """Call the command that `words` name.

    Raises:
        ModelgateError: whatever went wrong.
        click.ClickException: the words fit no command; `usage_error` translates.
    """
    try:
        with group.make_context("modelgate", words) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    return code if isinstance(code, int) else 0


def complete(asked: str) -> int:
    """Answer a shell that wants to complete a word."""
    from click.shell_completion import shell_complete

    return shell_complete(group, {}, "modelgate", "_MODELGATE_COMPLETE", asked)


def usage_error(error: click.ClickException) -> ModelgateError:
    """What click found wrong on the command line, as an error of ours."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "modelgate"
    hint = f"`{path} --help` shows how it is called"
    if isinstance(error, click.NoSuchOption):
        options = context.command.params if context else []
        known = [name for option in options for name in option.opts if name.startswith("--")]
        near = did_you_mean(error.option_name, [*known, "--help"])
        message = f"`{path}` has no option '{printable(error.option_name, 60)}'; {near}"
        return UsageError("MG2002", message, hint=hint)
    says = printable(" ".join(error.format_message().split()), 300).rstrip(".")
    says = says[:1].lower() + says[1:]
    if isinstance(error, click.MissingParameter):
        return UsageError("MG2004", says, hint=hint)
    if isinstance(error, click.BadParameter | click.BadOptionUsage | click.FileError):
        return UsageError("MG2003", says, hint=hint)
    return UsageError("MG2005", says, hint=hint)
