"""What is broken off: each operation on a registry that stands, and what has to hold after it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelgate.audit import audited
from modelgate.decisions.keys import public_keys
from modelgate.evaluation import evaluate
from modelgate.promote import promote, rollback
from modelgate.registering import register
from modelgate.registries.embedded import Registry
from modelgate.registries.log import statement_of
from tests.registered import Line, decided, line, model_bytes, there

SUITE = """\
title: One blocker
checks:
  - finite_outputs: all
"""
PROJECT = """\
suite: suite.yaml
aliases: {{production: {{{target}}}}}
"""


@dataclass(frozen=True)
class Operation:
    """One of them.

    Attributes:
        prepare: makes what it works on, in an empty folder that is the current one.
        run: does it; the same again has to end well, whatever became of it before.
        target: of the alias, in modelgate.yaml.
    """

    prepare: Callable[[], None]
    run: Callable[[], None]
    target: str = ""


def _three() -> None:
    line(Path(), 3).registry.close()


def _promoted(*numbers: str) -> Callable[[], None]:
    def prepare() -> None:
        _three()
        registry = Registry(Path("registry"))
        for number in numbers:
            promote(there(registry), number)
        registry.close()

    return prepare


def _here(work: Callable[[Registry], object]) -> Callable[[], None]:
    def run() -> None:
        registry = Registry(Path("registry"))
        try:
            work(registry)
        finally:
            registry.close()

    return run


def _new_model() -> None:
    Path("new.onnx").write_bytes(model_bytes(77))
    Registry(Path("registry")).close()


def _recorded(registry: Registry) -> None:
    found = Line(registry, tuple(registry.versions("churn")), there(registry))
    decided(registry, found.versions[2], found.versions[1], seed=7)


def _migrated() -> None:
    Registry(Path("registry")).close()


def _checked() -> None:
    os.environ["MODELGATE_REGISTRY"] = "registry"
    evaluate("churn@1")


def _rolled_back(registry: Registry) -> None:
    place = there(registry)
    standing = registry.alias("churn", "production")
    assert standing is not None
    if standing.number == 2:
        rollback(place, "slow")
    else:  # it was done before it was broken off: the same once more brings the target there
        promote(place, str(standing.number))


OPERATIONS: Mapping[str, Operation] = {
    "register": Operation(
        _new_model, _here(lambda registry: register(registry, "new.onnx", "churn"))
    ),
    "record": Operation(_three, _here(_recorded)),
    "check": Operation(_three, _checked),
    "promote": Operation(_promoted("1"), _here(lambda registry: promote(there(registry), "2"))),
    "rollback": Operation(_promoted("1", "2"), _here(_rolled_back)),
    "migrate": Operation(lambda: None, _migrated),
    "deploy": Operation(
        _promoted("1"),
        _here(lambda registry: promote(there(registry), "2")),
        target="target: {folder: served}",
    ),
}


def begun(operation: Operation, folder: Path) -> None:
    """An empty folder with what the operation works on; it becomes the current one."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    os.chdir(folder)
    Path("suite.yaml").write_text(SUITE, "utf-8")
    Path("modelgate.yaml").write_text(PROJECT.format(target=operation.target), "utf-8")
    operation.prepare()


def holds(folder: Path) -> None:
    """The invariants, whatever happened: the log, the tables, the files, and what is served.

    Raises:
        RefusedError: one does not hold.
    """
    os.chdir(folder)
    if not (folder / "registry" / "registry.db").exists():
        return
    registry = Registry(Path("registry"))
    try:
        if not registry.names():
            return
        keys = public_keys(registry.keys)
        for name in registry.names():
            audited(registry, name, keys)
        _one_move_each(registry)
        _served_is_whole(registry)
    finally:
        registry.close()


def _one_move_each(registry: Registry) -> None:
    """Every move of a pointer has one entry, from where it stood to where it then stands."""
    stood: dict[tuple[str, str], int | None] = {}
    for entry in registry.entries(kind="move"):
        move = statement_of(entry)
        place = (move.name, move.body["alias"])
        assert stood.get(place) == move.body["from"]
        assert move.body["from"] != move.body["to"]
        stood[place] = move.body["to"]


def _served_is_whole(registry: Registry) -> None:
    """What the target serves is one of the decided versions, every byte of it."""
    current = Path("served", "current")
    if not current.exists():
        return
    about = json.loads((current / "release.json").read_text("utf-8"))
    version = registry.version(about["name"], about["version"])
    found = hashlib.sha256((current / about["file"]).read_bytes()).hexdigest()
    assert version.digest == about["digest"] == f"sha256:{found}"
    decision = registry.entry(about["decision"])
    assert decision is not None
    assert decision.envelope == (current / "decision.json").read_bytes()
