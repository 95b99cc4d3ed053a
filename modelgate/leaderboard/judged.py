"""Models put through a suite one after the other, and listened to meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from modelgate.evaluation import evaluate
from modelgate.leaderboard.answers import Rows, Voice
from modelgate.leaderboard.heard import OWN_FAULTS, Heard, Watch, unlabelled
from modelgate.options import Options
from modelgate.role import Role


def one_by_one(
    models: Mapping[str, Any],
    asked: Mapping[str, Any],
    heard: Heard,
    options: Options,
    watch: Watch,
) -> None:
    """Judge each model as `evaluate` does; the rows are read once for each.

    Args:
        models: name -> model.
        asked: data, target, champion and suite, as `evaluate` takes them.
        heard: takes in what they say.
        options: how they are run.
        watch: told what is being done.

    Raises:
        ModelgateError: the suite or the data cannot be used.
    """
    for place, (name, model) in enumerate(models.items()):
        watch(f"{place:,} of {len(models):,} models judged")
        ear = _Ear(heard)
        try:
            report = evaluate(model, **asked, options=replace(options, keep=ear.add))
        except OWN_FAULTS as error:
            heard.lose(name, error)
            continue
        finally:
            ear.close()
        if ear.voice is None:
            raise unlabelled()
        heard.rows = heard.rows or ear.rows
        heard.voices[name] = ear.voice
        heard.digests[name] = report.subject["model"]["digest"]
        heard.reports[name] = report
        heard.refuse_too_much()


class _Ear:
    """Listens while a model is judged; to the labels too, until they are known whole."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self.voice: Voice | None = None
        self.rows: Rows | None = None

    def add(self, role: Role, block: pa.RecordBatch, raw: Mapping[str, Any]) -> None:
        """Take in a block and what the model says of it."""
        heard = self._heard
        assert role.reading is not None
        if self.voice is None:
            if heard.rows is None:
                heard.begin(role)
                self.rows = heard.new_rows()
            self.voice = heard.new_voice(role.reading)
        if self.rows is not None:
            self.rows.add(block)
        self.voice.add(raw)

    def close(self) -> None:
        """No more blocks come."""
        for one in (self.voice, self.rows):
            if one is not None:
                one.close()
