"""The part of a step that sets a perturbation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelgate.change import Change
from modelgate.declare import Check
from modelgate.errors import CheckCrashedError, ModelgateError, UsageError, Where
from modelgate.kinds import read_value
from modelgate.kinds.annotation import kind_of
from modelgate.perturb import KINDS, Perturbation, named
from modelgate.yaml_file.node import Mistakes, Node

STRENGTH = "strength"
"""How a suite calls the severity of a perturbation: its own `severity` is that of a result."""


class Changing:
    """Reads the settings of one step's perturbation."""

    def __init__(self, perturbation: Perturbation, node: Node, mistakes: Mistakes) -> None:
        self._perturbation = perturbation
        self._node = node
        self._mistakes = mistakes
        self._written: dict[str, Any] = {}

    @classmethod
    def of(
        cls,
        check: Check,
        subject: str,
        node: Node,
        perturbations: Mapping[str, Perturbation],
        mistakes: Mistakes,
    ) -> Changing | None:
        """None where the check changes nothing, or the step names no perturbation there is."""
        if not check.changes or not subject:
            return None
        try:
            return cls(named(subject, perturbations), node, mistakes)
        except UsageError as error:
            place = node.value[check.name].where
            mistakes.add(error.code, error.message, place, hint=error.hint)
            return None

    @property
    def keys(self) -> tuple[str, ...]:
        """What a step may write of it."""
        return tuple(map(_key, self._perturbation.settings))

    def has(self, key: str) -> bool:
        """Whether a key of the step is one of its settings."""
        return key in self.keys

    def take(self, key: str, node: Node) -> None:
        """Read one of them."""
        name = "severity" if key == STRENGTH else key
        kind = kind_of(self._perturbation.settings[name].type)
        if kind is not None:
            self._written[name] = read_value(kind, node, key, self._mistakes)

    def settled(self) -> Change | None:
        """The perturbation with all its settings; None where they are no good."""
        written = {name: value for name, value in self._written.items() if value is not None}
        try:
            settings = self._perturbation.settled(written)
        except (UsageError, CheckCrashedError) as error:
            self._mistakes.add(error.code, error.message, self._place(error), hint=error.hint)
            return None
        told = {_key(name): value for name, value in written.items()}
        return Change(self._perturbation, settings, told)

    def _place(self, error: ModelgateError) -> Where:
        """Of the setting that a mistake names; of the step where it names none that is written."""
        told = (key for key in self._node.keys if key in self.keys and f"'{key}'" in error.message)
        return self._node.keys[next(told, next(iter(self._node.keys)))]


def _key(name: str) -> str:
    return STRENGTH if name in KINDS else name
