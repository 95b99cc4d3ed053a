from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from modelgate import Outcome, check
from modelgate.data_quality.alike import alike
from modelgate.data_quality.repeated import incomparable, overlap
from modelgate.data_quality.told import nothing
from modelgate.figures import number
from modelgate.setting import Between
from modelgate.stats.interval import LEVEL
from modelgate.surveys import Of, Survey, SurveyNeed
from modelgate.surveys.looks import Looks
from modelgate.surveys.repeats import Repeats


def survey_for(settings: Mapping[str, Any]) -> SurveyNeed:
    """Rows are compared by hashes, images by how they look."""
    if settings["of"] == "images":
        return SurveyNeed(Looks, (("column", settings["column"]),))
    return SurveyNeed(Repeats, (("near", settings["near"]), ("of", "features")))


@check(
    family="data",
    subject="of",
    severity="minor",
    at_most=0.01,
    surveys=survey_for,
    example=("split_overlap: all",),
)
def split_overlap(
    found: Survey,
    reference: Annotated[Survey, Of(setting="against")],
    *,
    of: Literal["all", "images"],
    against: str = "reference",
    near: bool = False,
    column: str | None = None,
    distance: Annotated[int, Between(0, 32)] = 4,
) -> Outcome:
    """Rows that the model was trained on do not stand in the test set.

    A model may know them by heart: what it scores on them says nothing about rows to come. Rows of
    few values meet their like by chance; how often is told by the reference, whose rows have twins
    among themselves as often as new rows would have there, and only what is beyond that counts. The
    columns that feed the model are compared. Up to a million distinct rows each is looked up; of
    more, a random sample of the distinct rows tells.

    Cells that name image files are compared by the bytes of the files. `images` compares how images
    look: where the brightness rises, from field to field of a coarse grid, in 128 bits. Files that
    were saved anew, resized or darkened differ in few of them.

    Measures: the share of rows that stand in the reference too, less that which is natural.
    Settings: of, whole rows (all), or a column of images. against, the role that is compared with.
        near, whether texts count as equal that differ in case, accents, spaces or punctuation
        alone, and numbers that agree in their first four digits. column, of images; the first that
        holds some where none is named. distance, bits in which images that count as equal differ.
    Source: S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in
        machine-learning-based science", Patterns 4, 100804.
    """
    if isinstance(found, Looks) and isinstance(reference, Looks):
        apart = alike(found, reference, distance)
        nouns, beside = "images", _unread(found, reference, against)
    else:
        assert isinstance(found, Repeats)
        assert isinstance(reference, Repeats)
        if not found.compared or found.compared != reference.compared:
            return nothing("the two data sets have not the same columns to compare")
        why = incomparable(found, reference, near=near)
        if why:
            return nothing(f"{why} in the {against}: no cell can be equal")
        apart = overlap(found, reference)
        nouns, beside = "rows", ""
    if apart is None:
        return nothing(f"there are no {nouns} to compare{beside and ':'}{beside.rstrip('.')}")
    pairs = apart.pairs.tolist()
    names = tuple(f"row {one + 1:,} is row {other + 1:,} of {against}" for one, other in pairs)
    interval = apart.at(LEVEL)
    return Outcome(
        value=min(max(apart.excess, interval.low), interval.high),
        interval=interval,
        at=apart.at,
        better="lower",
        n=apart.rows,
        lowest=0.0,
        highest=1.0,
        method="difference of two shares, Newcombe",
        says=(
            f"{number(apart.share)} of {apart.rows:,} {nouns} stand in the {against} too;"
            f" {number(apart.natural)} of the {against}'s {nouns} have a twin there.{beside}"
        ),
        evidence=names if apart.share > apart.natural else (),
        details={"share": apart.share, "natural": apart.natural},
    )


def _unread(found: Looks, reference: Looks, against: str) -> str:
    """What could not be looked at, as a sentence; "" where everything was."""
    sides = ((found, ""), (reference, f" of the {against}"))
    told = [f"{one.unread:,}{whose}" for one, whose in sides if one.unread]
    return f" Images that cannot be read: {', '.join(told)}." if told else ""
