from collections.abc import Mapping, Sequence
from typing import Any

from modelgate import Outcome, check
from modelgate.aggregates.answers import Answers
from modelgate.model import ANY, Artifact, Signature


@check(family="artifact", severity="blocker", at_most=0)
def signature(artifact: Artifact, answers: Answers, *, shown: int = 5) -> Outcome:
    """The model answers what its signature promises.

    Each output has the element type, the number of axes and the fixed axes that the file declares,
    every label is one of the classes, and scores that are called probabilities lie in [0, 1] and
    sum to one within 0.001. Whoever serves the model relies on all of it.

    Measures: promises that are broken.
    Settings: shown, how many of them the evidence holds.
    Source: ONNX IR specification, "Graph" and "Value info", https://onnx.ai/onnx/repo-docs/IR.html
    """
    broken = _shapes(artifact.signature, answers.seen)
    if answers.out_of_range:
        broken.append(f"{answers.out_of_range} rows have a probability outside [0, 1]")
    if answers.not_one:
        broken.append(
            f"the probabilities of {answers.not_one} rows do not sum to one"
            f" (off by up to {answers.worst_sum:.2g})"
        )
    if answers.unknown_label:
        broken.append(f"{answers.unknown_label} rows are answered with a label of no class")
    return Outcome(
        value=float(len(broken)) if answers.rows else None,
        better="lower",
        unit="fault",
        kind="exact",
        n=answers.rows,
        method="count",
        says=f"The model breaks its signature: {'; '.join(broken[:shown])}." if broken else "",
        reason=None if answers.rows else "the model answered no row",
        evidence=tuple({"type": "text", "text": text} for text in broken[:shown]),
    )


def _shapes(declared: Signature, seen: Mapping[str, Any]) -> list[str]:
    broken = []
    for one in declared.outputs:
        if one.name not in seen or one.container != "tensor":
            continue
        answer = seen[one.name]
        kind = "string" if answer.dtype.kind in "OU" else str(answer.dtype)
        if one.type not in {ANY, kind}:
            broken.append(f"output {one.name!r} is declared {one.type} and answers {kind}")
        if one.shape is None:
            continue
        # Where no axis counts rows, each row is answered with a whole output.
        row, given = one.shape[bool(declared.batched) :], answer.shape[1:]
        fits = len(row) == len(given) and all(
            want == got for want, got in zip(row, given, strict=True) if isinstance(want, int)
        )
        if not fits:
            got = [*one.shape[: len(one.shape) - len(row)], *given]
            broken.append(
                f"output {one.name!r} is declared {_axes(one.shape)} and answers {_axes(got)}"
            )
    return broken


def _axes(shape: Sequence[int | str | None]) -> str:
    return f"[{', '.join('any' if axis is None else str(axis) for axis in shape)}]"
