"""Rows worth a label, where labels are dear."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.asking import PROBED, Asker
from modelgate.curation.picked import DISAGREE, SPREAD, UNSURE, Curated, Picked
from modelgate.curation.picking import Picker
from modelgate.curation.spoken import Speaker, alike
from modelgate.dataset import Dataset
from modelgate.errors import DataError, ModelError, UsageError, about, did_you_mean
from modelgate.escape import shown
from modelgate.evaluation import started
from modelgate.judgement import asker_of, named
from modelgate.options import Options
from modelgate.sources import open_dataset
from modelgate.suite import DataPart, ModelPart

__all__ = ["DISAGREE", "SPREAD", "UNSURE", "Curated", "Picked", "curate"]

MOST_MODELS = 16
"""Models that are asked about every row, each in a process of its own."""


def curate(
    data: Any,
    models: Sequence[Any],
    budget: int,
    *,
    target: str | None = None,
    by: Sequence[str] = (),
    suite: str | Path | None = None,
    seed: int = 0,
    options: Options | None = None,
    progress: Callable[[int], None] | None = None,
) -> Curated:
    """Pick the rows whose labels tell most of which model is better.

    First those on which the models disagree: where two answer alike, a comparison of accuracy needs
    no label. Where there are more of them than can be labelled, each is as likely to be picked as
    any other. Then those of which the models are least sure, in turns from each class that the
    first model answers and each slice. Of quantities, those that lie farthest apart. The rows are
    read once, and what is kept grows with the budget alone.

    Args:
        data: as `evaluate` takes it; rows that have a label already are left out of the choice.
        models: two or more, as `evaluate` takes them; one, to pick by its doubts alone.
        budget: rows to label, 1 or more.
        target: the column to fill, which need not be there yet; "label" where None.
        by: columns whose slices take turns.
        suite: a file, or the name of one, that says how the models and the data are read.
        seed: decides which of equal rows are picked.
        options: how the models are run.
        progress: told the rows done.

    Raises:
        UsageError: MG2090, no budget or no model; MG2092, no row without a label; MG2093, too many
            slices.
        DataError, ModelError: they do not fit together.
    """
    if budget < 1 or not 1 <= len(models) <= MOST_MODELS:
        raise UsageError(
            "MG2090",
            f"name 1 to {MOST_MODELS} models, best two, and a budget of one row or more",
        )
    options = options or Options()
    _, chosen = named(suite)
    told = ModelPart() if chosen is None else chosen.model
    part = DataPart() if chosen is None else chosen.data.get("test", DataPart())
    rows = open_dataset(data, format=part.format, delimiter=part.delimiter, encoding=part.encoding)
    with ExitStack() as stack:
        begun = [started(model, options, stack) for model in models]
        askers = [asker_of(one, options, told) for one in begun]
        for asker in askers:
            asker.beside = rows.folder
        with about(rows.name):
            column = _target(rows, target or part.target)
            _refuse_unknown(rows, by)
            speakers = _bound(rows, askers, (column, part.weight, part.group), told)
            picker = Picker(rows, speakers, budget, seed=seed, target=column, by=by)
            for block, raws in _answered(rows, askers):
                picker.add(block, raws)
                if progress is not None:
                    progress(picker.rows)
    found = picker.picked()
    if not found.picked:
        raise UsageError(
            "MG2092",
            f"no row is left to pick: all have a label in {shown(found.target)}, or no answer",
            hint="name another column with --target, or other rows",
        )
    return found


def _target(rows: Dataset, told: str | None) -> str | None:
    names = rows.schema.names
    if told is None:
        return None
    near = get_close_matches(told, names, n=1)
    if told not in names and near:
        raise DataError("MG3147", f"the data has no column {told!r}; did you mean {near[0]!r}?")
    return told


def _refuse_unknown(rows: Dataset, by: Sequence[str]) -> None:
    for column in by:
        if column not in rows.schema.names:
            near = did_you_mean(column, rows.schema.names)
            raise DataError("MG3147", f"the data has no column {column!r}; {near}")


def _bound(
    rows: Dataset, askers: Sequence[Asker], apart: tuple[str | None, ...], told: ModelPart
) -> list[Speaker]:
    first = next(rows.blocks(), None)
    if first is None:
        raise DataError("MG3148", "the data has no rows: nothing can be picked from it")
    speakers = []
    for asker in askers:
        with about(asker.artifact.path):
            try:
                asker.bind(rows.schema, apart, told)
            except ModelError:
                if not told.inputs:
                    raise
                asker.bind(rows.schema, apart, ModelPart())
            speaker = Speaker(asker, asker.look(first.slice(0, PROBED)), told)
            asker.prepare(speaker.outputs)
            speakers.append(speaker)
    if len(speakers) == 1 and not speakers[0].labels:
        raise ModelError(
            "MG3158",
            "one model that answers with quantities does not say which rows are worth a label",
            hint="name a second one: rows are picked by how far the two are apart",
        )
    alike(speakers)
    return speakers


def _answered(rows: Dataset, askers: Sequence[Asker]) -> Iterator[tuple[pa.RecordBatch, list[Any]]]:
    """Every block with each model's answers; the models work on it at the same time."""
    waiting: deque[pa.RecordBatch] = deque()
    ahead = min(asker.ahead for asker in askers)
    for block in rows.blocks():
        if len(waiting) >= ahead:
            yield waiting.popleft(), [asker.collect() for asker in askers]
        for asker in askers:
            asker.submit(block)
        waiting.append(block)
    while waiting:
        yield waiting.popleft(), [asker.collect() for asker in askers]
