"""A model that is open, asked: block after block, or about a few rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from modelgate.formats.refitting import REFITTED
from modelgate.model import Artifact, Signature
from modelgate.worker import cells, gauges, planning, preparing, shared, sizes
from modelgate.worker.limits import Limits
from modelgate.worker.prepared import PIXELS
from modelgate.worker.process import Process
from modelgate.worker.questions import Answer, Question, Questions
from modelgate.worker.shared import Layout, SharedMemory, Slot
from modelgate.worker.strings import packed
from modelgate.worker.wire import NonsenseError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class Asked(ABC):
    """One model, asked block after block.

    Rows go into slots of shared memory, answers come back through it, in the order of the
    questions.
    """

    def __init__(self, process: Process, name: str, threads: int, limits: Limits) -> None:
        self._process = process
        self._threads = threads
        self._blocks: deque[int] = deque()  # submitted and not yet collected
        self._free: list[Slot] = []
        self._whole: tuple[str, ...] = ()
        self._outputs: tuple[str, ...] = ()
        self._planned: tuple[Mapping[str, Any], frozenset[str], int] | None = None
        self._call_rows = sizes.BLOCK_ROWS
        self._prepared: preparing.Prepared | None = None
        self._questions = Questions(process, name, limits, self._free.append)

    @abstractmethod
    def opened(self) -> Artifact:
        """The model, once it is loaded."""

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
        described, buffers = cells.packed(feeds)
        header = {"is": "ask", "arrays": described, "outputs": outputs, "rows_a_call": step}
        question = Question(rows, outputs, planning.calls(self._own, rows, step))
        return self._questions.result(self._questions.ask(question, header, buffers))

    def decode(
        self, images: Mapping[str, NDArray[Any]], rows: int, *, sized: bool
    ) -> NDArray[np.uint8]:
        """Images as arrays that can be given in their place: (rows, height, width, channels).

        Args:
            images: by the one input, (rows,) what `cells.packed` takes.
            rows: their number.
            sized: bring them to one size; done anyway where their sizes differ.

        Raises:
            DataError: one is no image.
            ModelCrashedError, ModelError: see `collect`.
        """
        described, buffers = cells.packed(images)
        header = {"is": "decode", "arrays": described, "sized": sized}
        question = Question(rows, (PIXELS,), 0)
        return self._questions.result(self._questions.ask(question, header, buffers))[PIXELS]

    def refit(
        self,
        feeds: Mapping[str, NDArray[Any]],
        truth: NDArray[Any],
        folds: NDArray[np.int64],
        *,
        seed: int,
    ) -> NDArray[Any]:
        """Fit an estimator of scikit-learn again on all folds but one, and ask it about that one.

        Args:
            feeds: n rows.
            truth: (n,) positions of classes, or numbers.
            folds: (repeats, n) the fold of each row.
            seed: of estimators that have none of their own.

        Returns:
            (n, repeats) answers, in the terms of `truth`.

        Raises:
            ModelCrashedError: MG4090, it cannot be fitted; and see `collect`.
        """
        described, buffers = cells.packed(feeds)
        header = {"is": "refit", "arrays": described, "truth": truth.tolist(), "seed": seed}
        fits = sum(len(set(one)) for one in folds.tolist())
        question = Question(len(truth), (REFITTED,), fits)
        number = self._questions.ask(question, header | {"folds": folds.tolist()}, buffers)
        found = self._questions.result(number)[REFITTED]
        if found.shape != folds.T.shape or found.dtype.kind not in "if":
            raise self._questions.lied(NonsenseError("no answer for each row and repeat"))
        return found

    def clock(
        self, feeds: Mapping[str, NDArray[Any]], given: int, *, rows: int, times: int
    ) -> NDArray[np.float64]:
        """The seconds that so many questions take: (times,), each of `rows` of the rows given.

        Raises:
            ModelCrashedError, ModelError: see `gauges.clock`.
        """
        return gauges.clock(
            self._questions,
            cells.packed(feeds),
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
