"""A waiver, as a suite writes it: who lets a question pass for a while, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.single import Text
from modelgate.suite import Waiver
from modelgate.yaml_file.node import Node

KEYS = ("owner", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Waived(Kind):
    """A block of three keys, all of them needed."""

    says = "a block of `owner`, `reason` and `expires`"

    def read(self, node: Node) -> Waiver:
        """As `Kind.read`."""
        if not isinstance(node.value, dict) or set(node.value) != set(KEYS):
            raise WrongValueError(
                node,
                f"takes {self.says}, not {node.says}",
                hint="write `waiver: {owner: ana, reason: TEXT, expires: 2027-01-31}`",
            )
        day = node.value["expires"]
        try:
            expires = date.fromisoformat(day.text)
        except ValueError as error:
            raise WrongValueError(
                day, f"expires on a day such as 2027-01-31, not {day.says}"
            ) from error
        owner, reason = (Text().read(node.value[key]) for key in ("owner", "reason"))
        return Waiver(owner=owner, reason=reason, expires=expires)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        text = Text().schema()
        return {
            "type": "object",
            "properties": {
                "owner": text,
                "reason": text,
                "expires": {"type": "string", "format": "date"},
            },
            "required": list(KEYS),
            "additionalProperties": False,
        }
