"""Which aggregates are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.lots import Lots
from modelgate.aggregates.worst import Worst
from modelgate.declare import Check, is_aggregate
from modelgate.errors import MistakesError, UsageError
from modelgate.provided import Groups
from modelgate.role import Role
from modelgate.slices import Part, Slicing, column_of
from modelgate.suite import DataPart, Step


def need_of(check: Check, step: Step, facts: Facts) -> list[Need]:
    """The aggregates that a step asks for.

    Raises:
        UsageError: its settings ask for what these facts do not allow.
    """
    needs = []
    for kind in check.provided.values():
        if kind is Aggregate or kind is Groups:
            assert check.needs is not None
            try:
                needs.append(check.needs(facts, step.settings))
            except UsageError as error:
                raise placed(error, step) from error
        elif is_aggregate(kind):
            needs.append(Need(kind))
    return needs


def need_in(part: DataPart, need: Need) -> Need:
    """The same aggregate, in lots of groups where the rows of a data set belong together."""
    return need if part.group is None else Need(Lots, (("inner", need),))


def pair_of(check: Check, step: Step, facts: Facts) -> Need | None:
    """The aggregate by which a step compares with the champion; None where it does not."""
    if check.pairs is None or step.margin.none:
        return None
    try:
        return check.pairs(facts, step.settings)
    except UsageError as error:
        raise placed(error, step) from error


def placed(error: UsageError, step: Step) -> UsageError:
    """A mistake that only the data could tell, with the step's place in the suite."""
    if error.where is not None:
        return error
    return UsageError(error.code, error.message, where=step.where, hint=error.hint)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The aggregates that the steps of a data set ask for.

    Attributes:
        whole: of all its rows.
        slicings: columns -> of each of the slices that they divide the rows into.
        named: the values of a slice that the suite names -> of that slice.
    """

    whole: list[Need]
    slicings: Mapping[Slicing, list[Need]]
    named: Mapping[Part, list[Need]]

    @property
    def searching(self) -> bool:
        """Whether any of them is given what the columns of the data hold."""
        return any(
            need.kind.searches for needs in (self.whole, *self.named.values()) for need in needs
        )

    @property
    def columns(self) -> list[str]:
        """Those that the slices are made of."""
        found = [column_of(axis) for slicing in self.slicings for axis in slicing]
        return [*found, *(column for part in self.named for column, _ in part)]


def wanted_of(role: Role, steps: Sequence[tuple[Check, Step]], *, paired: bool) -> Wanted:
    """What is to be gathered in a data set's pass.

    Args:
        role: the data set, with labels.
        steps: those that ask it.
        paired: whether a champion answers the same rows.

    Raises:
        MistakesError: all the steps that ask for what these facts do not allow.
    """
    assert role.reading is not None
    facts = role.reading.facts
    whole: dict[Need, None] = {Need(Worst): None}
    if facts.task == "classification":
        whole[Need(Confusion)] = None
    slicings: dict[Slicing, dict[Need, None]] = {}
    named: dict[Part, dict[Need, None]] = {}
    there = set(role.data.schema.names)
    mistakes: list[UsageError] = []
    for check, step in steps:
        if facts.task not in check.tasks:
            continue
        try:
            needs = dict.fromkeys(need_of(check, step, facts))
            pair = pair_of(check, step, facts)
        except UsageError as error:
            mistakes.append(error)
            continue
        needs |= {} if pair is None else {pair: None}
        needs = {need_in(role.part, need): None for need in needs if paired or not need.kind.paired}
        grouped = check.grouped(step.settings)
        divided = (*step.by, *((grouped,) if grouped else ()))
        if not divided and not step.part:
            whole.update(needs)
        if step.part and {column for column, _ in step.part} <= there:
            named.setdefault(step.part, {}).update(needs)
        for slicing in divided:
            if set(map(column_of, slicing)) <= there:
                slicings.setdefault(slicing, {}).update(needs)
    if mistakes:
        raise MistakesError(mistakes)
    return Wanted(
        list(whole),
        {slicing: list(needs) for slicing, needs in slicings.items()},
        {part: list(needs) for part, needs in named.items()},
    )
