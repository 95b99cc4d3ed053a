"""A model in its isolated process, as the engine sees it."""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from modelgate.escape import printable
from modelgate.formats import recognise
from modelgate.model import Artifact, Backend, Tensor
from modelgate.prepare import Preparation
from modelgate.worker import gauges, granting, preparing, told, wire
from modelgate.worker.asked import Asked
from modelgate.worker.granting import NOTHING, Granted
from modelgate.worker.limits import MIB, Limits
from modelgate.worker.private import PrivateFolder
from modelgate.worker.process import Process


class Worker(Asked):
    """One model in a process of its own; a context manager.

    Whatever goes wrong on the other side raises here, and ends the other side.

    Attributes:
        path: of the model's file.
        provider: onnxruntime's execution provider.
        limits: what it may take.
        idle_bytes: memory that it took before it opened the model; 0 where nobody asked.
        opening_seconds: how long it opened the model, once it is open.
    """

    def __init__(self, path: Path, threads: int, provider: str, limits: Limits) -> None:
        self.idle_bytes = 0
        self.opening_seconds = 0.0
        self._paused = False
        self._format = "onnx"
        self._function: str | None = None
        self._called: str | None = None
        self.path = path
        self.provider = provider
        self.limits = limits
        self._began = time.monotonic()
        self._artifact: Artifact | None = None
        self._isolation: tuple[str, ...] = ()
        self._folder = PrivateFolder.create()
        try:
            process = Process(self._folder.path, provider, limits.answer_bytes)
        except BaseException:
            self._folder.remove()
            raise
        self._end = weakref.finalize(self, _end, process, self._folder)
        super().__init__(process, printable(path.name, 80), threads, limits)

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
        function: str | None = None,
        called: str | None = None,
    ) -> Self:
        """Start a worker on a model file; it opens the model while the caller goes on.

        Args:
            path: of a file in one of the formats.
            threads: blocks that are answered side by side, 1 or more. No answer depends on it.
            provider: onnxruntime's execution provider.
            limits: what the worker may take.
            backend: what runs the model.
            weighed: whether the memory is read that it takes before the model.
            function: the one that answers, where the file is one of Python.
            called: what people call the model, where that is not its file: "churn@3".

        Raises:
            ModelError: the file is missing, unreadable, or of no format that is known.
            StorageError: there is no room for a private copy.
        """
        path = Path(path)
        format_ = recognise(path, function=function is not None)
        worker = cls(path, threads, provider, limits)
        worker._format, worker._function, worker._called = format_, function, called
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
                    "format": format_,
                    "function": function,
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
    def function(self) -> str | None:
        """The function that answers, where the file is one of Python."""
        return self._function

    @property
    def format(self) -> str:
        """Of the file, as its beginning tells."""
        return self._format

    @property
    def digest(self) -> str:
        """Of the bytes that were copied, "sha256:..."."""
        return self._folder.digest

    @property
    def parts(self) -> Mapping[str, str]:
        """The files of the open model, "" for its own: "sha256:..." of the bytes."""
        return {name: f"sha256:{digest}" for name, digest in self._folder.digests.items()}

    @property
    def material(self) -> preparing.Material | None:
        """What makes the model's inputs; None where the rows hold them already."""
        return None if self._prepared is None else self._prepared.material

    @property
    def isolation(self) -> tuple[str, ...]:
        """The layers around the process that held, strongest first."""
        return self._isolation

    def opened(self, granted: Granted = NOTHING) -> Artifact:
        """Wait until the model is loaded.

        Args:
            granted: what a model may that not every model may; the first call says so.

        Raises:
            ModelError: it does not load; the message says why.
            RefusedError: its weights lie outside its folder; it is code, or holds types that
                may run code, and nobody approved that.
            ModelCrashedError: the process died or hung while it opened the model.
        """
        if self._artifact is None:
            try:
                self._artifact = self._open(granted)
            except BaseException:
                self.close()
                raise
            # What is loaded no longer needs its file; nothing is left even if we are killed now.
            self._folder.remove()
        return self._artifact

    def _open(self, granted: Granted) -> Artifact:
        try:
            self._isolation = told.isolation(self._next().get("isolation"))
            if self._paused:
                self.idle_bytes, _ = gauges.memory(self._process.pid)
                self._questions.send({"is": "go"})
            header = self._next()
            if header.get("is") == "needs":
                self._give(header, granted)
                header = self._next()
            if header.get("is") == "refused":
                raise self._questions.refusal(header)
            passed = time.monotonic() - self._began
            self.opening_seconds = gauges.seconds_told(header, passed)
            return Artifact(
                name=self._named(self.path.name),
                path=self._named(str(self.path)),
                format=self._format,
                digest=self._folder.digest,
                bytes=self._folder.bytes,
                signature=told.signature(header),
                facts=told.facts(header.get("facts")),
                isolation=self._isolation,
            )
        except wire.NonsenseError as error:
            raise self._questions.lied(error) from None

    def _give(self, header: Mapping[str, Any], granted: Granted) -> None:
        """What the worker needs before it opens the model: files, or leave.

        Raises:
            RefusedError: it may not have it.
        """
        if self._format == "onnx":
            names = told.files(header.get("files"))
            self._folder.take_external(self.path, names, self.limits.model_bytes)
        elif self._format == "sklearn":
            granting.refuse_types(told.files(header.get("types")), granted, str(self.path))
        else:
            granting.refuse_code(self._folder.digest, granted, str(self.path))
        self._questions.send({"is": "go"})

    def _named(self, path: str) -> str:
        return self._called or (path if self._function is None else f"{path}:{self._function}")

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
        """Name the columns that a preparation or a function is given which takes any."""
        seen = preparing.taking(self._own, inputs)
        if self._prepared is None:
            self._questions.send({"is": "take", "names": [one.name for one in inputs]})
        self._artifact = replace(self.opened(), signature=seen)
        return self._artifact


def _end(process: Process, folder: PrivateFolder) -> None:
    process.kill()
    folder.remove()
