"""What a pass need not do again, since the answers to the same rows are remembered."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from modelgate.aggregates import Need
from modelgate.aggregates.row_losses import RowLosses
from modelgate.arrays import is_quantity, is_text
from modelgate.asking import Asker
from modelgate.binding import Reading
from modelgate.declare import Check
from modelgate.provided import SAMPLED, Sample
from modelgate.remembered_beside import Beside
from modelgate.remembered_sample import Drawing
from modelgate.remembered_search import Search
from modelgate.remembered_shelves import shelf_of
from modelgate.role import Role
from modelgate.suite import Step

LOOKED_AT = 64
"""Rows that are drawn for what stands out where no step asks for a sample."""
_SEARCHED = {
    "classification": Need(RowLosses, (("loss", "wrong"),)),
    "regression": Need(RowLosses, (("loss", "size"),)),
}


def beside(role: Role, asker: Asker, reading: Reading, *, remember: bool) -> Beside:
    """Where things are remembered beside a model's answers to these rows.

    Args:
        role: the data set.
        asker: the model, or the champion.
        reading: how its outputs are read.
        remember: whether they are.
    """
    return Beside(role.data, shelf_of(asker, role.data, reading.outputs) if remember else None)


def search_of(role: Role, asker: Asker, *, remember: bool) -> Search | None:
    """The search for weak slices that nobody asked for; None where there is nothing to search."""
    assert role.reading is not None
    if not role.searched or not role.columns or role.part.group is not None:
        return None
    need = _SEARCHED[role.reading.facts.task]
    told = (role.reading, role.part.target, role.part.weight, role.columns, need)
    kept = beside(role, asker, role.reading, remember=remember)
    return Search(need, kept, told).recall(role.reading.facts, role.columns)


def drawing_of(
    role: Role,
    askers: Sequence[Asker],
    steps: Sequence[tuple[Check, Step]],
    *,
    seed: int,
    remember: bool,
) -> Drawing | None:
    """What draws the rows that are changed and asked about again; None where none are.

    Args:
        role: the data set.
        askers: the model, and the champion where there is one.
        steps: those that ask this data set; where none wants a sample, a few rows are drawn for
            what stands out.
        seed: of the draws.
        remember: whether what was drawn before may be taken.
    """
    assert role.reading is not None
    wanted = any(Sample in check.provided.values() for check, _ in steps)
    schema = role.data.schema
    feeding = {name for asker in askers for name in asker.feeding or schema.names}
    columns = [name for name in schema.names if name in feeding]
    looked_at = role.searched and askers[0].answers_again
    if not wanted and not (
        looked_at and any(_nudgeable(schema.field(name).type) for name in columns)
    ):
        return None
    return Drawing(
        beside(role, askers[0], role.reading, remember=remember),
        columns,
        seed=seed,
        group=role.part.group,
        rows=SAMPLED if wanted else LOOKED_AT,
        told=(role.reading, role.part.target, role.part.weight),
    )


def _nudgeable(kind: pa.DataType) -> bool:
    return is_text(kind) or is_quantity(kind)
