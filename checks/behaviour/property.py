from __future__ import annotations

from typing import Literal

from modelgate import Model, Outcome, Sample, check
from modelgate.kept import Kept
from modelgate.properties import Reach, Wish, known, outcome_of


@check(
    family="behaviour",
    subject="rule",
    severity="major",
    at_most=0,
    example=("property: monotone", "column: income", "increasing: true"),
)
def property(  # noqa: A001 (a check is called as people call what it asks about)
    model: Model,
    sample: Sample,
    kept: Kept | None,
    *,
    rule: Literal["finite", "sums_to_one", "range", "monotone", "row_order", "duplicates"],
    column: str | None = None,
    increasing: bool = True,
    of: str | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    tolerance: float | None = None,
    examples: int = 1_000,
    reach: Reach = "beyond",
) -> Outcome:
    """What must hold of every answer holds of inputs that no data set has.

    Inputs are drawn like the rows of the data: real ones, with one cell, some or all of them
    replaced by what another row holds, by something between or beyond, a missing one where some
    are missing, a text of other words or strange letters. Most are drawn and asked about at once;
    where none breaks the property, Hypothesis draws the rest, unless `examples` is below 500. One
    that breaks it is made as simple as it can be while it still does, shown, and kept in the
    project, to be tried first from then on (`.modelgate/counterexamples/`). The seed fixes all
    others.

    A pass speaks for the inputs drawn alone: of inputs drawn this way, fewer than 3/n break the
    property, at 95 %; it is no proof. With fewer inputs than `examples` nothing passes.

    finite: every number answered is one. sums_to_one: probabilities lie in [0, 1] and sum to one.
    range: the value, or the score of a class, stays between two bounds. monotone: it never falls
    (rises, with `increasing: false`) as a column rises and all others stay. row_order: the order of
    the rows changes no answer. duplicates: two equal rows in one call are answered alike.

    Measures: how many of the inputs drawn break the property.
    Settings: rule, the property. column and increasing, for monotone. of, the class whose score
        is meant; the positive one where None. lowest and highest, for range; 0 and 1 for scores.
        tolerance, how far an answer may be off. examples, how many inputs are tried. reach, how far
        they go: `seen` stays within what the data holds, `beyond` goes one range further but keeps
        signs, and shares between 0 and 1, `extreme` goes to whatever the types allow.
    Source: MacIver et al. (2019), "Hypothesis: A new approach to property-based testing", Journal
        of Open Source Software 4(43), 1891; Hanley and Lippman-Hand (1983), "If nothing goes wrong,
        is everything all right?", JAMA 249(13), 1743-1745 (the rule of three).
    """
    wish = Wish(
        column=column,
        increasing=increasing,
        of=of,
        lowest=lowest,
        highest=highest,
        tolerance=tolerance,
    )
    found = known(rule, wish, model, sample.answers)
    return outcome_of(found, model, sample, examples=examples, reach=reach, kept=kept)
