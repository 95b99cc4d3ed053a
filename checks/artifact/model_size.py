from typing import Literal

from modelgate import Bench, Outcome, check
from modelgate.artifact import told
from modelgate.model import Artifact


@check(
    family="artifact",
    subject="model_size",
    severity="minor",
    example=("model_size: bytes", "at_most: 1e8"),
)
def model_size(
    artifact: Artifact, bench: Bench | None, *, model_size: Literal["bytes", "ratio"]
) -> Outcome:
    """A new model is no larger than what it is shipped with allows.

    Measures: bytes of the model's file and of the files that hold its weights; or their ratio to
        the champion's.
    Settings: model_size, bytes or ratio.
    Source: the bytes that were loaded, those of the report's digest.
    """
    champion = None if bench is None else bench.champion
    versus = model_size == "ratio"
    if versus and champion is None:
        return told.no_champion("model_size: bytes", kind="exact")
    if not artifact.bytes or (versus and champion is not None and not champion.bytes):
        why = "there is no file whose size could be told"
        return Outcome(value=None, better="lower", unit="byte", kind="exact", reason=why)
    other = champion.bytes if versus and champion is not None else 1
    return Outcome(
        value=artifact.bytes / other,
        better="lower",
        unit="times" if versus else "byte",
        kind="exact",
        method="count",
        details={"bytes": artifact.bytes, "champion": champion.bytes if champion else None},
    )
