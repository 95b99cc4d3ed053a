"""Many runs of many cells, on a few processes, with the same numbers on any number of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from modelgate.stats import paired
from modelgate.stats.paired_exact import exact_low

Cell = TypeVar("Cell")
Counts = NDArray[np.int64]
Count = Callable[[Cell, Generator, int], Counts]
"""(cell, randomness, runs) -> how often each thing happened; of a module, so that it travels."""
SEED = 20_260_101
CHUNK = 250


def counted(
    count: Count[Cell],
    cells: Sequence[tuple[str, Cell]],
    *,
    runs: int,
    processes: int = 1,
) -> Iterator[tuple[str, Cell, Counts]]:
    """Name, cell and counts, in the order of the cells.

    Args:
        count: what is counted; its runs are split into chunks with a seed each.
        cells: a name, that seeds it, and the cell.
        runs: of each cell.
        processes: 1 stays in this one.
    """
    with ExitStack() as stack:
        submit = _submitter(stack, processes)
        waiting = [
            (name, cell, [submit(count, cell, name, place, size) for place, size in _chunks(runs)])
            for name, cell in cells
        ]
        for name, cell, parts in waiting:
            yield name, cell, np.sum([part() for part in parts], axis=0)


def fewer(runs: int) -> int:
    """Of the cells that only a long run measures."""
    return max(1, runs // 4)


def _chunks(runs: int) -> list[tuple[int, int]]:
    return [(start, min(CHUNK, runs - start)) for start in range(0, runs, CHUNK)]


def _submitter(stack: ExitStack, processes: int) -> Callable[..., Callable[[], Counts]]:
    if processes == 1:
        return lambda *given: lambda: _chunk(*given)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read by the children as they start
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    pool = stack.enter_context(
        ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_remember)
    )
    return lambda *given: pool.submit(_chunk, *given).result


def _remember() -> None:
    """Have every exact end computed once: small tables come up over and over."""
    setattr(paired, "exact_low", cache(exact_low.__wrapped__))  # noqa: B010 (no name of its face)


def _chunk(count: Count[Cell], cell: Cell, name: str, place: int, runs: int) -> Counts:
    return count(cell, np.random.default_rng([SEED, place, *name.encode()]), runs)
