"""Many models on the same rows: which is best, which differences are real, and how much is luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from modelgate.aggregates import Facts
from modelgate.errors import MistakesError, ModelgateError, UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.evaluation import evaluate
from modelgate.leaderboard.answers import Answers, aligned, beside, row_scores
from modelgate.leaderboard.selection import Selection, selection
from modelgate.metrics.measure import Compared, Metric
from modelgate.metrics.measure import Options as MetricOptions
from modelgate.metrics.table import METRICS, known, options_for
from modelgate.options import Options
from modelgate.report import Report
from modelgate.stats.inversion import p_at_least, p_at_most
from modelgate.stats.multiplicity import holm

SCHEMA = "modelgate.leaderboard/1"
ALPHA = 0.05
"""Chance that any difference is called real that is none, over all pairs of models."""
MOST_MODELS = 1_000
USUAL = {"classification": "accuracy", "regression": "rmse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model's place.

    Attributes:
        rank: from 1; None for a model that could not be judged.
        name, path: of the model.
        value, interval: of the metric, over all its rows.
        behind, behind_interval: how far behind the first, in the metric's unit; 0 or more.
        p_value: against "it is as good as the first", adjusted for all pairs.
        tied: whether it cannot be told from the first.
        decision: of the suite; None where none was asked.
        reason: why it could not be judged, or what the suite's verdict rests on.
    """

    rank: int | None
    name: str
    path: str
    value: float | None = None
    interval: tuple[float, float] | None = None
    behind: float | None = None
    behind_interval: tuple[float, float] | None = None
    p_value: float | None = None
    tied: bool = False
    decision: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """What a comparison of models found.

    Attributes:
        metric, unit, better: what they are ranked by.
        rows: that all of them could be judged by.
        entries: best first, those that could not be judged last.
        suite: title of the suite; None where none was asked.
        chosen: the best model that the suite promotes, or the first where no suite was asked.
        luck: how much of the lead is owed to the choice; None where that is not known.
    """

    metric: str
    unit: str
    better: str
    rows: int
    entries: tuple[Entry, ...]
    suite: str | None = None
    chosen: str | None = None
    luck: Selection | None = None
    schema: str = SCHEMA

    @property
    def tied(self) -> tuple[Entry, ...]:
        """The first and all that cannot be told from it."""
        return tuple(one for one in self.entries if one.rank == 1 or one.tied)

    @property
    def exit_code(self) -> int:
        """0 where a model is named, 11 where the suite promotes none."""
        return 0 if self.chosen is not None else 11

    def __repr__(self) -> str:
        """The first lines, as people read them."""
        first = ", ".join(f"{one.rank}. {one.name}" for one in self.entries[:3] if one.rank)
        return f"<Leaderboard by {self.metric}, {self.rows:,} rows: {first}>"


def compare(
    models: Sequence[str | Path],
    *,
    data: Any = None,
    target: str | None = None,
    suite: str | Path | None = None,
    champion: str | Path | None = None,
    metric: str | None = None,
    options: Options | None = None,
) -> Leaderboard:
    """Rank models by a metric, on the rows that all of them answer.

    One model is alive at a time; what is kept of each are its answers. All pairs of models are
    questions (Holm), so that the first may be picked by the same rows. With a suite each is judged
    by it as `evaluate` does, and the best that it promotes is named.

    Args:
        models: two or more, as `evaluate` takes them.
        data: the test set; the suite's where None.
        target: the column with the right answers, where it cannot be found out.
        suite: a file, or the name of one; None to rank only.
        champion: for the suite's comparisons.
        metric: accuracy or RMSE where None.
        options: how they are run.

    Raises:
        UsageError: MG2080 fewer than two models, MG2081 a metric that cannot be compared.
        ModelgateError: no model could be judged: what is wrong with the first.
    """
    if not 2 <= len(models) <= MOST_MODELS:
        raise UsageError(
            "MG2080",
            f"a comparison takes 2 to {MOST_MODELS:,} models, not {len(models)}",
            hint="name several files, a folder, or a pattern in quotes: 'runs/*.onnx'",
        )
    if metric is not None and metric not in METRICS:
        near = did_you_mean(metric, METRICS)
        raise UsageError("MG2081", f"no metric is called {shown(metric)}; {near}")
    heard: dict[str, tuple[Answers, Report]] = {}
    failed: dict[str, ModelgateError] = {}
    for model in models:
        answers = Answers()
        try:
            report = evaluate(
                model,
                data=data,
                target=target,
                suite=suite,
                champion=champion,
                options=answers.listening(options or Options()),
            )
        except ModelgateError as error:
            if isinstance(error, MistakesError) or error.exit_code == UsageError.exit_code:
                raise  # of the suite, and so of every model
            failed[str(model)] = error
            continue
        heard[str(model)] = (answers, report)
    if not heard:
        raise next(iter(failed.values()))
    return _ranked(heard, failed, metric, suite is not None)


