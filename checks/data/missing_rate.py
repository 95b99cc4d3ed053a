from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from modelgate import Outcome, check
from modelgate.data_quality.absent import missing
from modelgate.data_quality.named import refuse_unknown_column
from modelgate.data_quality.told import nothing
from modelgate.profiles.profile import Profile
from modelgate.provided import Bound
from modelgate.surveys import Of


@check(
    family="data",
    subject="of",
    severity="minor",
    at_most=0.05,
    example=("missing_rate: rise",),
)
def missing_rate(
    found: Profile,
    reference: Annotated[Profile, Of(setting="against")] | None,
    bound: Bound,
    *,
    of: Literal["share", "rise"],
    against: str = "reference",
    columns: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
) -> Outcome:
    """Values are not missing where they used to be there.

    A join that finds nothing or a sensor that went silent shows as empty cells long before anything
    else. NaN counts as missing. `rise` holds each column to the reference, so that a column that
    always had gaps may go on to have them; `share` counts the gaps as they are.

    Measures: the largest share of rows without a value of any column (`share`), or how much larger
        that is than in the reference (`rise`).
    Settings: of, what is told of each column. against, the role that is compared with. columns,
        only these. ignore, all but these.
    Source: S. Schelter, D. Lange, P. Schmidt, M. Celikel, F. Biessmann, A. Grafberger (2018),
        "Automating large-scale data quality verification", VLDB.
    """
    names = found.columns_profiled
    for name in (*(columns or ()), *ignore):
        refuse_unknown_column(name, names, "the data")
    chosen = [name for name in columns or names if name not in ignore]
    profiles = [names[name] for name in chosen]
    if of == "share":
        return missing(profiles, bound.at_most)
    if reference is None:
        return nothing(f"there is no data set in the role '{against}' to compare with")
    return missing(profiles, bound.at_most, reference.columns_profiled, against)
