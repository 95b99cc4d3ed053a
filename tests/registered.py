"""A real trial's report, and registries full of versions that were decided by it.

The trial is held once: what is tested with these is the registry, whose decisions are signed,
chained and verified as any other. Two versions of one model differ in a field that ONNX ignores.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import chdir
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from modelgate import Report
from modelgate.deciding import recorded
from modelgate.demo import write
from modelgate.earned import Place, place
from modelgate.evaluation import evaluate
from modelgate.outcome import NONE_YET, Status
from modelgate.project import find_project
from modelgate.recomputing import recomputed
from modelgate.registries import Part, Version
from modelgate.registries.embedded import Registry
from modelgate.suite import Policy

READING = {"prepare": None}


@cache
def trial() -> tuple[Report, bytes]:
    """The report of a promotion against a champion, and the model's bytes."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        write(Path("demo"))
        report = evaluate(
            "demo/models/better.onnx",
            champion="demo/models/champion.onnx",
            suite="demo/suites/demo.yaml",
        )
        assert report.verdict.decision == "promote"
        return report, Path("demo/models/better.onnx").read_bytes()


def model_bytes(number: int) -> bytes:
    """The model with a number in a field (15, of type bytes) that ONNX does not know."""
    return trial()[1] + bytes([0x7A, 8]) + f"{number:08d}".encode()


def added(registry: Registry, folder: Path, number: int, name: str = "churn") -> Version:
    """Another version of the model."""
    content = model_bytes(number)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    path = folder / "model.onnx"
    path.write_bytes(content)
    version = Version(
        name=name,
        number=0,
        digest=digest,
        format="onnx",
        parts=(Part(path.name, digest, len(content)),),
        created="2026-11-23T12:00:00+00:00",
        by="ana",
    )
    return registry.register(version, folder)


def report_on(
    version: Version, champion: Version | None, *, passed: bool = True, seed: int = 0
) -> Report:
    """What a trial of this version against that champion would have said."""
    report, _ = trial()
    subject = {
        **report.subject,
        "model": {
            **report.subject["model"],
            "name": str(version),
            "digest": version.digest,
            "format": version.format,
        },
        "champion": None
        if champion is None
        else {**report.subject["champion"], "name": str(champion), "digest": champion.digest},
    }
    results = report.results
    if champion is None:
        results = tuple(
            replace(
                one,
                status=Status.SKIPPED,
                reason=NONE_YET,
                value=None,
                interval=None,
                p_worse=None,
                p_within=None,
                difference=None,
                difference_interval=None,
            )
            if one.versus == "champion"
            else one
            for one in results
        )
    if not passed:
        results = tuple(
            replace(one, status=Status.FAILED, p_worse=1e-9, p_within=1.0)
            if one.id == "metric[accuracy]"
            else one
            for one in results
        )
    made = {**report.provenance, "seed": seed}
    return recomputed(replace(report, subject=subject, results=results, provenance=made))


def decided(
    registry: Registry,
    version: Version,
    champion: Version | None,
    *,
    passed: bool = True,
    days: float = 30,
    seed: int = 0,
) -> Report:
    """A decision about a version, in the log; by another seed it is another look at the rows."""
    report = report_on(version, champion, passed=passed, seed=seed)
    assert report.verdict.decision == ("promote" if passed else "block")
    policy = Policy(budget=10_000)
    return recorded(registry, version, report, reading=READING, days=days, policy=policy)


@dataclass(frozen=True)
class Line:
    """A registry with versions 1, 2, ... each decided against the one before it."""

    registry: Registry
    versions: tuple[Version, ...]
    place: Place


def line(folder: Path, length: int, name: str = "churn", url: str | None = None) -> Line:
    """Versions 1 to `length`; the first decided against nothing, each other against the last."""
    folder.mkdir(parents=True, exist_ok=True)
    registry = Registry(folder / "registry", url=url)
    versions: list[Version] = []
    for number in range(length):
        versions.append(added(registry, folder, number, name))
        decided(registry, versions[-1], versions[-2] if number else None)
    return Line(registry, tuple(versions), there(registry, name))


def there(registry: Registry, name: str = "churn", alias: str = "production") -> Place:
    """An alias of a model, in the project that the test stands in."""
    return place(registry, find_project(Path(os.curdir)), name, alias, registry.keys)
