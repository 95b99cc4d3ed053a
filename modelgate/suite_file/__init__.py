"""A suite's YAML, parsed against the checks that there are; every mistake is told at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelgate.declare import Check
from modelgate.kinds import Kind, read_value
from modelgate.kinds.blocks import known_entries, read_block
from modelgate.kinds.composed import Many
from modelgate.kinds.single import Choice, Number, Text
from modelgate.perturb import perturbations
from modelgate.suite import DataPart, ModelPart, Policy, Step, Suite
from modelgate.suite_file.blocks import (
    POLICY,
    read_data,
    read_model,
)
from modelgate.suite_file.step import StepReader
from modelgate.yaml_file import read_yaml
from modelgate.yaml_file.node import Mistakes, Node

MOST_STEPS = 10_000
TASKS = ("classification", "regression")
SIMPLE: Mapping[str, Kind] = {
    "title": Text(),
    "task": Choice(TASKS),
    "seed": Number(0, 2**32 - 1, whole=True),
    "needs": Many(Text()),
}
KEYS = (*SIMPLE, "model", "data", "champion", "policy", "checks")
EXAMPLE = "write `checks:` and below it `  - metric: accuracy`"


def parse_suite(
    text: bytes,
    *,
    name: str,
    path: str,
    checks: Mapping[str, Check],
    folder: Path | None = None,
) -> Suite:
    """Parse and validate a suite.

    Args:
        text: the file's bytes.
        name: what the suite is called.
        path: the file's name, as people would write it.
        checks: name -> check, of which it may ask.
        folder: what the files that it names are relative to; the folder of `path` where None.

    Raises:
        MistakesError: everything that is wrong with it, in the order of the lines.
    """
    mistakes = Mistakes()
    root = read_yaml(text, file=path, mistakes=mistakes)
    if root.value is None:
        mistakes.stop(
            "MG2115", "the suite is empty and can promote nothing", root.where, hint=EXAMPLE
        )
    entries = known_entries(root, "the suite", KEYS, mistakes)
    simple = {
        key: read_value(kind, entries[key], key, mistakes)
        for key, kind in SIMPLE.items()
        if key in entries
    }
    task = simple.get("task")
    folder = Path(path).parent if folder is None else folder
    model = read_model(entries["model"], mistakes, folder) if "model" in entries else ModelPart()
    data: dict[str, DataPart] = read_data(entries["data"], mistakes) if "data" in entries else {}
    policy = (
        read_block(entries["policy"], "policy", POLICY, mistakes) if "policy" in entries else {}
    )
    champion = _champion(entries.get("champion"), mistakes)
    steps: tuple[Step, ...] = ()
    if isinstance(root.value, dict):
        known = getattr(checks, "perturbations", None) or perturbations()
        reader = StepReader(checks, data, task, folder, mistakes, perturbations=known)
        steps = _steps(entries.get("checks"), root, reader)
    mistakes.raise_if_any()
    return Suite(
        name=name,
        title=simple.get("title") or name,
        path=path,
        digest=f"sha256:{hashlib.sha256(text).hexdigest()}",
        task=task,
        model=model,
        data=data,
        steps=steps,
        seed=simple.get("seed", 0),
        champion=champion,
        needs=tuple(simple.get("needs") or ()),
        policy=Policy(**{key: one for key, one in policy.items() if one is not None}).shared(),
    )


def _champion(node: Node | None, mistakes: Mistakes) -> str | None:
    """The path of the model in production."""
    if node is None:
        return None
    path: str | None = read_value(Text(), node, "champion", mistakes)
    return path


def _steps(node: Node | None, root: Node, reader: StepReader) -> tuple[Step, ...]:
    mistakes = reader.mistakes
    if node is None or node.value is None or node.value == ():
        where = root.where if node is None else root.keys["checks"]
        message = "a suite without checks can promote nothing"
        mistakes.add("MG2115", message, where, hint=EXAMPLE)
        return ()
    if not isinstance(node.value, tuple):
        message = f"'checks' takes a list of steps, not {node.says}"
        mistakes.add("MG2107", message, node.where, hint=EXAMPLE)
        return ()
    if len(node.value) > MOST_STEPS:
        message = f"{len(node.value)} checks; a suite may have {MOST_STEPS}"
        mistakes.stop("MG2102", message, node.where)
    steps: list[Step] = []
    asked: dict[Any, Step] = {}
    for entry in node.value:
        step = reader.read(entry)
        if step is None:
            continue
        first = asked.setdefault(_question(step), step)
        if first is not step:
            message = f"the same question stands here and in line {first.where.line}"
            hint = "keep one of the two, with the limit you mean"
            mistakes.add("MG2114", message, step.where, hint=hint)
        steps.append(step)
    return tuple(steps)


def _question(step: Step) -> tuple[Any, ...]:
    change = {} if step.change is None else step.change.written
    settings = tuple(
        sorted((name, repr(value)) for name, value in {**step.settings, **change}.items())
    )
    by = frozenset(map(frozenset, step.by))
    return (step.check, step.subject, settings, by, frozenset(step.part), step.data)
