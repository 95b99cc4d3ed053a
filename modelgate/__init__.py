"""modelgate: the quality gate that decides whether a model may go to production.

This face defines nothing, it lists; each name is loaded when it is first asked for, so that
`import modelgate` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelgate.aggregates import Aggregate as Aggregate
    from modelgate.aggregates import Facts as Facts
    from modelgate.aggregates import Need as Need
    from modelgate.bench import Bench as Bench
    from modelgate.cases import Cases as Cases
    from modelgate.change import Change as Change
    from modelgate.declaring import check as check
    from modelgate.evaluation import evaluate as evaluate
    from modelgate.leaderboard import compare as compare
    from modelgate.model import Champion as Champion
    from modelgate.model import Model as Model
    from modelgate.outcome import Difference as Difference
    from modelgate.outcome import Outcome as Outcome
    from modelgate.outcome import Severity as Severity
    from modelgate.outcome import Status as Status
    from modelgate.predictions import Predictions as Predictions
    from modelgate.provided import Examples as Examples
    from modelgate.provided import Probe as Probe
    from modelgate.provided import Sample as Sample
    from modelgate.report import Report as Report
    from modelgate.stats.interval import Interval as Interval

__version__ = "0.1.0"

_AT = {
    "Aggregate": "aggregates",
    "Bench": "bench",
    "Cases": "cases",
    "Champion": "model",
    "Change": "change",
    "Difference": "outcome",
    "Examples": "provided",
    "Facts": "aggregates",
    "Interval": "stats.interval",
    "Model": "model",
    "Need": "aggregates",
    "Outcome": "outcome",
    "Predictions": "predictions",
    "Probe": "provided",
    "Report": "report",
    "Sample": "provided",
    "Severity": "outcome",
    "Status": "outcome",
    "check": "declaring",
    "compare": "leaderboard",
    "evaluate": "evaluation",
}

__all__ = [  # noqa: PLE0604 (the names of the table above)
    "__version__",
    *_AT,
]


def __getattr__(name: str) -> Any:
    if name in _AT:
        return getattr(import_module(f"modelgate.{_AT[name]}"), name)
    raise AttributeError(f"module 'modelgate' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
