"""Many models on the same rows: which is best, which differences are real, and how much is luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modelgate.atomic import refuse_overwriting
from modelgate.errors import UsageError
from modelgate.leaderboard.board import Entry, Leaderboard
from modelgate.leaderboard.duels import refuse_unranked
from modelgate.leaderboard.files import called
from modelgate.leaderboard.heard import Heard
from modelgate.leaderboard.judged import one_by_one
from modelgate.leaderboard.ranking import board_of
from modelgate.leaderboard.together import side_by_side
from modelgate.options import Options

__all__ = ["Entry", "Leaderboard", "compare"]

MOST_MODELS = 1_000


def compare(
    models: Sequence[Any] | Mapping[str, Any],
    *,
    data: Any = None,
    target: str | None = None,
    suite: str | Path | None = None,
    champion: Any = None,
    metric: str | None = None,
    options: Options | None = None,
    watch: Callable[[str], None] | None = None,
) -> Leaderboard:
    """Rank models by a metric, on the rows that all of them answer.

    Up to eight models are alive at once and answer each block of rows, which are read once for each
    eight. What is kept of a model are its answers, on disk. With a suite each is judged by it as
    `evaluate` does, one after the other, and the best is named that it promotes: at a level shared
    by all models, for the best of many that are too bad passes by luck more often than one does.

    Args:
        models: two or more, as `evaluate` takes them; a mapping gives them names.
        data: the test set; the suite's where None.
        target: the column with the right answers, where it cannot be found out.
        suite: a file, or the name of one; None to rank only.
        champion: for the suite's comparisons, in place of the suite's own.
        metric: accuracy or RMSE where None.
        options: how they are run.
        watch: told what is being done, in a few words.

    Raises:
        UsageError: MG2080 fewer than two models, MG2081 a metric that ranks nothing, MG2082 no
            labelled rows.
        ModelError: MG3156, no model could be judged.
    """
    named = called(models)
    if not 2 <= len(named) <= MOST_MODELS:
        raise UsageError(
            "MG2080",
            f"a comparison takes 2 to {MOST_MODELS:,} models, not {len(named)}",
            hint="name several files, a folder, or a pattern in quotes: 'runs/*.onnx'",
        )
    refuse_unranked(metric)
    options, told = options or Options(), watch or _silent
    refuse_overwriting(
        options.writes, [one for one in named.values() if isinstance(one, str | Path)]
    )
    with TemporaryDirectory(prefix="modelgate-compare-") as folder:
        heard = Heard(Path(folder), metric)
        if suite is None:
            side_by_side(named, (data, target), heard, options, told)
        else:
            asked = {"data": data, "target": target, "suite": suite, "champion": champion}
            one_by_one(named, asked, heard, options, told)
        told("comparing the answers")
        return board_of(named, heard)


def _silent(_: str) -> None:
    """Where nobody watches."""
