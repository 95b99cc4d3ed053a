from __future__ import annotations

from typing import Any

from modelgate import Model, Outcome, Sample, check
from modelgate.artifact.told import Most
from modelgate.behaviour.answers import cell_shown, said
from modelgate.behaviour.ignored import Unused, unused


@check(family="artifact", severity="minor", example=("unused_inputs: all", "at_most: 0"))
def unused_inputs(model: Model, sample: Sample, *, shown: Most = 10) -> Outcome:
    """Every column that feeds the model has a say.

    In some of the sampled rows one column is given the value of another row, every second time the
    smallest or the largest that there is. Where no score, value or label moves, the model ignores
    the column: a feature that was lost on the way, or one that need not be collected. A column that
    holds one value alone in the sample tells nothing.

    Measures: columns that the model ignores, of those that feed it.
    Settings: shown, how many of them the evidence holds.
    Source: after the permutation importance of L. Breiman (2001), "Random forests", Machine
        Learning 45, 5-32.
    """
    found = unused(sample.rows, model.columns, sample.answers, model.predict, seed=sample.seed)
    if found is None or not found.told:
        why = "every column holds one value alone in the sampled rows"
        if found is None:
            why = "there are more columns than rows to ask about them"
        return Outcome(value=None, better="lower", unit="column", kind="exact", reason=why)
    names = list(found.ignored)
    listed = ", ".join(repr(name) for name in names[:shown])
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return Outcome(
        value=float(len(names)),
        better="lower",
        unit="column",
        kind="exact",
        n=found.asked,
        method="values of other rows",
        says=f"The model ignores {listed}{more}: no other value moved an answer." if names else "",
        evidence=tuple(_in_vain(model, sample, name, found) for name in names[:shown]),
        details={
            "ignored": dict(found.ignored),
            "constant": list(found.constant),
            "told": found.told,
        },
    )


def _in_vain(model: Model, sample: Sample, name: str, found: Unused) -> dict[str, Any]:
    """A row whose column was given another value, and the answer that stayed."""
    row, donor = found.examples[name]
    cells = [{name: cell_shown(sample.rows.column(name)[at].as_py())} for at in (row, donor)]
    answer = said(model.facts, sample.answers, row)
    return {
        "type": "input",
        "column": name,
        "rows": found.ignored[name],
        "row": int(sample.positions[row]),
        "input": cells[0],
        "changed": cells[1],
        "was": answer,
        "answer": answer,
    }
