"""An ONNX file in its isolated process, asked."""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa

from modelgate.arrays import is_text
from modelgate.asking import MADE_UP, Asker, Raw
from modelgate.binding import Feed
from modelgate.binding.inputs import bind_inputs
from modelgate.encoding import cells, feeds, fill, is_apart, strings
from modelgate.errors import ModelCrashedError, ModelError
from modelgate.image_files import ImageFiles
from modelgate.model import Tensor
from modelgate.prepare import CELL, IMAGE, Preparation
from modelgate.stand_in import stand_in
from modelgate.suite import ModelPart
from modelgate.worker import Worker


class WorkerAsker(Asker):
    """An ONNX file in its isolated process."""

    def __init__(
        self,
        worker: Worker,
        threads: int,
        preparation: Preparation | None = None,
        approved: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._worker = worker
        self._threads = threads
        self._preparation = preparation
        self.artifact = worker.opened()
        if preparation is not None:
            self.artifact = worker.prepare(preparation, approved)
        self._takes = self.artifact.signature.inputs
        self._feeds: tuple[Feed, ...] = ()
        self._first: Raw = {}
        self._rows = 0
        self._parts: deque[int] = deque()
        self._images: dict[Path, ImageFiles] = {}
        self._reads_files = False

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`."""
        named = told.inputs
        if not self._takes:
            wanted = [column for columns in named.values() for column in columns]
            free = wanted or [name for name in schema.names if name not in set(apart)]
            inputs = tuple(Tensor(name, CELL, (None,)) for name in dict.fromkeys(free))
            self.artifact, named = self._worker.take(inputs), {}
        self._feeds, notes = bind_inputs(
            self.artifact.signature, schema, apart=apart, named=named, where=told.where
        )
        self._reads_files = any(
            feed.type == IMAGE and is_text(schema.field(feed.columns[0]).type)
            for feed in self._feeds
        )
        asked = self._preparation
        return notes if asked is None else [f"prepared by: {asked.kind} {asked.name}", *notes]

    @property
    def _beside(self) -> ImageFiles:
        """The image files beside the rows."""
        return self._images.setdefault(self.beside, ImageFiles(self.beside))

    def images(self, folder: Path) -> Mapping[str, object] | None:
        """See `Asker.images`."""
        found = self._images.get(folder)
        return found.described() if found is not None and self._reads_files else None

    @property
    def _constant(self) -> frozenset[str]:
        """Inputs that are given whole with every call, however many rows it has."""
        batched = self.artifact.signature.batched
        if not batched:
            return frozenset()
        return frozenset(one.name for one in self.artifact.signature.inputs) - set(batched)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return tuple(dict.fromkeys(name for feed in self._feeds for name in feed.columns))

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        if rows is None:
            if not self.artifact.signature.inputs:
                raise ModelError(
                    "MG3146",
                    f"{self.artifact.name!r} can only be asked about data, which `prepare:` makes"
                    " its inputs of; give some",
                )
            self._first = stand_in(self.artifact.signature, MADE_UP)
            try:
                return self.again(MADE_UP)
            except ModelCrashedError as error:
                raise ModelCrashedError(
                    error.code,
                    error.message,
                    where=error.where,
                    hint=error.hint or "these inputs were made up; give real rows: --data FILE",
                ) from error
        fed = feeds(self._feeds, rows, self._beside)
        self._first = self._first or fed  # of a second data set, nothing is asked again
        return self._worker.ask(fed, len(rows), batch=None)

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        whole = self._constant
        some = {n: v if n in whole else v[:rows] for n, v in self._first.items()}
        return self._worker.ask(some, rows, batch=batch)

    def identity(self, outputs: Sequence[str]) -> str | None:
        """See `Asker.identity`."""
        from importlib.metadata import version

        if self._reads_files:  # what the data's digest does not cover
            return None
        return "\n".join(
            (
                str(self.artifact.digest),
                f"onnxruntime {version('onnxruntime')} {self._worker.provider} on {_processor()}",
                repr(self.artifact.prepare),
                *map(repr, self._feeds),
                *outputs,
            )
        )

    def prepare(self, outputs: Sequence[str]) -> None:
        """See `Asker.prepare`."""
        shapes = {feed.tensor: feed.row_shape for feed in self._feeds if _is_shared(feed)}
        self._rows = self._worker.plan(shapes, outputs)

    @property
    def ahead(self) -> int:
        """One block being answered by each thread, and one being made ready."""
        return self._threads + 1

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`. A block of wide rows goes in several calls."""
        parts = range(0, len(block), self._rows)
        self._parts.append(len(parts))
        for start in parts:
            part = block.slice(start, self._rows)
            slot = self._worker.slot()
            for feed in self._feeds:
                if _is_shared(feed):
                    fill(feed, part, slot.inputs[feed.tensor][: len(part)])
            texts = {f.tensor: strings(f, part) for f in self._feeds if f.type == "string"}
            others = {f.tensor: cells(f, part, self._beside) for f in self._feeds if is_apart(f)}
            self._worker.submit(slot, len(part), texts or None, others or None)

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        parts = [self._worker.collect() for _ in range(self._parts.popleft())]
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _is_shared(feed: Feed) -> bool:
    """Whether its numbers go through shared memory."""
    return feed.type != "string" and not is_apart(feed)


def _processor() -> str:
    """What computes: another kind of processor may round otherwise."""
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
