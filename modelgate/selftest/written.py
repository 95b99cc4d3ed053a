"""What a suite does with faulty models, as JSON for programs."""

from __future__ import annotations

import json
from typing import Any

from modelgate.escape import printable
from modelgate.selftest import SelfTest
from modelgate.selftest.trying import Tried, share

SCHEMA = "modelgate.selftest/1"


def written(found: SelfTest) -> str:
    """All of it; no NaN or infinity is in it."""
    said = {
        "schema": SCHEMA,
        "decision": found.decision,
        "exit_code": found.exit_code,
        "subject": found.subject,
        "unchanged": found.unchanged,
        "controls": [_tried(one) for one in found.controls],
        "faults": [
            {
                "kind": kind.name,
                "group": kind.group,
                "caught": kind.caught,
                "tried": [_tried(one) for one in kind.tried],
            }
            for kind in found.kinds
        ],
        "untried": [{"says": one.says, "why": one.why} for one in found.untried],
        "slices_left_out": found.slices_left_out,
        "advice": [
            {
                "group": one.group,
                "step": one.step,
                "instead": one.instead,
                "caught": one.caught,
                "models": one.models,
                "promotes": one.promotes,
            }
            for one in found.advice
        ],
        "asked": found.asked,
        "apart": list(found.apart),
        "unasked": list(found.unasked),
        "seconds": round(found.seconds, 3),
    }
    return json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _tried(one: Tried) -> dict[str, Any]:
    between = share(one.promoted, one.models)
    place = one.fault.place
    return {
        "fault": one.fault.name,
        "says": printable(one.fault.says),
        "column": None if place is None else place.column,
        "value": None if place is None or place.value is None else str(place.value),
        "models": one.models,
        "promoted": one.promoted,
        "held": one.held,
        "blocked": one.blocked,
        "let_through": one.promoted / one.models,
        "interval": [between.low, between.high],
        "level": between.level,
        "tolerance": one.tolerance,
        "because": dict(one.because),
    }
