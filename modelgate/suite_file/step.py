"""One entry of `checks:`: the first key names the check, the others set it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from modelgate.declare import Check
from modelgate.errors import Where, did_you_mean
from modelgate.escape import shown
from modelgate.kinds import Kind, read_value
from modelgate.kinds.annotation import kind_of
from modelgate.kinds.single import Choice, Number, Text
from modelgate.outcome import Severity
from modelgate.perturb import Perturbation
from modelgate.setting import REQUIRED
from modelgate.slices import Part, Slicing, column_of
from modelgate.suite import Limit, Margin, Step
from modelgate.suite_file.changing import Changing
from modelgate.suite_file.sliced import By, Named
from modelgate.suite_file.tolerance import Tolerance
from modelgate.suite_file.waived import Waived
from modelgate.yaml_file.node import Mistakes, Node

LIMIT = Number()
SEVERITY = Choice(tuple(severity.value for severity in Severity))
ENGINE_KEYS: Mapping[str, Kind] = {
    "at_least": LIMIT,
    "at_most": LIMIT,
    "margin": Tolerance(),
    "severity": SEVERITY,
    "by": By(),
    "slice": Named(),
    "min_rows": Number(low=1, whole=True),
    "data": Text(),
    "waiver": Waived(),
}
OF_SLICES = ("by", "slice", "min_rows")
"""Those of them that only a check of labelled rows has."""
MIN_ROWS = 30


class StepReader:
    """Reads the steps of one suite.

    Attributes:
        checks: name -> check.
        roles: the names that `data:` defines.
        task: the suite's, if it names one.
        folder: what the files that a step names are relative to.
        perturbations: name -> perturbation.
        mistakes: takes what is wrong.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        roles: Collection[str],
        task: str | None,
        folder: Path,
        mistakes: Mistakes,
        *,
        perturbations: Mapping[str, Perturbation],
    ) -> None:
        self.checks = checks
        self.roles = sorted({*roles, "test"})
        self.task = task
        self.folder = folder
        self.perturbations = perturbations
        self.mistakes = mistakes

    def read(self, node: Node) -> Step | None:
        """One step; None where it is too wrong to say what it asks."""
        if not isinstance(node.value, dict) or not node.value:
            message = f"a step is a block of keys whose first names the check, not {node.says}"
            self.mistakes.add("MG2107", message, node.where, hint="write `- metric: accuracy`")
            return None
        name = next(iter(node.value))
        check = self.checks.get(name)
        if check is None:
            self._unknown(name, node)
            return None
        before = len(self.mistakes.found)
        step = self._step(check, node)
        return step if len(self.mistakes.found) == before else None

    def _unknown(self, name: str, node: Node) -> None:
        where = node.keys[name]
        meant = next((key for key in node.value if key in self.checks), None)
        if meant is not None:
            says = f"the first key of a step names the check; put {shown(meant)} before it"
        else:
            says = f"no check is called {shown(name)}; {did_you_mean(name, self.checks)}"
        hint = None if meant else "`modelgate list checks` prints all of them"
        self.mistakes.add("MG2104", says, where, hint=hint)

    def _step(self, check: Check, node: Node) -> Step:
        where = node.keys[check.name]
        subject, settings = self._subject(check, node.value[check.name], where)
        self._tasks(check, where)
        engine: dict[str, Any] = {}
        changing = Changing.of(check, subject, node, self.perturbations, self.mistakes)
        for key, value in node.value.items():
            if key == check.name:
                continue
            if key in ENGINE_KEYS:
                engine[key] = self._engine(check, key, value)
            elif changing is not None and key not in check.settings and changing.has(key):
                changing.take(key, value)
            else:
                self._setting(check, key, node, settings, changing)
        self._complete(check, settings, where)
        self._others(check, settings, node)
        self._of_slices(check, node)
        by, part = self._by(engine.get("by"), node), engine.get("slice") or ()
        limit, limit_where = self._limit(check, engine, node)
        change = None if changing is None else changing.settled()
        if change is not None:
            subject = ", ".join(
                (subject, *(f"{key} {_said(one)}" for key, one in change.written.items()))
            )
        return Step(
            check=check.name,
            subject=subject,
            settings=settings,
            change=change,
            limit=limit,
            margin=self._margin(check, engine.get("margin"), node),
            severity=_severity(check, engine.get("severity"), by or part),
            by=by,
            part=part,
            min_rows=engine.get("min_rows") or MIN_ROWS,
            data=self._data(engine.get("data"), node.value.get("data", node)),
            waiver=engine.get("waiver"),
            where=where,
            limit_where=limit_where or where,
        )

    def _engine(self, check: Check, key: str, node: Node) -> Any:
        """The value of a key that every step has; a perturbation's strength has another name."""
        if key == "severity" and check.changes and isinstance(node.value, int):
            message = f"'severity' is what a failure means: {SEVERITY.says}"
            hint = f"how strong the change is, is `strength: {node.text}`"
            self.mistakes.add("MG2109", message, node.where, hint=hint)
            return None
        return read_value(ENGINE_KEYS[key], node, key, self.mistakes)

    def _subject(self, check: Check, node: Node, where: Where) -> tuple[str, dict[str, Any]]:
        kind = None if check.subject is None else kind_of(check.settings[check.subject].type)
        if node.value is None:
            wanted = f"{kind.says}" if kind else "a name, such as 'all'"
            self.mistakes.add(
                "MG2110", f"{shown(check.name)} needs {wanted} after its colon", where
            )
            return "", {}
        if kind is not None and check.subject is not None:
            value = read_value(kind, node, check.name, self.mistakes)
            return _as_text(node), {check.subject: self._found(value, node)}
        if isinstance(node.value, dict | tuple) or not node.text:
            message = f"{shown(check.name)} takes a name, such as 'all', not {node.says}"
            self.mistakes.add("MG2109", message, node.where)
        return node.text, {}

    def _tasks(self, check: Check, where: Where) -> None:
        if self.task is not None and self.task not in check.tasks:
            judges = " and ".join(check.tasks)
            message = f"{shown(check.name)} judges {judges}; the suite's task is {self.task}"
            self.mistakes.add("MG2119", message, where)

    def _setting(
        self,
        check: Check,
        key: str,
        step: Node,
        settings: dict[str, Any],
        changing: Changing | None,
    ) -> None:
        node, where = step.value[key], step.keys[key]
        setting = None if key == check.subject else check.settings.get(key)
        kind = None if setting is None else kind_of(setting.type)
        if kind is not None:
            settings[key] = self._found(read_value(kind, node, key, self.mistakes), node)
        elif key == check.subject:
            message = f"{shown(key)} is what stands after {shown(check.name + ':')}; leave it out"
            self.mistakes.add("MG2108", message, where)
        else:
            known = [*(name for name in check.settings if name != check.subject), *ENGINE_KEYS]
            known += () if changing is None else changing.keys
            near = did_you_mean(key, known)
            message = f"{shown(check.name)} has no setting {shown(key)}; {near}"
            hint = f"`modelgate explain {check.name}` prints its settings"
            self.mistakes.add("MG2108", message, where, hint=hint)

    def _found(self, value: Any, node: Node) -> Any:
        """The same value; a file that it names is relative to the suite's, and there."""
        if not isinstance(value, Path):
            return value
        path = self.folder / value
        if not path.is_file():
            message = f"there is no file {shown(str(path))}"
            hint = "paths are relative to the suite's file"
            self.mistakes.add("MG2133", message, node.where, hint=hint)
        return path

    def _complete(self, check: Check, settings: dict[str, Any], where: Where) -> None:
        for name, setting in check.settings.items():
            if name in settings or name == check.subject:
                continue
            if setting.default is REQUIRED:
                kind = kind_of(setting.type)
                takes = f": {kind.says}" if kind else ""
                message = f"{shown(check.name)} needs the setting {shown(name)}{takes}"
                self.mistakes.add("MG2110", message, where)
            settings[name] = setting.default

    def _others(self, check: Check, settings: Mapping[str, Any], node: Node) -> None:
        """The data sets that its settings name are there."""
        for setting in {of.setting for of in check.others.values() if of.setting is not None}:
            if setting in node.value and isinstance(settings.get(setting), str):
                self._data(settings[setting], node.value[setting])

    def _of_slices(self, check: Check, node: Node) -> None:
        """What is written of slices fits the check, and each other."""
        written = [key for key in OF_SLICES if key in node.value]
        if written and not check.asks_aggregate:
            message = f"{shown(check.name)} cannot be asked of slices; leave {written[0]!r} out"
            self.mistakes.add("MG2113", message, node.keys[written[0]])
        elif {"by", "slice"} <= set(written):
            message = "a step is about the slices of 'by' or about one named 'slice', not both"
            hint = "write two steps"
            self.mistakes.add("MG2118", message, node.keys["slice"], hint=hint)
        elif written == ["min_rows"]:
            message = "'min_rows' says which slices are too small, and this step has none"
            hint = "write `by: [COLUMN]` beside it, or leave it out"
            self.mistakes.add("MG2118", message, node.keys["min_rows"], hint=hint)

    def _by(self, written: tuple[Slicing, ...] | None, node: Node) -> tuple[Slicing, ...]:
        taken: set[frozenset[Any]] = set()
        for slicing in written or ():
            columns = [column_of(axis) for axis in slicing]
            key = frozenset(slicing)
            if len(set(columns)) < len(columns):
                message = f"'by' crosses {shown(columns[0])} with itself"
                self.mistakes.add("MG2109", message, node.value["by"].where)
            elif key in taken:
                message = f"'by' names {shown(' x '.join(columns))} twice"
                self.mistakes.add("MG2109", message, node.value["by"].where)
            taken.add(key)
        return written or ()

    def _limit(
        self, check: Check, engine: Mapping[str, Any], node: Node
    ) -> tuple[Limit, Where | None]:
        written = [key for key in ("at_least", "at_most") if key in engine]
        if not written:
            return Limit(at_least=check.at_least, at_most=check.at_most), None
        if len(written) == 2:
            second = max(written, key=list(node.value).index)
            message = "a step is held to 'at_least' or to 'at_most', not to both"
            self.mistakes.add("MG2112", message, node.keys[second], hint="keep one of the two")
        limit = Limit(at_least=engine.get("at_least"), at_most=engine.get("at_most"))
        return limit, node.keys[written[0]]

    def _margin(self, check: Check, written: Margin | None, node: Node) -> Margin:
        if "margin" in node.value and check.compare is None:
            message = f"{shown(check.name)} is not compared with a champion; leave 'margin' out"
            self.mistakes.add("MG2117", message, node.keys["margin"])
        return written or Margin()

    def _data(self, role: str | None, node: Node) -> str:
        if role is not None and role not in self.roles:
            near = did_you_mean(role, self.roles)
            message = f"no data set has the role {shown(role)}; {near}"
            hint = "`data:` defines the roles"
            self.mistakes.add("MG2116", message, node.where, hint=hint)
        return role or "test"


def _severity(check: Check, written: str | None, sliced: tuple[Slicing, ...] | Part) -> Severity:
    """The suite's word, else major for slices, which never weigh more than the whole."""
    if written is not None:
        return Severity(written)
    return Severity.MAJOR if sliced and check.severity is Severity.BLOCKER else check.severity


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_text(node: Node) -> str:
    if isinstance(node.value, tuple):
        return ", ".join(entry.text for entry in node.value)
    return node.text
