"""The faults that are tried on a model that answers with classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from modelgate.aggregates import Flags
from modelgate.replay.slices import FEWEST_ROWS, Slice
from modelgate.selftest.fault import Fault, Untried, control, percent
from modelgate.selftest.labels import NOISY_ROWS, OTHERWISE, Labels
from modelgate.selftest.turning import log_loss, sharpened

DROPS = (0.01, 0.02, 0.05)
SLICE_DROPS = (0.05, 0.10)
CLASS_DROP = 0.10
TEMPERATURES = {0.5: "sharp", 2.0: "flat"}
SHIFTED_ROWS = 0.10
LEAST_HARM = 0.01
"""Share by which the log loss has to rise for scaled scores to be a fault at all."""


def label_faults(
    given: Labels, slices: Sequence[Slice], draws: int, few: int
) -> Iterator[Fault | Untried]:
    """Every fault, and those that cannot be made of these answers.

    Args:
        given: the answers.
        slices: of the rows.
        draws: models of each kind.
        few: models of each slice and class.
    """
    yield from _controls(given, draws)
    everywhere = np.ones(len(given.truth), dtype=np.bool_)
    for drop in DROPS:
        says = f"answer {_points(drop)} fewer of the rows rightly"
        yield _dropped(given, f"drop-{drop * 100:g}", says, drop, everywhere, draws=draws)
    yield Fault(
        name="noise",
        kind="noise",
        group="noise",
        says=f"answer {percent(NOISY_ROWS)} of the rows with any other class",
        make=given.noisy,
        draws=draws,
    )
    yield from _scaled(given, draws)
    yield from _moved(given, draws)
    yield from _classes(given, few)
    for one in slices:
        for drop in SLICE_DROPS:
            name = f"slice-{drop * 100:g}"
            says = f"answer {_points(drop)} fewer of the rows rightly where {one.says}"
            yield _dropped(given, name, says, drop, one.rows, draws=few, place=one)


def _controls(given: Labels, draws: int) -> Iterator[Fault]:
    yield control("copy", "are the model itself", lambda _: given.replies, 1, good=True)
    says = f"are as good, and answer {percent(OTHERWISE)} of the rows otherwise"
    yield control("equal", says, given.equal, draws, good=True)
    yield control("constant", "answer every row alike", given.constant, 1)
    yield control("shuffled", "give each row the answer to another", given.shuffled, draws)


def _dropped(
    given: Labels,
    name: str,
    says: str,
    drop: float,
    among: Flags,
    *,
    draws: int,
    place: Slice | None = None,
) -> Fault | Untried:
    rows = given.usable & among
    right = (given.right & among).sum() / max(rows.sum(), 1)
    if right <= drop:
        return Untried(says, f"only {percent(right)} are right as it is")
    return Fault(
        name=name if place is None else f"{name}[{place.says}]",
        kind=name,
        group="overall" if place is None else "slice",
        says=says,
        make=partial(given.wrong_by, drop, among),
        draws=draws,
        size=drop,
        metric="accuracy",
        place=place,
    )


def _scaled(given: Labels, draws: int) -> Iterator[Fault | Untried]:
    scores = given.replies.scores
    for temperature, name in TEMPERATURES.items():
        surer = "twice as sure" if temperature < 1 else "half as sure"
        says = f"are {surer} of every answer (temperature {temperature:g})"
        if scores is None:
            yield Untried(says, "the model gives no scores")
            continue
        known, truth = scores[given.usable], given.truth[given.usable]
        before, after = (
            log_loss(one, truth) for one in (known, sharpened(known, temperature, None))
        )
        if after < before * (1 + LEAST_HARM):
            yield Untried(says, "that is no fault here: its log loss would not rise")
            continue
        yield Fault(
            name=f"scores-{name}",
            kind=f"scores-{name}",
            group="scores",
            says=says,
            make=partial(given.scaled, temperature),
            draws=draws,
        )


def _moved(given: Labels, draws: int) -> Iterator[Fault | Untried]:
    reading = given.reading
    if reading.positive is None:
        yield Untried("answer the positive class more often", "no class is the positive one")
        return
    label = reading.classes[reading.positive]
    for sign, more in ((1, "more"), (-1, "fewer")):
        says = f"answer {str(label)!r} for {percent(SHIFTED_ROWS)} {more} of the rows"
        to = reading.positive if sign > 0 else 1 - reading.positive
        others = (given.usable & (given.replies.answer != to)).sum()
        if others < 1.1 * SHIFTED_ROWS * given.usable.sum():
            yield Untried(says, "there are not so many rows that could be answered otherwise")
            continue
        yield Fault(
            name=f"threshold-{more}",
            kind=f"threshold-{more}",
            group="threshold",
            says=says,
            make=partial(given.moved, sign * SHIFTED_ROWS),
            draws=draws,
            label=label,
        )


def _classes(given: Labels, draws: int) -> Iterator[Fault]:
    for place, label in enumerate(given.reading.classes):
        rows = given.usable & (given.truth == place)
        found = (given.right & rows).sum() / max(rows.sum(), 1)
        if rows.sum() < FEWEST_ROWS or found <= CLASS_DROP:
            continue
        yield Fault(
            name=f"class-{CLASS_DROP * 100:g}[{label}]",
            kind=f"class-{CLASS_DROP * 100:g}",
            group="class",
            says=f"find {_points(CLASS_DROP)} fewer of the class {str(label)!r}",
            make=partial(given.wrong_by, CLASS_DROP, given.truth == place),
            draws=draws,
            label=label,
        )


def _points(share: float) -> str:
    return f"{share * 100:g} point{'' if share == 0.01 else 's'}"
