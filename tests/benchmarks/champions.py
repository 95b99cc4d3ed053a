"""What a comparison with a champion costs, fresh and from known answers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from tempfile import TemporaryDirectory

import pytest

from tests.benchmarks import material
from tests.benchmarks.measure import Cost, ratio, timed
from tests.benchmarks.taking import VERDICTS, Size, Taken, gate, in_turn, raw


def against_champion(size: Size) -> Taken:
    """CPU of a comparison over that of the frozen loop for both models."""
    data = material.data(size.rows)
    versus = [*gate("trees", data), "--champion", str(material.model("trees"))]
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed(versus, good=VERDICTS),
        lambda: timed(raw("trees", data), times=2),
    )
    return Taken(value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]))


def known_champion(size: Size) -> Taken:
    """The same where the champion's answers are known, over the loop for the candidate."""
    data = material.data(size.rows)
    # Equal but for a name that nobody reads, so that the candidate is another file.
    other = material.CACHE / "trees-again.onnx"
    other.write_bytes(material.model("trees").read_bytes() + b"\x12\x05again")
    with TemporaryDirectory() as known, TemporaryDirectory() as used:
        _cached(gate("trees", data, cached=True), known)
        champion = ["--champion", str(material.model("trees"))]
        command = [*gate("trees", data, cached=True), *champion]
        command[2] = str(other)

        def once() -> Cost:
            shutil.rmtree(used)
            shutil.copytree(known, used)
            return _cached(command, used)

        ours, theirs = in_turn(size.rounds, once, lambda: timed(raw("trees", data)))
    return Taken(value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]))


def second_run(size: Size) -> Taken:
    """CPU of a run whose answers are known over that of the run that made them known."""
    data = material.data(size.rows)
    with TemporaryDirectory() as used:
        command = gate("trees", data, cached=True)

        def first() -> Cost:
            shutil.rmtree(used)
            return _cached(command, used)

        two, one = [], []
        for _ in range(size.rounds):
            one.append(first())
            two.append(_cached(command, used))
    return Taken(value=ratio([run.cpu for run in two], [run.cpu for run in one]))


def _cached(command: Sequence[str], folder: str) -> Cost:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODELGATE_CACHE", folder)
        return timed(command, good=VERDICTS)
