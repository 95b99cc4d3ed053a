"""`modelgate register MODEL --name NAME`: keep a model's bytes under a name and a number."""

from __future__ import annotations

import click

from modelgate.cli.registry import opened, registry_option


@click.command(
    name="register",
    short_help="keep a model in the registry",
    epilog="Example: modelgate register model.onnx --name churn --tag run=17",
)
@click.argument("model")
@click.option("--name", required=True, metavar="NAME", help="What the model is called.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Put a tag on the version.")
@click.option(
    "--lineage",
    metavar="KEY=VALUE",
    multiple=True,
    help="What it was made of: data, commit, run ...; the commit is found out.",
)
@registry_option
def command(
    model: str,
    name: str,
    tags: tuple[str, ...],
    lineage: tuple[str, ...],
    registry: str | None,
) -> None:
    """Keep MODEL, weights in other files included, as the next version of NAME.

    MODEL is a file, or models:/NAME@ALIAS of the MLflow server that MLFLOW_TRACKING_URI names. The
    model is opened once, in its isolated process. Bytes that are known already under this name keep
    their number.
    """
    from modelgate.registering import register

    with opened(registry, create=True) as (kept, _):
        version = register(
            kept, model, name, tags=_pairs("--tag", tags), lineage=_pairs("--lineage", lineage)
        )
        click.echo(f"{version}  {version.digest}")
        click.echo(f"next: modelgate check {version}")


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    from modelgate.errors import UsageError
    from modelgate.escape import shown

    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError("MG2409", f"{option} takes KEY=VALUE, not {shown(text)}")
        found[key] = value
    return found
