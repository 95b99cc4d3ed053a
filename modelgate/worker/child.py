"""The program inside the worker: opens one model, answers blocks of rows, ends with its parent."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modelgate.worker import confine

_TICK_SECONDS = 0.2
_MOST_SAID = 2000
"""Characters of a message: what anybody's code raises may be of any length."""


def main(parent: int, folder: str, wires: tuple[int, int], provider: str, *, tied: bool) -> None:
    """Serve until the parent closes its end.

    Args:
        parent: process id of the engine.
        folder: the private folder, the only place that may be written to.
        wires: descriptors of the socket and of the shared memory.
        provider: onnxruntime's.
        tied: whether the kernel shall end this process with the thread that started it.
    """
    if tied:
        confine.end_with_parent(parent)
    held = confine.before_libraries(folder, strict=provider == "CPUExecutionProvider")
    import numpy as np  # noqa: F401 (imported now, while nothing of the user's has been read)
    import onnxruntime

    from modelgate.worker.wire import Channel, GoneError

    onnxruntime.set_default_logger_severity(4)
    channel = Channel(socket.socket(fileno=wires[0]), payload_bytes=1 << 40)
    try:
        order, _ = channel.receive()
        held += confine.after_libraries(order["memory"], order["file"], order["cpu"])
        channel.send({"is": "ready", "isolation": held})
        if order["paused"]:  # the engine looks at how much memory the libraries alone take
            channel.receive()
        Inside(channel, Path(folder), wires[1], provider).serve(order)
    except GoneError:
        # Nothing of the model may run any more, not even what it left for the interpreter's end.
        os._exit(0)
    except BaseException:  # noqa: BLE001 (whatever it is, the process ends here)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


