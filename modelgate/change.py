"""What a step changes in rows before it asks about them again: a perturbation with its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelgate.perturb import Perturbation


@dataclass(frozen=True, slots=True)
class Change:
    """A perturbation as a suite's step sets it.

    Attributes:
        perturbation: what is done.
        settings: all of its settings, typed.
        written: those that the step writes, for names.
    """

    perturbation: Perturbation
    settings: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The perturbation's."""
        return self.perturbation.name

    def at(self, strength: int) -> Change:
        """The same, at another severity."""
        return Change(self.perturbation, {**self.settings, "severity": strength}, self.written)
