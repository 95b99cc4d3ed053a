"""How much worse than the champion is tolerable, as a suite writes it."""

from __future__ import annotations

from dataclasses import dataclass

from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.single import Number
from modelgate.suite import Margin
from modelgate.yaml_file.node import Node

AUTO, NONE = "auto", "none"


@dataclass(frozen=True, slots=True)
class Tolerance(Kind):
    """A number in the metric's unit, a share such as 1%, "auto" or "none"."""

    says = "a number above 0, a share such as 1%, 'auto' or 'none'"

    def read(self, node: Node) -> Margin:
        """As `Kind.read`."""
        if node.value == AUTO:
            return Margin(asked=True)
        if node.value == NONE:
            return Margin(none=True)
        try:
            amount = float(Number().read(node))
        except WrongValueError as error:
            raise self.wrong(node) from error
        if amount <= 0:
            # Nothing that is measured on rows can rule out a drop of nothing.
            raise WrongValueError(node, f"takes {self.says}, not {node.text[:40]}")
        return Margin(amount=amount, share=isinstance(node.value, str), asked=True)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        number, share = Number().schema()["anyOf"]
        amount = {**number, "exclusiveMinimum": 0}
        return {"anyOf": [amount, share, {"enum": [AUTO, NONE]}]}
