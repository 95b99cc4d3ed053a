"""Another category of the same column."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice


@perturbation(of="category")
def category_swap(
    values: Sequence[str], *, seed: int, pool: Sequence[str], to: str | None = None
) -> list[str]:
    """Each value becomes another one that the column holds, each as likely as any other.

    Where the column should not matter, such as a person's sex, a good model answers as before.
    Where it should, the answers say how much it does. A column of one value stays as it is.

    Settings: to, the one value that all become, in place of a drawn one.
    Source: M. Kusner et al. (2017), "Counterfactual fairness", NeurIPS, for the question; what
        follows from the changed value elsewhere in the row is not changed with it.
    """
    if to is not None:
        return [to] * len(values)
    known = sorted(set(pool))
    others = {value: [one for one in known if one != value] for value in set(values)}
    return [
        Dice(seed, f"{place} {value}").one(others[value]) if others[value] else value
        for place, value in enumerate(values)
    ]
