"""Tables that a test gives to a check, surveyed as the engine would survey them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelgate.binding import Reading
from modelgate.declare import Check
from modelgate.predictions import Predictions
from modelgate.role import Role
from modelgate.sources import open_dataset
from modelgate.suite import DataPart, Step
from modelgate.surveying import Surveying


def surveyed(
    check: Check,
    step: Step,
    tables: Mapping[str, Any],
    *,
    answered: Mapping[str, Predictions],
    reading: Reading,
    target: str | None,
    features: Sequence[str] | None,
    seed: int = 0,
) -> tuple[dict[str, Role], dict[str, Surveying]]:
    """Every row of the tables, fed to what a check asks for.

    Args:
        check: that is asked.
        step: that asks it.
        tables: role -> rows, as `evaluate` takes them, or columns as lists.
        answered: role -> the model's answers to these rows.
        reading: how they are read.
        target: the column with the right answers, in the tables that have it.
        features: the columns that feed the model; all but the target where None.
        seed: for whatever is drawn.
    """
    roles: dict[str, Role] = {}
    surveys: dict[str, Surveying] = {}
    for name, table in tables.items():
        data = open_dataset(_arrow(table))
        names = data.schema.names
        part = DataPart(target=target if target in names else None)
        answers = answered.get(name)
        roles[name] = Role(
            name=name,
            data=data,
            part=part,
            reading=None,
            seen={},
            answers=None if answers is None else reading,
        )
        fed = tuple(features or (one for one in names if one != target))
        surveys[name] = Surveying(roles[name], [(check, step)], features=fed, seed=seed)
        for block in data.blocks():
            first = surveys[name].rows
            rows = slice(first, first + len(block))
            surveys[name].add(block, None if answers is None else answers.take(rows))
    return roles, surveys


def _arrow(table: Any) -> Any:
    if not isinstance(table, Mapping) or not all(isinstance(one, list) for one in table.values()):
        return table
    import pyarrow as pa

    return pa.table(dict(table))
