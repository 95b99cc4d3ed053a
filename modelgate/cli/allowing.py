"""`--allow-code DIGEST`: one option of all commands that run models."""

from __future__ import annotations

import re
from typing import Any

import click

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def _digests(context: click.Context, option: click.Parameter, given: Any) -> tuple[str, ...]:
    del context, option
    for text in given:
        if not _DIGEST.fullmatch(text):
            raise click.BadParameter(
                f"takes a digest, sha256: and 64 digits from 0 to f, not {text[:80]!r}"
            )
    return tuple(given)


allow_code = click.option(
    "--allow-code",
    metavar="DIGEST",
    multiple=True,
    callback=_digests,
    help="Run the Python file of this sha256:..., which you have read; may be repeated.",
)
