"""What a recorded model says of rows beyond its data set: it is asked again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from modelgate.arrays import is_tensor
from modelgate.asking import Raw
from modelgate.binding import Reading
from modelgate.live import LiveChampion, LiveModel
from modelgate.replay.replies import Ask, Replies, spoken
from modelgate.trial import Trial


def models_beyond(trial: Trial, reading: Reading) -> tuple[LiveModel | None, Ask | None]:
    """The model, to be asked about other rows of the role "test"; what its champion says of these.

    Args:
        trial: bound, its askers not wrapped yet.
        reading: of the model's outputs.

    Returns:
        None for the model where it cannot be asked again, or is fed with arrays, which are not
        kept; the model in place of a champion where there is none; None where that cannot be asked.
    """
    role = trial.roles["test"]
    schema, folder = role.data.schema, role.data.folder
    if not trial.asker.answers_again:
        return None, None
    model = LiveModel(trial.asker, reading, schema, folder)
    if any(is_tensor(field.type) for field in model.schema):
        return None, None
    if trial.champion is None or role.champion is None:
        return model, partial(reply, model)
    if not trial.champion.answers_again:
        return model, None
    return model, partial(
        reply, LiveChampion(trial.champion, role.champion, schema, reading, folder)
    )


def reply(model: LiveModel, rows: pa.RecordBatch) -> Replies:
    """What a model says of rows that no data set holds.

    Raises:
        ModelgateError: they do not fit, or the model did not answer.
    """
    said = model.predict(rows)
    if said.values is not None:
        return Replies(said.values)
    assert said.labels is not None
    scores = said.scores
    return Replies(said.labels, None if scores is None else scores.astype(np.float64))


def said_beyond(
    asked: Ask | None, reading: Reading | None
) -> Callable[[pa.RecordBatch], Raw] | None:
    """What somebody says of other rows, as the outputs of which `reading` speaks."""
    if asked is None or reading is None:
        return None
    return lambda rows: spoken(asked(rows), reading)
