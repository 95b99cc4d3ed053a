"""`modelgate serve NAME@ALIAS`: the promoted model as a microservice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelgate.cli.registry import keys_option, opened, registry_option

if TYPE_CHECKING:
    from socket import socket


@click.command(
    name="serve",
    short_help="serve what was promoted, over HTTP",
    epilog="Example: modelgate serve churn@production --port 8080",
)
@click.argument("what", metavar="NAME@ALIAS")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 for any."
)
@click.option(
    "--most-rows",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Rows that a request may hold.",
)
@click.option(
    "--most-mebibytes",
    type=click.IntRange(1, 4096),
    default=16,
    show_default=True,
    help="MiB that a request may have.",
)
@click.option(
    "--most-requests",
    type=click.IntRange(1),
    default=256,
    show_default=True,
    help="At once; one more is asked to come again (503).",
)
@click.option("--wait", is_flag=True, help="For the first promotion, where nothing stands there.")
@keys_option
@registry_option
def command(
    what: str,
    host: str,
    port: int,
    most_rows: int,
    most_mebibytes: int,
    most_requests: int,
    wait: bool,
    keys: tuple[Path, ...],
    registry: str | None,
) -> None:
    """Serve what stands at an alias, by the Open Inference Protocol, version 2, over HTTP.

    It begins only with a model that a decision speaks for, and follows the alias: the next one is
    loaded beside the one that serves, asked once, and let in without a request lost. One that
    cannot be loaded is not let in, and the model's metadata says why. With `--wait` it begins
    before the first promotion, and is not ready until then. `/metrics` is for Prometheus.
    """
    import gc

    from modelgate.errors import UsageError
    from modelgate.reference import checked_reference

    gc.disable()  # while modules are loaded there is nothing to collect, and much to look through
    name, alias = checked_reference(what)
    try:
        from modelgate.serving.app import Serving
        from modelgate.serving.server import Follower, limits, serve
        from modelgate.serving.source import RegistrySource
    except ModuleNotFoundError as error:
        raise UsageError(
            "MG2414", f"serving needs {error.name}", hint="pip install 'modelgate-ci[serve]'"
        ) from error
    from modelgate.registry_place import trusted_keys
    from modelgate.releases import keys_of

    with opened(registry) as (kept, project):
        public = keys_of(*(keys or trusted_keys(kept, project)))
        kept.versions(name)
        asked = limits(body_mebibytes=most_mebibytes, rows=most_rows, in_flight=most_requests)
        follower = Follower(
            RegistrySource(kept, name, alias, public),
            Serving(name, alias, limits=asked),
            say=click.echo,
        )
        follower.begin(wait=wait)
        now = follower.serving.now
        listening = _listening(host, port)
        at = listening.getsockname()[1]
        url = f"http://{host}:{at}/v2/models/{name}"
        if now is None:
            click.echo(f"{what} serves at {url} from its first promotion on")
        else:
            click.echo(f"{now.model.release} serves at {url}")
        serve(follower, host=host, port=at, ready=listening)


def _listening(host: str, port: int) -> socket:
    """A socket that listens; it names its protocol, else asyncio would not switch Nagle's off."""
    import socket

    from modelgate.errors import UsageError
    from modelgate.escape import printable

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(2048)
    except OSError as error:
        where = f"{printable(host, 60)}:{port}"
        raise UsageError(
            "MG2415", f"cannot listen at {where}: {error.strerror or error}"
        ) from error
    return found
