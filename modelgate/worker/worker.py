"""A model in its isolated process, as the engine sees it."""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import NDArray

from modelgate.escape import printable
from modelgate.formats import recognise
from modelgate.model import Artifact, Backend, Signature, Tensor
from modelgate.prepare import Preparation
from modelgate.worker import cells, gauges, planning, preparing, shared, sizes, told, wire
from modelgate.worker.limits import MIB, Limits
from modelgate.worker.private import PrivateFolder
from modelgate.worker.process import Process
from modelgate.worker.questions import Answer, Question, Questions
from modelgate.worker.shared import Layout, SharedMemory, Slot
from modelgate.worker.strings import packed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class Worker:
    """One model, asked block after block; a context manager.

    Rows go into slots of shared memory, answers come back through it, in the order of the
    questions. Whatever goes wrong on the other side raises here, and ends the other side.

    Attributes:
        provider: onnxruntime's execution provider.
        limits: what it may take.
        idle_bytes: memory that it took before it opened the model; 0 where nobody asked.
        opening_seconds: how long it opened the model, once it is open.
    """

    def __init__(self, path: Path, threads: int, provider: str, limits: Limits) -> None:
        self.idle_bytes = 0
        self.opening_seconds = 0.0
        self._paused = False
        self._path = path
        self._name = printable(path.name, 80)
        self._threads = threads
        self.provider = provider
        self.limits = limits
        self._began = time.monotonic()
        self._artifact: Artifact | None = None
        self._isolation: tuple[str, ...] = ()
        self._blocks: deque[int] = deque()  # submitted and not yet collected
        self._free: list[Slot] = []
        self._whole: tuple[str, ...] = ()
        self._outputs: tuple[str, ...] = ()
        self._planned: tuple[Mapping[str, Any], frozenset[str], int] | None = None
        self._call_rows = sizes.BLOCK_ROWS
        self._prepared: preparing.Prepared | None = None
        self._folder = PrivateFolder.create()
        try:
            self._process = Process(self._folder.path, provider, limits.answer_bytes)
        except BaseException:
            self._folder.remove()
            raise
        self._end = weakref.finalize(self, _end, self._process, self._folder)
        self._questions = Questions(self._process, self._name, limits, self._free.append)

    @classmethod
    def start(
        cls,
        path: str | Path,
        *,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        backend: Backend = "onnxruntime",
        weighed: bool = False,
    ) -> Self:
        """Start a worker on a model file; it opens the model while the caller goes on.

        Args:
            path: of an ONNX file.
            threads: blocks that are answered side by side, 1 or more. No answer depends on it.
            provider: onnxruntime's execution provider.
            limits: what the worker may take.
            backend: what runs the model.
            weighed: whether the memory is read that it takes before the model.

        Raises:
            ModelError: the file is missing, unreadable, or no ONNX.
            StorageError: there is no room for a private copy.
        """
        path = Path(path)
        recognise(path)
        worker = cls(path, threads, provider, limits)
        worker._paused = weighed
        try:
            worker._folder.take_model(path, limits.model_bytes)
            size = worker._folder.bytes
            on_cpu = provider == "CPUExecutionProvider"
            worker._questions.send(
                {
                    "threads": threads,
                    # Other devices map their whole memory into the process.
                    "memory": limits.memory(size) if on_cpu else None,
                    "file": size + 64 * MIB,
                    "cpu": limits.cpu_seconds,
                    "backend": backend,
                    "paused": weighed,
                }
            )
        except BaseException:
            worker.close()
            raise
        return worker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and all it may have started, and remove its folder."""
        self._free.clear()
        self._end()

    @property
    def isolation(self) -> tuple[str, ...]:
        """The layers around the process that held, strongest first."""
        return self._isolation

    def opened(self) -> Artifact:
        """Wait until the model is loaded.

        Raises:
            ModelError: it does not load; the message says why.
            RefusedError: its weights lie outside its folder.
            ModelCrashedError: the process died or hung while it opened the model.
        """
        if self._artifact is None:
            try:
                self._artifact = self._open()
            except BaseException:
                self.close()
                raise
            # What is loaded no longer needs its file; nothing is left even if we are killed now.
            self._folder.remove()
        return self._artifact

    def _open(self) -> Artifact:
        try:
            self._isolation = told.isolation(self._next().get("isolation"))
            if self._paused:
                self.idle_bytes, _ = gauges.memory(self._process.pid)
                self._questions.send({"is": "go"})
            header = self._next()
            if header.get("is") == "needs":
                names = told.files(header.get("files"))
                self._folder.take_external(self._path, names, self.limits.model_bytes)
                self._questions.send({"is": "go"})
                header = self._next()
            if header.get("is") == "refused":
                raise self._questions.refusal(header)
            passed = time.monotonic() - self._began
            self.opening_seconds = gauges.seconds_told(header, passed)
            return Artifact(
                name=self._path.name,
                path=str(self._path),
                format="onnx",
                digest=self._folder.digest,
                bytes=self._folder.bytes,
                signature=told.signature(header),
                facts=told.facts(header.get("facts")),
                isolation=self._isolation,
            )
        except wire.NonsenseError as error:
            raise self._questions.lied(error) from None

    def _next(self) -> dict[str, Any]:
        seconds = self.limits.open_seconds
        return self._questions.receive(self._began + seconds, "opening", seconds)[0]

    def prepare(
        self, preparation: Preparation, approved: preparing.Approved = lambda _: False
    ) -> Artifact:
        """Have the worker make the model's inputs of raw rows from now on.

        Args:
            preparation: what a suite says.
            approved: whether the code of a digest may run.

        Returns:
            The model as it then looks: its inputs are texts, an image or columns.

        Raises:
            ModelError: what prepares cannot be read, does not load, or does not fit the model.
            RefusedError: MG5070, it is code that nobody approved; MG5072, it holds types that may
                run code.
            ModelCrashedError: the process died or hung meanwhile.
        """
        artifact = self.opened()
        material = preparing.gathered(preparation, approved)
        self._questions.send(material.header, [wire.raw(material.content)])
        seconds = self.limits.open_seconds
        header, _ = self._questions.receive(time.monotonic() + seconds, "preparing", seconds)
        if header.get("is") == "refused":
            raise self._questions.refusal(header)
        try:
            takes, said = told.preparation(header)
        except wire.NonsenseError as error:
            raise self._questions.lied(error) from None
        self._artifact, self._prepared = preparing.prepared(artifact, material, takes, said)
        return self._artifact

    def take(self, inputs: tuple[Tensor, ...]) -> Artifact:
        """Name the columns that a preparation is given which takes any."""
        assert self._prepared is not None
        seen = preparing.taking(self._prepared.signature, inputs)
        self._artifact = replace(self.opened(), signature=seen)
        return self._artifact

    @property
    def _own(self) -> Signature:
        """The model's own signature, whatever prepares its inputs."""
        return self.opened().signature if self._prepared is None else self._prepared.signature

    def plan(self, row_shapes: Mapping[str, tuple[int, ...]], outputs: Sequence[str]) -> int:
        """Fix what blocks look like, and make the memory for them.

        Args:
            row_shapes: by numeric input, the shape of one row; the whole shape for an input that
                is given whole with every call, or where no axis counts rows.
            outputs: those wanted.

        Returns:
            Rows of one block at most: 8,192, or fewer where a row is large.
        """
        if self._planned is not None:  # the memory is sealed: a second data set has to fit in
            shapes, room_for, rows = self._planned
            if shapes == row_shapes and room_for >= {*outputs}:
                self._outputs = tuple(outputs)
                return rows
        signature = self.opened().signature
        types = {one.name: one.type for one in signature.inputs}
        self._whole = planning.whole(signature)
        each = {name: shape for name, shape in row_shapes.items() if name not in self._whole}
        rows, self._call_rows = planning.block_and_call(
            each, types, self.opened().facts, self._prepared
        )
        self._outputs = tuple(outputs)
        layout = Layout.make(
            {
                name: (types[name], shape if name in self._whole else (rows, *shape))
                for name, shape in row_shapes.items()
            },
            sizes.answer_bytes(signature, outputs, rows),
            self._threads + 2,
        )
        shared.grow_and_seal(self._process.memory, layout.bytes)
        self._free[:] = SharedMemory(self._process.memory, layout).slots
        self._questions.send({"is": "plan", "layout": layout.to_json(), "whole": list(self._whole)})
        self._planned = (dict(row_shapes), frozenset(outputs), rows)
        return rows

    def slot(self) -> Slot:
        """Room for the next block; waits where all slots are in flight."""
        while not self._free:
            self._questions.take_one()
        return self._free.pop()

    def submit(
        self,
        slot: Slot,
        rows: int,
        strings: Mapping[str, pa.Array] | None = None,
        others: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        """Ask about the rows in a slot.

        Args:
            slot: filled; it must not be touched any more.
            rows: how many of its rows count.
            strings: by text input, its values row by row, `rows * k` of them; string,
                large_string, or a dictionary of them.
            others: by input that is prepared in the worker, what `cells.packed` takes.
        """
        shapes = {one.name: one.shape for one in self.opened().signature.inputs}
        skip = 1 if self.opened().signature.batched else 0
        described, buffers = packed(strings or {}, rows, shapes, skip, self._whole)
        if others:
            more, behind = cells.packed(others)
            described, buffers = described + more, buffers + behind
        step = self.opened().signature.batch or self._call_rows
        header = {
            "is": "block",
            "slot": slot.number,
            "arrays": described,
            "outputs": self._outputs,
            "rows_a_call": step,
        }
        question = Question(rows, self._outputs, planning.calls(self._own, rows, step), slot)
        self._blocks.append(self._questions.ask(question, header, buffers))

    def collect(self) -> Answer:
        """The answer to the block that was submitted first, in memory of its own.

        Returns:
            By output: (rows, ...).

        Raises:
            ModelCrashedError: the process died, hung, broke off or answered nonsense.
            ModelError: the model does not take these rows.
        """
        return self._questions.result(self._blocks.popleft())

    def ask(
        self, feeds: Mapping[str, NDArray[Any]], rows: int, *, batch: int | None = None
    ) -> Answer:
        """Ask about a few rows at once; for probes.

        Args:
            feeds: by input, (rows, ...); whole for an input that is given whole with every call.
                Text as arrays of objects.
            rows: their number.
            batch: rows a call; all together where None. A fixed batch of the model's goes before.

        Returns:
            By output: (rows, ...).

        Raises:
            ModelCrashedError, ModelError: see `collect`.
        """
        signature = self.opened().signature
        outputs = planning.tensors(signature)
        step = signature.batch or batch or max(rows, 1)
        described, buffers = (wire.pack if self._prepared is None else cells.packed)(feeds)
        header = {"is": "ask", "arrays": described, "outputs": outputs, "rows_a_call": step}
        question = Question(rows, outputs, planning.calls(self._own, rows, step))
        return self._questions.result(self._questions.ask(question, header, buffers))

    def clock(
        self, feeds: Mapping[str, NDArray[Any]], given: int, *, rows: int, times: int
    ) -> NDArray[np.float64]:
        """The seconds that so many questions take: (times,), each of `rows` of the rows given.

        Raises:
            ModelCrashedError, ModelError: see `gauges.clock`.
        """
        pack = wire.pack if self._prepared is None else cells.packed
        return gauges.clock(
            self._questions,
            pack(feeds),
            given=given,
            rows=rows,
            times=times,
            outputs=planning.tensors(self.opened().signature),
        )

    def peak_bytes(self) -> int:
        """The most memory that its process held so far.

        Raises:
            OSError: the system does not tell.
        """
        return gauges.memory(self._process.pid)[1]


def _end(process: Process, folder: PrivateFolder) -> None:
    process.kill()
    folder.remove()
