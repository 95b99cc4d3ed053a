"""What was picked, in words."""

from __future__ import annotations

from modelgate.curation.picked import DISAGREE, SPREAD, UNSURE, Curated


def sentences(found: Curated) -> tuple[str, ...]:
    """How many rows of each kind, and what could be decided with their labels."""
    said = [f"{len(found.picked):,} of {found.rows:,} rows are worth a label first."]
    said += [line for line in (_counted(found, reason) for reason in found.counts) if line]
    if found.labelled:
        said.append(f"{found.labelled:,} rows have a label already.")
    if found.unanswered:
        said.append(f"{found.unanswered:,} rows that some model does not answer are left out.")
    if found.left_out:
        said.append(f"Columns of tensors are left out: {', '.join(found.left_out)}.")
    return (*said, *_decided(found))


def _counted(found: Curated, reason: str) -> str:
    count = found.counts[reason]
    if not count:
        return ""
    if reason == DISAGREE:
        part = "all of them" if not found.left else f"of {found.apart:,}, picked at random"
        if not found.classes:
            part = "the farthest apart first" if found.left else "all of them"
        return f"{count:,} rows: the models disagree ({part})"
    if reason == UNSURE:
        return f"{count:,} rows: unsure (the best two classes are close, each class in turn)"
    assert reason == SPREAD
    return f"{count:,} rows: spread over the answers, by chance"


def _decided(found: Curated) -> list[str]:
    """What these labels are good for, and what not."""
    drop = found.rules_out
    hard = "They are no sample: how good a model is on all rows, these rows do not say."
    if drop is None:
        return [hard]
    models = "the two models" if len(found.models) == 2 else "any two of the models"
    points = f"{100 * drop:.1f} points"
    if found.left:
        told = (
            f"{found.left:,} more rows on which they disagree stay without a label, and each could"
            f" speak for either: if both are equally good, a drop of accuracy below {points} cannot"
            f" be ruled out until these are labelled too (--budget {found.apart})."
        )
    else:
        told = (
            f"A comparison of the accuracy of {models} needs no other labels: if both are equally"
            f" good, a drop of {points} or more is likely ruled out, over all {found.rows:,} rows."
        )
    return [told, hard]
