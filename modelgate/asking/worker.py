"""An ONNX file in its isolated process, asked."""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate import __version__
from modelgate.arrays import is_tensor, is_text, tensors
from modelgate.asking import MADE_UP, Asker, Raw
from modelgate.binding import Feed
from modelgate.binding.inputs import bind_inputs
from modelgate.encoding import cells, feeds, fill, is_apart, strings
from modelgate.errors import DataError, ModelCrashedError, ModelError
from modelgate.escape import shown
from modelgate.image_files import ImageFiles
from modelgate.model import Backend, Tensor
from modelgate.prepare import CELL, IMAGE, Preparation
from modelgate.stand_in import stand_in
from modelgate.suite import ModelPart
from modelgate.worker import Worker
from modelgate.worker.granting import NOTHING, Granted
from modelgate.worker.preparing import Material
from modelgate.worker.questions import RowError

_SHORT = "sha256:0123456789ab"
"""As much of a digest as people are shown."""


class WorkerAsker(Asker):
    """An ONNX file in its isolated process."""

    def __init__(
        self,
        worker: Worker,
        threads: int,
        preparation: Preparation | None = None,
        granted: Granted = NOTHING,
    ) -> None:
        self._worker = worker
        self._threads = threads
        self._preparation = preparation
        self._granted = granted
        self.artifact = worker.opened(granted)
        if preparation is not None:
            self.artifact = worker.prepare(preparation, granted.approved)
        self._takes = self.artifact.signature.inputs
        self._feeds: tuple[Feed, ...] = ()
        self._first: Raw = {}
        self._rows = 0
        self._blocks: deque[list[pa.RecordBatch]] = deque()
        self._collected = 0
        self._images: dict[Path, ImageFiles] = {}
        self._image_columns: tuple[str, ...] = ()
        # Code hangs on whatever it imports, and foreign types on their package: no digest of ours
        # tells when these change.
        code = preparation is not None and preparation.kind == "python"
        self._runs_code = code or self.artifact.format == "python" or bool(granted.types)

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
        self._image_columns = tuple(
            feed.columns[0]
            for feed in self._feeds
            if feed.type == IMAGE and is_text(schema.field(feed.columns[0]).type)
        )
        return [*self._prepared_by(), *notes]

    def _prepared_by(self) -> list[str]:
        """What makes the model's inputs, with the digest that stands in the report."""
        asked, told = self._preparation, self.artifact.prepare
        if asked is None or told is None:
            return []
        if told["digest"] is None:
            return [f"prepared by: the block {asked.kind!r}"]
        return [f"prepared by: {asked.kind} {asked.name} ({told['digest'][: len(_SHORT)]})"]

    @property
    def _beside(self) -> ImageFiles:
        """The image files beside the rows."""
        return self._images.setdefault(self.beside, ImageFiles(self.beside))

    def images(self, folder: Path) -> Mapping[str, object] | None:
        """See `Asker.images`."""
        found = self._images.get(folder)
        return found.described() if found is not None and self._image_columns else None

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

    @property
    def image_columns(self) -> tuple[str, ...]:
        """See `Asker.image_columns`."""
        return self._image_columns

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
        try:
            return self._worker.ask(fed, len(rows), batch=None)
        except RowError as error:
            raise self._named(error, rows, 0) from None

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        whole = self._constant
        some = {n: v if n in whole else v[:rows] for n, v in self._first.items()}
        return self._worker.ask(some, rows, batch=batch)

    def afresh(
        self, path: Path | None = None, *, backend: Backend = "onnxruntime", weighed: bool = False
    ) -> WorkerAsker:
        """The model in a process of its own, asked as this one is; `close` ends it.

        Args:
            path: of another file, to be bound by the caller; None for the same one.
            backend: what runs it.
            weighed: as `Worker.start` takes it.

        Raises:
            ModelError: MG3014, the file is not the one any more; and what opening raises.
        """
        worker = Worker.start(
            path or self._worker.path,
            provider=self._worker.provider,
            limits=self._worker.limits,
            backend=backend,
            weighed=weighed,
            function=self._worker.function,
        )
        try:
            other = WorkerAsker(worker, 1, self._preparation, self._granted)
            other.beside = self.beside
            if path is None:
                other._fed_as(self)
        except BaseException:
            worker.close()
            raise
        return other

    def _fed_as(self, other: WorkerAsker) -> None:
        """Take over what is fed to another one of the same file."""
        mine, its = self.artifact, other.artifact
        if (mine.digest, mine.prepare) != (its.digest, its.prepare):
            raise ModelError("MG3014", f"{its.name!r} was changed while it was judged")
        if not self._takes:
            self.artifact = self._worker.take(its.signature.inputs)
        self._feeds, self._first = other._feeds, other._first
        self._image_columns = other._image_columns

    def clock(self, *, rows: int, times: int) -> NDArray[np.float64]:
        """The seconds that so many questions of the first rows take, each of `rows` rows.

        Raises:
            ModelError, ModelCrashedError: the model did not answer.
        """
        there = max((len(v) for n, v in self._first.items() if n not in self._constant), default=1)
        given = max(rows, there // rows * rows)
        turn = np.arange(given) % there
        fed = {n: v if n in self._constant else v[turn] for n, v in self._first.items()}
        return self._worker.clock(fed, given, rows=rows, times=times)

    def refitted(
        self, rows: pa.RecordBatch, truth: NDArray[Any], folds: NDArray[np.int64], *, seed: int
    ) -> NDArray[Any]:
        """See `Bench.refitted`; the process is for nothing else any more."""
        return self._worker.refit(feeds(self._feeds, rows), truth, folds, seed=seed)

    @property
    def material(self) -> Material | None:
        """See `Asker.material`."""
        return self._worker.material

    @property
    def worker(self) -> Worker:
        """The process."""
        return self._worker

    def identity(self, outputs: Sequence[str]) -> str | None:
        """See `Asker.identity`."""
        if self._image_columns or self._runs_code:  # what the digests do not cover
            return None
        return "\n".join(
            (
                str(self.artifact.digest),
                f"{self._worker.provider} on {_processor()}",
                *_installed(),
                repr(self.artifact.prepare),
                *map(repr, self._feeds),
                *outputs,
            )
        )

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """See `Asker.decoded`."""
        feed = next((one for one in self._feeds if one.type == IMAGE), None)
        if feed is None or is_tensor(rows.column(feed.columns[0]).type):
            return rows
        images = {feed.tensor: cells(feed, rows, self._beside)}
        try:
            pixels = self._worker.decode(images, len(rows), sized=sized)
        except RowError as error:
            raise self._named(error, rows, 0) from None
        place = rows.schema.get_field_index(feed.columns[0])
        return rows.set_column(place, feed.columns[0], tensors(pixels))

    def prepare(self, outputs: Sequence[str]) -> None:
        """See `Asker.prepare`."""
        shapes = {feed.tensor: feed.row_shape for feed in self._feeds if _is_shared(feed)}
        self._rows = self._worker.plan(shapes, outputs)
        self._collected = 0

    @property
    def ahead(self) -> int:
        """One block being answered by each thread, and one being made ready."""
        return self._threads + 1

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`. A block of wide rows goes in several calls."""
        parts = [block.slice(start, self._rows) for start in range(0, len(block), self._rows)]
        self._blocks.append(parts)
        for part in parts:
            slot = self._worker.slot()
            for feed in self._feeds:
                if _is_shared(feed):
                    fill(feed, part, slot.inputs[feed.tensor][: len(part)])
            texts = {f.tensor: strings(f, part) for f in self._feeds if f.type == "string"}
            others = {f.tensor: cells(f, part, self._beside) for f in self._feeds if is_apart(f)}
            self._worker.submit(slot, len(part), texts or None, others or None)

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        parts = []
        for part in self._blocks.popleft():
            try:
                parts.append(self._worker.collect())
            except RowError as error:
                raise self._named(error, part, self._collected) from None
            self._collected += len(part)
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _named(self, error: RowError, rows: pa.RecordBatch, before: int) -> DataError:
        """The error with the row that it is about: its number, from 1, and the file it names."""
        what = f"row {before + error.row + 1}"
        column = rows.column(self._feeds[0].columns[0])
        if self._image_columns and is_text(column.type) and error.row < len(column):
            what += f", {shown(column[error.row].as_py(), 100)}"
        return error.named(what)


def _is_shared(feed: Feed) -> bool:
    """Whether its numbers go through shared memory."""
    return feed.type != "string" and not is_apart(feed)


LIBRARIES = ("numpy", "scikit-learn", "skops", "xgboost-cpu", "lightgbm", "tokenizers", "pillow")
"""What answers or prepares beside onnxruntime, where it is installed: another one may differ."""


@cache  # four identities a run, and every version is searched for in all of the path
def _installed() -> tuple[str, ...]:
    """The versions that answers hang on."""
    from importlib.metadata import PackageNotFoundError, version

    found = [f"modelgate {__version__}", f"Python {platform.python_version()}"]
    found.append(f"onnxruntime {version('onnxruntime')}")
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return tuple(found)


@cache
def _processor() -> str:
    """What computes: another kind of processor may round otherwise."""
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
