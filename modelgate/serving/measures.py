"""What a server counts, as Prometheus reads it.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from modelgate.release import Release

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds."""


@dataclass(slots=True)
class Measures:
    """Counts since the server began.

    Attributes:
        requests: status code -> answers.
        rows: that were answered.
        unfamiliar: of them, beyond the out-of-domain threshold.
        in_flight: requests being answered now.
        swaps: models that were let in after the first; failed, those that were not.
    """

    requests: Counter[int] = field(default_factory=Counter)
    rows: int = 0
    unfamiliar: int = 0
    in_flight: int = 0
    swaps: int = 0
    failed_swaps: int = 0
    _buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    _seconds: float = 0.0

    def answered(self, code: int, seconds: float) -> None:
        """One request more."""
        self.requests[code] += 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def text(self, release: Release | None) -> str:
        """All of it."""
        lines = _family("requests_total", "counter", "Answers to requests for inference.")
        lines += [
            f'modelgate_requests_total{{code="{code}"}} {count}'
            for code, count in sorted(self.requests.items())
        ]
        lines += self._histogram()
        for name, kind, help_, value in (
            ("rows_total", "counter", "Rows that were answered.", self.rows),
            ("unfamiliar_rows_total", "counter", "Rows beyond the threshold.", self.unfamiliar),
            ("in_flight", "gauge", "Requests being answered.", self.in_flight),
            ("swaps_total", "counter", "Models that were let in after the first.", self.swaps),
            ("failed_swaps_total", "counter", "Models that were not.", self.failed_swaps),
        ):
            lines += [*_family(name, kind, help_), f"modelgate_{name} {value}"]
        if release is not None:
            labels = f'name="{release.name}",version="{release.number}",digest="{release.digest}"'
            lines += _family("model_info", "gauge", "What serves.")
            lines.append(f"modelgate_model_info{{{labels}}} 1")
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        name = "request_seconds"
        lines = _family(name, "histogram", "Seconds that a request for inference took.")
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'modelgate_{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"modelgate_{name}_sum {self._seconds}", f"modelgate_{name}_count {total}"]


def _family(name: str, kind: str, help_: str) -> list[str]:
    return [f"# HELP modelgate_{name} {help_}", f"# TYPE modelgate_{name} {kind}"]
