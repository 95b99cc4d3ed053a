"""A test of a CheckList suite, as one JSON line: its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from modelgate.cases import Case, Kind, Moves
from modelgate.cases.written import is_amount, is_answer
from modelgate.errors import Where
from modelgate.escape import shown
from modelgate.yaml_file.node import Mistakes

KINDS: Mapping[str, Kind] = {"MFT": "MFT", "INV": "INV", "DIR": "DIR"}
DIRECTIONS = ("up", "down")
LONGEST_NAME = 60


def is_test(told: Mapping[str, Any]) -> bool:
    """Whether a line is a test of CheckList, and no case."""
    return "type" in told and "data" in told


@dataclass(slots=True)
class Tests:
    """Reads the tests of one file.

    Attributes:
        labels: the model's classes for the suite's labels 0, 1, ...; None for a label that the
            model does not know; empty where the labels are the classes.
        mistakes: takes what is wrong.
        left_out: cases that only labels are right for that the model does not know.
    """

    labels: tuple[Any, ...]
    mistakes: Mistakes
    left_out: int = field(default=0, init=False)

    def cases(self, told: Mapping[str, Any], where: Where) -> list[Case]:
        """The cases of one test; none where something is wrong with it, which is noted.

        Args:
            told: `type` (MFT, INV or DIR), `data`, for MFT `labels` (one, or one a case), and
                perhaps `name`, `capability`, and what `checklist.yaml` knows of the published ones:
                `expect`, `direction`, `of`, `unless`, `tolerance`.
            where: file and line.
        """
        before = len(self.mistakes.found)
        told = {**_published().get(str(told.get("name")), {}), **told}
        kind = KINDS.get(str(told.get("type")))
        if kind is None:
            message = f"`type` is MFT, INV or DIR, not {shown(told['type'])}"
            self.mistakes.add("MG2142", message, where)
        data = told["data"]
        if not isinstance(data, list) or not data:
            self.mistakes.add("MG2142", "`data` is a list of cases", where)
        if not is_amount(told.get("tolerance", 0.0)):
            self.mistakes.add("MG2142", "`tolerance` is a number, 0 or more", where)
        if len(self.mistakes.found) > before:
            return []
        found = self._right(told, where) if kind == "MFT" else self._pairs(told, kind, where)
        return found if len(self.mistakes.found) == before else []

    def _right(self, told: Mapping[str, Any], where: Where) -> list[Case]:
        data, labels = told["data"], told.get("labels")
        if not all(map(_is_input, data)):
            self.mistakes.add("MG2142", "a case of an MFT is one input", where)
        if labels is None and "expect" not in told:
            hint = "write `labels`, one or one a case, or `expect` with a list of them"
            message = f"nothing says what is right in {_named(told)}"
            self.mistakes.add("MG2146", message, where, hint=hint)
            return []
        if labels is None and not isinstance(told["expect"], list):
            self.mistakes.add("MG2142", "`expect` is a list of labels", where)
            return []
        each = labels if isinstance(labels, list) else [labels] * len(data)
        if len(each) != len(data):
            message = f"there are {len(each):,} labels for {len(data):,} cases"
            self.mistakes.add("MG2142", message, where)
            return []
        if labels is not None and not all(map(is_answer, each)):
            self.mistakes.add("MG2142", f"{shown(labels)} is no label, and no list of them", where)
            return []
        besides = _keyed(told.get("besides", {}))
        whole = told["expect"] if labels is None else ()
        expected = [whole or [label, *besides.get(label, ())] for label in each]
        distinct = {str(one): one for one in expected}
        mapped = {name: self._known(one, where) for name, one in distinct.items()}
        capability, test = _names(told)
        found = []
        for given, labels_ in zip(data, expected, strict=True):
            right = mapped[str(labels_)]
            if right:
                found.append(
                    Case(input=given, expect=right, capability=capability, test=test, where=where)
                )
        self.left_out += len(data) - len(found)
        return found

    def _pairs(self, told: Mapping[str, Any], kind: Kind | None, where: Where) -> list[Case]:
        data = told["data"]
        if not all(
            isinstance(one, list) and len(one) > 1 and all(map(_is_input, one)) for one in data
        ):
            message = "a case of INV or DIR is a list: an input, and at least one to compare"
            self.mistakes.add("MG2142", message, where)
            return []
        moves = None
        if kind == "DIR":
            if told.get("direction") not in DIRECTIONS:
                hint = "write `direction`: up where the score must not fall, down where not rise"
                message = f"nothing says which way the score goes in {_named(told)}"
                self.mistakes.add("MG2146", message, where, hint=hint)
                return []
            moves = self._moves(told, where)
            if moves is None:
                return []
        tolerance = float(told.get("tolerance", 0.0))
        capability, test = _names(told)
        return [
            Case(
                input=one[0],
                others=tuple(one[1:]),
                kind=kind or "INV",
                moves=moves,
                tolerance=tolerance,
                capability=capability,
                test=test,
                where=where,
            )
            for one in data
        ]

    def _moves(self, told: Mapping[str, Any], where: Where) -> Moves | None:
        """What a DIR watches; None where that is wrong, or a label that the model does not know."""
        of, unless = told.get("of", {}), told.get("unless", [])
        if not isinstance(of, dict) or not all(map(_is_weight, of.values())):
            self.mistakes.add("MG2142", "`of` is {LABEL: WEIGHT}", where)
            return None
        if not isinstance(unless, list):
            self.mistakes.add("MG2142", "`unless` is a list of labels", where)
            return None
        names = {name: self._known([name], where) for name in _keyed(of)}
        weights = [(names[name], float(weight)) for name, weight in _keyed(of).items()]
        if not all(names.values()):
            self.left_out += len(told["data"])
            return None
        return Moves(
            up=told["direction"] == "up",
            of=tuple((name, weight) for (name,), weight in weights),
            unless=self._known(unless, where),
        )

    def _known(self, labels: Sequence[Any], where: Where) -> tuple[Any, ...]:
        """These labels as the model says them; without those that it does not know."""
        found = []
        for label in labels:
            if not is_answer(label):
                self.mistakes.add("MG2142", f"{shown(label)} is no label", where)
            elif not self.labels or not isinstance(label, int):
                found.append(label)
            elif not 0 <= label < len(self.labels):
                message = f"the label {label} has no class: there are {len(self.labels)}"
                hint = "write `labels: [...]` into the step: a class for 0, 1, ...; null for none"
                self.mistakes.add("MG2146", message, where, hint=hint)
            elif self.labels[label] is not None:
                found.append(self.labels[label])
        return tuple(dict.fromkeys(found))


def _is_input(value: Any) -> bool:
    return isinstance(value, str | dict) and bool(value)


def _is_weight(value: Any) -> bool:
    return is_amount(abs(value)) if isinstance(value, int | float) else False


def _named(told: Mapping[str, Any]) -> str:
    name = told.get("name")
    return f"the test {shown(name, LONGEST_NAME)}" if name else "the test"


def _names(told: Mapping[str, Any]) -> tuple[str, str]:
    """Capability and name."""
    return str(told.get("capability") or ""), str(told.get("name") or "")


def _keyed(table: Any) -> dict[Any, Any]:
    """Label -> value; JSON has only texts for keys."""
    if not isinstance(table, dict):
        return {}
    return {int(k) if isinstance(k, str) and k.isdecimal() else k: v for k, v in table.items()}


@cache
def _published() -> Mapping[str, Mapping[str, Any]]:
    """Name of a published test -> what its line does not say."""
    import yaml

    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return found
