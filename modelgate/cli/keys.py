"""`modelgate keys new|list`: keys that sign decisions."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(
    name="keys",
    short_help="keys that sign decisions",
    epilog="Example: modelgate keys new ci --folder keys",
)
def command() -> None:
    """Make and list the keys that sign decisions: ed25519.

    Without a key that is configured, a registry signs with one that it made for itself: that proves
    that nothing was changed, and nobody's identity. Name a key in modelgate.yaml, `signing_key:
    keys/ci.pem`, or in MODELGATE_SIGNING_KEY; keep it where only the gate can read it.
    """


FOLDER = click.option(
    "--folder",
    metavar="FOLDER",
    default="keys",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the keys lie.",
)


@command.command(name="new", short_help="make a key", epilog="Example: modelgate keys new ci")
@click.argument("name")
@FOLDER
def new(name: str, folder: Path) -> None:
    """Make the key NAME: NAME.pem, which only you can read, and NAME.pub for whoever verifies."""
    from modelgate.decisions.keys import new_key
    from modelgate.reference import checked_name

    made = new_key(folder, checked_name(name, "a key"))
    click.echo(f"{folder / made.name}.pem  signs; let nobody else read it")
    click.echo(f"{made.public}  verifies; give it to whoever asks ({made.identifier[:16]})")
    click.echo(f"next: `signing_key: {folder / made.name}.pem` in modelgate.yaml")


@command.command(name="list", short_help="list keys", epilog="Example: modelgate keys list")
@FOLDER
def listed(folder: Path) -> None:
    """List the keys in a folder, with the identifier that `verify` prints."""
    from modelgate.decisions.keys import keys_in

    found = keys_in(folder)
    for one in found:
        signs = "signs and verifies" if one.private else "verifies"
        click.echo(f"{one.identifier[:16]}  {one.name}  {signs}")
    if not found:
        click.echo(f"there is no key in {folder}; `modelgate keys new NAME` makes one")
