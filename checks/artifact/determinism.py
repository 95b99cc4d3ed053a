from modelgate import Outcome, Probe, check
from modelgate.arrays import same_bits
from modelgate.errors import CheckCrashedError


@check(family="artifact", severity="blocker", at_most=0)
def determinism(probe: Probe) -> Outcome:
    """The same rows get the same answers, bit for bit.

    The first rows (at most 64) are asked a second time in the same way. A model that answers
    differently cannot be judged by one pass: nothing is decided (NONDETERMINISTIC), and no second
    try is taken for the better one.

    Measures: outputs that differ between the two times.
    Source: Pham et al. (2020), "Problems and Opportunities in Training Deep Learning Software
        Systems: An Analysis of Variance", ASE.
    """
    again = probe.outputs(probe.rows)
    moved = [name for name, answer in again.items() if not same_bits(answer, probe.seen[name])]
    if moved:
        raise CheckCrashedError(
            "MG4010",
            f"NONDETERMINISTIC: the model answered the same {probe.rows} rows differently the"
            f" second time (output {', '.join(map(repr, moved))})",
        )
    return Outcome(
        value=0.0 if probe.rows else None,
        better="lower",
        unit="output",
        kind="exact",
        n=probe.rows,
        method="the same call twice",
        reason=None if probe.rows else "there is no row to ask about",
    )