def _ranked(
    heard: Mapping[str, tuple[Answers, Report]],
    failed: Mapping[str, ModelgateError],
    metric: str | None,
    judged: bool,
) -> Leaderboard:
    paths = list(heard)
    answers = [heard[path][0] for path in paths]
    unasked = next((path for path in paths if heard[path][0].reading is None), None)
    if unasked is not None:
        raise UsageError("MG2082", "models are compared on labelled rows: add --data FILE")
    reading = answers[0].reading
    assert reading is not None
    facts = reading.facts
    entry = known(metric or USUAL[facts.task], facts)
    if entry.pair is None or entry.compare is None:
        raise UsageError("MG2081", f"{entry.name} does not compare two models on the same rows")
    options = options_for(entry, facts)
    batches = aligned(answers)
    values = [_alone(entry, options, facts, batch) for batch in batches]
    sign = 1.0 if entry.better == "higher" else -1.0
    order = sorted(
        range(len(paths)),
        key=lambda at: (values[at][0] is None, -sign * (values[at][0] or 0.0), paths[at]),
    )
    first = order[0]
    versus = {at: _versus(entry, options, facts, batches[first], batches[at]) for at in order[1:]}
    adjusted = _adjusted(versus, len(paths), entry)
    entries = []
    for rank, at in enumerate(order, 1):
        report, compared = heard[paths[at]][1], versus.get(at)
        entries.append(
            Entry(
                rank=rank,
                name=report.subject["model"]["name"],
                path=paths[at],
                value=values[at][0],
                interval=values[at][1],
                behind=0.0 if compared is None else _behind(compared, sign),
                behind_interval=None if compared is None else _between(compared, sign),
                p_value=adjusted.get(at),
                tied=at != first and adjusted.get(at, 0.0) > ALPHA,
                decision=report.verdict.decision if judged else None,
                reason=report.verdict.because[0] if judged and report.verdict.because else "",
            )
        )
    entries += [
        Entry(rank=None, name=Path(path).name, path=path, reason=f"{error.code} {error.message}")
        for path, error in failed.items()
    ]
    good = [one for one in entries if one.rank and one.decision in {None, "promote"}]
    return Leaderboard(
        metric=entry.name,
        unit=entry.unit,
        better=entry.better,
        rows=len(batches[first].truth),
        entries=tuple(entries),
        suite=next(iter(heard.values()))[1].subject["suite"]["title"] if judged else None,
        chosen=good[0].path if good else None,
        luck=_luck(entry, batches, values[first][0]),
    )


def _alone(
    entry: Metric, options: MetricOptions, facts: Facts, batch: Any
) -> tuple[float | None, tuple[float, float] | None]:
    found = entry.need.make(facts)
    found.add(batch)
    measured = entry.measure(found, options)
    interval = measured.interval
    return measured.value, None if interval is None else (interval.low, interval.high)


def _versus(
    entry: Metric, options: MetricOptions, facts: Facts, first: Any, other: Any
) -> Compared:
    """The first against another: candidate and champion, on the same rows."""
    assert entry.pair is not None
    assert entry.compare is not None
    found = entry.pair.make(facts)
    found.add(beside(first, other))
    return entry.compare(found, options)


def _adjusted(versus: Mapping[int, Compared], models: int, entry: Metric) -> dict[int, float]:
    """P-values of "the first is no better", over all pairs: it was picked by these rows."""
    places, p_values = [], []
    for at, compared in versus.items():
        if compared.at is None:
            continue
        test = p_at_least if entry.better == "higher" else p_at_most
        places.append(at)
        # One-sided, the side chosen by the rows: twice as much.
        p_values.append(min(1.0, 2 * test(compared.at, 0.0)))
    pairs = models * (models - 1) // 2
    padded = np.array(p_values + [1.0] * (pairs - len(p_values)))
    found = holm(padded)[: len(p_values)].tolist() if p_values else []
    return dict(zip(places, found, strict=True))


def _difference(compared: Compared) -> float | None:
    if compared.difference is not None:
        return compared.difference
    if compared.value is None or compared.champion is None:
        return None
    return compared.value - compared.champion


def _behind(compared: Compared, sign: float) -> float | None:
    apart = _difference(compared)
    return None if apart is None or not isfinite(apart) else abs(sign * apart)


def _between(compared: Compared, sign: float) -> tuple[float, float] | None:
    if compared.interval is None:
        return None
    low, high = sorted((sign * compared.interval.low, sign * compared.interval.high))
    return low, high


def _luck(entry: Metric, batches: Sequence[Any], best: float | None) -> Selection | None:
    """Of metrics that are means over rows; RMSE by its square."""
    scores = [row_scores(entry.name, batch) for batch in batches]
    if best is None or any(one is None for one in scores):
        return None
    found = selection(np.stack([one for one in scores if one is not None]))
    if found is None or entry.name != "rmse" or best <= 0:
        return found
    # A square moves its root by half of itself over the root.
    low, high = found.luck_interval
    half = 1 / (2 * best)
    return Selection(found.lead * half, found.luck * half, (low * half, high * half))
