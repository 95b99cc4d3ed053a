"""What a test set is still worth after so many looks at it.

Each candidate that is judged on the same rows has its chance to pass by luck. The chance that at
least one did is at most the sum of theirs (Boole's inequality), as long as nobody chose a candidate
by what the looks before had told: against that, only new rows help.

Source: M. Hardt (2017), "Climbing a shaky ladder", arXiv:1706.02733, on what adaptive reuse adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from modelgate.report import Report
from modelgate.suite import BUDGET


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How worn a test set is.

    Attributes:
        test: "sha256:..." of its rows and labels.
        look: the number of this look, from 1.
        budget: looks after which it promotes nothing more.
        alpha: chance of each look that a model worse than its limits passes.
    """

    test: str
    look: int
    budget: int = BUDGET
    alpha: float = 0.05

    @property
    def chance(self) -> float:
        """That at least one promotion on it was wrong, at most."""
        return min(1.0, self.look * self.alpha)

    @property
    def out(self) -> bool:
        """Whether it promotes nothing more."""
        return self.look > self.budget

    @property
    def says(self) -> str:
        """As people are told."""
        share = 100 * self.chance
        most = f"{share:.0f}" if share >= 1 else f"{share:.1g}"
        return (
            f"look {self.look} of {self.budget}; chance that some promotion on this test set was"
            f" wrong: at most {most} %"
        )

    @property
    def told(self) -> Mapping[str, Any]:
        """The same for a decision, JSON-ready."""
        return {
            "test": self.test,
            "look": self.look,
            "budget": self.budget,
            "alpha": self.alpha,
            "chance": self.chance,
        }


def worn(report: Report, wear: Wear) -> Report:
    """The report, saying which look it was; past the budget it promotes no more."""
    report = replace(report, provenance={**report.provenance, "looks": wear.says})
    if not wear.out or report.verdict.decision == "block":
        return report
    why = (
        f"The test set is worn out: this is look {wear.look}, and {wear.budget} are good for a"
        " promotion. Refresh its rows."
    )
    held = replace(
        report.verdict,
        decision="hold",
        exit_code=report.verdict.exit_code or 11,
        because=(why, *report.verdict.because),
        policy={**report.verdict.policy, "on_hold": "hold"},  # no approval makes the rows new
    )
    return replace(report, verdict=held)
