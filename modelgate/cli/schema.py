"""`modelgate schema DATA`: a draft of what each column should hold."""

from __future__ import annotations

import sys

import click


@click.command(
    name="schema",
    short_help="a draft of what each column should hold",
    epilog="Example: modelgate schema train.csv > schema.yaml",
)
@click.argument("data")
def command(data: str) -> int:
    """Draft a schema from the rows of DATA, which are known to be good.

    It is written to standard output: types, ranges, categories, and whether cells may be empty.
    Edit it, then hold other rows to it: `schema: schema.yaml` in a suite.
    """
    from modelgate.data_quality.inferring import inferred
    from modelgate.data_quality.rules import written
    from modelgate.drifting import profiled

    _, profile = profiled(data)
    sys.stdout.write(written(inferred(profile)))
    return 0
