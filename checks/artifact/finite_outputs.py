from modelgate import Outcome, check
from modelgate.aggregates.answers import Answers


@check(family="artifact", severity="blocker", at_most=0)
def finite_outputs(answers: Answers) -> Outcome:
    """Every number that the model answers is a number: no NaN, no infinity.

    One such answer poisons whatever is computed from it, and most comparisons with it are silently
    false. All answers of the run are looked at; without data, the answers to inputs made up from
    the model's signature.

    Measures: rows with an answer that is not finite.
    Source: IEEE 754-2019, 6.2 (NaN) and 5.11 (why comparisons with it are false).
    """
    where = ", ".join(str(row + 1) for row in answers.first_not_finite)
    rows = "row" if len(answers.first_not_finite) == 1 else "rows"
    says = f"{answers.not_finite:,} of {answers.rows:,} rows are answered with NaN or an infinity"
    return Outcome(
        value=float(answers.not_finite) if answers.rows else None,
        better="lower",
        unit="row",
        kind="exact",
        n=answers.rows,
        method="count",
        says=f"{says} (the first: {rows} {where})." if where else "",
        reason=None if answers.rows else "the model answered no row",
        evidence=tuple({"type": "row", "row": row} for row in answers.first_not_finite),
    )
