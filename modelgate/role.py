"""A data set of the suite, with how the models' answers to it are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from modelgate.aggregates.columns import Column
from modelgate.binding import Reading
from modelgate.dataset import Dataset
from modelgate.suite import DataPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One data set of the suite, opened.

    Attributes:
        name: the role: "test", "reference" ...
        data: its rows.
        part: what the suite says of it, target included.
        reading: how the model's answers are read against its labels; None without labels.
        champion: how the champion's are; None where there is none.
        seen: output -> the raw answers to its first rows.
        columns: by which slices that nobody named may be told apart.
        asked: whether the model is asked about these rows; else they are but read.
        answers: how its answers are read where nobody labelled the rows; None where that is not
            known.
        searched: whether these are searched, and a few rows tried, where no step asks for it.
    """

    name: str
    data: Dataset
    part: DataPart
    reading: Reading | None
    seen: Mapping[str, NDArray[Any]]
    champion: Reading | None = None
    columns: tuple[Column, ...] = ()
    asked: bool = True
    answers: Reading | None = None
    searched: bool = True