class Inside:
    """The open model and the threads that run it."""

    def __init__(self, channel: Any, folder: Path, memory: int, provider: str) -> None:
        self._channel = channel
        self._folder = folder
        self._memory = memory
        self._provider = provider
        self._jobs: queue.SimpleQueue[tuple[dict[str, Any], Any]] = queue.SimpleQueue()
        self._sending = threading.Lock()
        self._plan: dict[str, Any] = {}
        self._slots: tuple[Any, ...] = ()
        self._order: Mapping[str, Any] = {}
        self._model: Any = None
        self._step: Any = None

    def serve(self, order: Mapping[str, Any]) -> None:
        """Open the model, then take jobs for as long as the parent lives."""
        for _ in range(order["threads"]):
            threading.Thread(target=self._work, daemon=True).start()
        self._order = order
        if not self._ready():
            return
        confine.no_more_processes()
        if not self._opened():
            return
        while True:
            header, payload = self._channel.receive()
            if header["is"] == "plan":
                self._take_plan(header)
            elif header["is"] == "prepare":
                self._prepare(header, payload)
            elif header["is"] == "take":
                self._model.take(header["names"])
            else:
                self._jobs.put((header, payload))

    def _ready(self) -> bool:
        """Whether what is to run the model is there; if not, that has been sent."""
        from modelgate.worker import openers
        from modelgate.worker.explain import Refusal

        try:
            openers.warm_up(self._order)
        except Refusal as refusal:
            self._send(_refused(refusal))
            return False
        return True

    def _opened(self) -> bool:
        """Whether the model loaded; the answer has been sent either way."""
        from modelgate.worker import openers
        from modelgate.worker.explain import Refusal

        began = time.perf_counter()

        def ask(what: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal began
            self._send({"is": "needs", **what})
            answer: dict[str, Any] = self._channel.receive()[0]
            began = time.perf_counter()  # nobody waits for a model while it waits for the engine
            return answer

        path = self._folder / "model.onnx"
        try:
            self._model = openers.opened(path, self._order, self._provider, ask)
            seconds = time.perf_counter() - began
        except Refusal as refusal:
            self._send(_refused(refusal))
            return False
        except MemoryError:
            self._send(_refused(Refusal("MG3009", "needs more memory than it is given")))
            return False
        about = {"is": "opened", "facts": self._model.facts, "seconds": seconds}
        self._send(about | _told(self._model.signature))
        return True

    def _prepare(self, order: Mapping[str, Any], payload: Any) -> None:
        """Take what prepares the rows from now on; the answer says what it takes."""
        from modelgate.worker import prepared
        from modelgate.worker.explain import Refusal

        try:
            content = bytes(payload[: order["bytes"]])
            step = prepared.load(order, content, self._model, self._provider)
        except Refusal as refusal:
            self._send(_refused(refusal))
            return
        except MemoryError:
            self._send(_refused(Refusal("MG3009", "needs more memory than it is given")))
            return
        self._step = step
        self._send(
            {
                "is": "prepared",
                "takes": [_tensor(one) for one in step.takes],
                "settings": step.settings,
                "by": step.by,
                "widths": [[name, *width] for name, width in step.widths.items()],
            }
        )

    def _take_plan(self, header: dict[str, Any]) -> None:
        from modelgate.worker.shared import Layout, SharedMemory

        self._slots = SharedMemory(self._memory, Layout.from_json(header["layout"])).slots
        self._plan = header

    def _work(self) -> None:
        from modelgate.worker.wire import GoneError

        try:
            while True:
                self._do(*self._jobs.get())
        except GoneError:
            os._exit(0)
        except BaseException:  # noqa: BLE001 (a thread that died in silence would look like a hang)
            traceback.print_exc()
            os._exit(1)

    def _do(self, job: dict[str, Any], payload: Any) -> None:
        from modelgate.worker import calls, clock, prepared, wire
        from modelgate.worker.explain import Refusal

        number, rows, step = job["job"], job["rows"], self._step
        feeds = wire.unpack(job["arrays"], payload, cells=True)
        slot = None
        if job["is"] == "block":
            slot = self._slots[job["slot"]]
            whole = self._plan["whole"]
            feeds |= {n: a if n in whole else a[:rows] for n, a in slot.inputs.items()}
        ticking = self._ticking(number)
        try:
            if job["is"] == "time":
                found: Mapping[str, Any] = clock.timed(
                    self._model, step, feeds, job, after_each=ticking
                )
            elif job["is"] == "decode":
                found = prepared.decoded(step, feeds, rows, sized=job["sized"])
            elif job["is"] == "refit":
                from modelgate.formats import refitting

                found = refitting.out_of_fold(self._model, feeds, job, after_each=ticking)
            else:
                found = calls.answer(
                    self._model,
                    prepared.prepared(step, feeds, rows) if step is not None else feeds,
                    rows,
                    outputs=job["outputs"],
                    rows_a_call=job["rows_a_call"],
                    after_each=ticking,
                )
        except Refusal as refusal:
            told = refusal if step is None else prepared.explained(refusal, step)
            self._send(_refused(told) | {"job": number})
            return
        described, buffers = wire.pack(found)
        header: dict[str, Any] = {"is": "answer", "job": number, "arrays": described}
        if slot is not None and (size := wire.total(buffers)) <= len(slot.answers):
            wire.write(buffers, slot.answers)
            self._send(header | {"shared": size})
        else:
            self._send(header, buffers)

    def _ticking(self, number: int) -> Callable[[], None]:
        """Tells the parent, not too often, that a long job goes on."""
        last = time.monotonic()

        def tick() -> None:
            nonlocal last
            if time.monotonic() - last > _TICK_SECONDS:
                last = time.monotonic()
                self._send({"is": "tick", "job": number})

        return tick

    def _send(self, header: Mapping[str, Any], buffers: Any = ()) -> None:
        with self._sending:
            self._channel.send(header, buffers)


def _refused(refusal: Any) -> dict[str, Any]:
    return {
        "is": "refused",
        "code": refusal.code,
        "message": refusal.message[:_MOST_SAID],
        "hint": refusal.hint,
        "row": refusal.row,
    }


def _told(signature: Any) -> dict[str, Any]:
    """A signature as JSON."""
    return {
        "inputs": [_tensor(one) for one in signature.inputs],
        "outputs": [_tensor(one) for one in signature.outputs],
        "classes": signature.classes,
        "batch": signature.batch,
        "batched": signature.batched,
        "score_transform": signature.score_transform,
    }


def _tensor(one: Any) -> list[Any]:
    return [one.name, one.type, one.shape, one.container]
