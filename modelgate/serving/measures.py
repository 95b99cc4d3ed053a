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
REQUESTS = "inference_requests_total"
BEYOND = "Rows beyond the decision's out-of-domain threshold."
NOT_LET_IN = "Promoted models that could not be loaded."


@dataclass(slots=True)
class Measures:
    """Counts since the server began.

    Attributes:
        requests: status code -> answers.
        rows: that were answered.
        out_of_domain: of them, beyond the decision's threshold.
        in_flight: requests being answered now.
        swaps: models that were let in after the first.
        failed_swaps: promoted models that could not be let in.
    """

    requests: Counter[int] = field(default_factory=Counter)
    rows: int = 0
    out_of_domain: int = 0
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
        """Every count, in the text format.

        Args:
            release: what serves now; None for nothing.
        """
        lines = _family(REQUESTS, "counter", "Answers to requests for inference.")
        lines += [
            f'modelgate_{REQUESTS}{{code="{code}"}} {count}'
            for code, count in sorted(self.requests.items())
        ]
        lines += self._histogram()
        for name, kind, help_, value in (
            ("rows_total", "counter", "Rows that were answered.", self.rows),
            ("out_of_domain_rows_total", "counter", BEYOND, self.out_of_domain),
            ("in_flight", "gauge", "Requests being answered.", self.in_flight),
            ("swaps_total", "counter", "Models that were let in after the first.", self.swaps),
            ("failed_swaps_total", "counter", NOT_LET_IN, self.failed_swaps),
        ):
            lines += [*_family(name, kind, help_), f"modelgate_{name} {value}"]
        if release is not None:
            labels = f'name="{release.name}",version="{release.number}",digest="{release.digest}"'
            lines += _family("model_info", "gauge", "The model that serves now.")
            lines.append(f"modelgate_model_info{{{labels}}} 1")
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        name = "inference_duration_seconds"
        lines = _family(name, "histogram", "Seconds that a request for inference took.")
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'modelgate_{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"modelgate_{name}_sum {self._seconds}", f"modelgate_{name}_count {total}"]


def _family(name: str, kind: str, help_: str) -> list[str]:
    return [f"# HELP modelgate_{name} {help_}", f"# TYPE modelgate_{name} {kind}"]
