from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Facts, Need, Outcome, check
from modelgate.aggregates.confusion import Confusion
from modelgate.errors import UsageError
from modelgate.metrics.fairness import group_of, measure_fairness
from modelgate.metrics.table import class_index
from modelgate.provided import Groups


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The answers of each group; mistakes in the settings are found here, before any row."""
    columns = settings["of"]
    if not isinstance(columns, str) and not 1 <= len(set(columns)) == len(columns) <= 2:
        says = "of names one column, or two different ones to be crossed"
        raise UsageError("MG2160", says, hint="write `of: sex`, or `of: [sex, region]`")
    if settings["smallest"] < 1:
        says = f"smallest is {settings['smallest']}; write a number of rows, 1 or more"
        raise UsageError("MG2160", says)
    favoured(facts, settings["favourable"])
    return Need(Confusion)


def favoured(facts: Facts, label: str | None) -> int:
    """The class that people hope for."""
    if label is not None:
        return class_index(label, facts)
    if facts.positive is None:
        raise UsageError(
            "MG2160",
            f"none of {len(facts.classes)} classes is the positive one",
            hint="say which answer people hope for: `favourable: CLASS`",
        )
    return facts.positive


@check(
    family="fairness",
    subject="criterion",
    needs=needs,
    groups="of",
    example=("fairness: demographic_parity", "of: sex", "at_most: 10%"),
    tasks=("classification",),
    severity="major",
    unit="share",
)
def fairness(
    found: Groups,
    facts: Facts,
    *,
    criterion: Literal["demographic_parity", "equal_opportunity", "equalized_odds"],
    of: str | list[str],
    compare: Literal["difference", "ratio"] = "difference",
    favourable: str | None = None,
    smallest: int = 30,
) -> Outcome:
    """Groups of people are treated alike.

    demographic_parity: the same share of each group is answered favourably. equal_opportunity: so
    is the same share of those who should be. equalized_odds: that, and the same share of those who
    should not. The value is Fairlearn's: the widest difference between two groups, or the lowest
    rate over the highest; of equalized_odds the worse of both rates.

    Shares of equal groups differ by chance, the more the more groups there are: a model without
    fault is shown unfair in at most 5 % of runs, however many and small they are. Small groups are
    listed, and not judged; rows without a value are a group of their own.

    Measures: a difference of shares (0 is best), or a ratio of shares (1 is best).
    Settings: criterion, which one. of, the column that tells the groups apart, or two to be
        crossed. compare, difference or ratio. favourable, the answer that people hope for; the
        positive class where none is written. smallest, rows of which a group's rate has to be made.
    Source: M. Hardt, E. Price and N. Srebro (2016), "Equality of opportunity in supervised
        learning", NeurIPS; S. Bird et al. (2020), "Fairlearn: a toolkit for assessing and improving
        fairness in AI", MSR-TR-2020-32; intervals: Newcombe (1998), Donner and Zou (2012).
    """
    columns = [of] if isinstance(of, str) else of
    groups = [
        group_of(
            ", ".join(f"{column} = {one}" for column, one in zip(columns, value, strict=True)),
            states,  # type: ignore[arg-type]
            favoured(facts, favourable),
        )
        for value, states in found.items()
    ]
    ratio = compare == "ratio"
    measured, worst = measure_fairness(groups, criterion, ratio=ratio, smallest=smallest)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="higher" if ratio else "lower",
        n=measured.n,
        lowest=0.0,
        highest=1.0,
        method=measured.method,
        reason=measured.reason,
        evidence=worst,
        details=measured.details,
    )
