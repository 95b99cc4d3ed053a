"""A model's face: what it takes, what it gives, and how it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from modelgate.aggregates import Facts
from modelgate.predictions import Predictions

if TYPE_CHECKING:
    import pyarrow as pa

Shape = tuple[int | str | None, ...]
ANY = "any"
"""Type of an output of which nothing is promised: a function answers what it likes."""
Backend = Literal["onnxruntime", "unoptimised", "reference", "openvino"]
"""What runs an ONNX file: onnxruntime with or without its optimisations, or another program."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One input or output as the model declares it.

    Attributes:
        name: the model's own.
        type: element type: float32, float64, float16, bfloat16, int8 ... uint64, bool, string.
        shape: a number, a symbol or None (free) an axis; None where the rank is not declared.
        container: "tensor", or what else ONNX can hold: "sequence", "map", "optional" ...
    """

    name: str
    type: str
    shape: Shape | None
    container: str = "tensor"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a model takes and gives.

    Attributes:
        inputs: in the model's order, without initializers that merely may be overridden.
        outputs: in the model's order; a ZipMap is replaced by the matrix it reads.
        classes: the labels that the model itself names (ZipMap, tree ensembles, linear
            classifiers), in the order of the scores; empty where it names none.
        batch: rows a call takes: None for any number, else exactly so many.
        batched: the inputs whose first axis counts rows; the others are given whole with every
            call. Empty where no axis counts rows: then one row is one call of the whole model.
        score_transform: "" or what the last node does to the scores ("softmax", "logistic").
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    classes: tuple[str | int, ...] = ()
    batch: int | None = None
    batched: tuple[str, ...] = ()
    score_transform: str = ""

    def row_shape(self, tensor: Tensor) -> tuple[int | None, ...] | None:
        """The shape of one row of an input; None an axis that is free, or nothing known."""
        if tensor.shape is None:
            return None
        axes = tensor.shape[1:] if tensor.name in self.batched else tensor.shape
        return tuple(axis if isinstance(axis, int) else None for axis in axes)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model file as it was loaded.

    Attributes:
        name: what people call it: the file's name.
        path: as the user wrote it.
        format: "onnx", "sklearn", "xgboost", "lightgbm", "python", "endpoint", "callable",
            "columns".
        digest: "sha256:..." of the bytes that were loaded, external data included; None where
            there are no bytes.
        bytes: their number.
        signature: what it takes and gives.
        facts: producer, opsets, numbers of nodes and weights, what was found while opening it.
        isolation: the layers around the worker that held, strongest first; empty for a model that
            runs in this process.
    """

    name: str
    path: str
    format: str
    digest: str | None
    bytes: int
    signature: Signature
    facts: Mapping[str, Any] = field(default_factory=dict)
    isolation: tuple[str, ...] = ()
    prepare: Mapping[str, Any] | None = None


def whole_digest(digests: Mapping[str, str]) -> str:
    """Of a model of one file or of several, as "sha256:...".

    Of several it is the digest of a list with a line a file, digest and name as `sha256sum` writes
    them, the model first.

    Args:
        digests: file -> sha-256 in hex; "" for the model's own.
    """
    if len(digests) == 1:
        return f"sha256:{digests['']}"
    lines = [f"{digest}  {name or 'model'}\n" for name, digest in sorted(digests.items())]
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


class Model(Protocol):
    """A model that a check may ask about rows of its own. Every row that is asked is counted."""

    @property
    def artifact(self) -> Artifact:
        """What was loaded."""
        ...

    @property
    def facts(self) -> Facts:
        """The task, and the classes that `Predictions.labels` counts."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that feed it, in order."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Of these columns."""
        ...

    def predict(self, inputs: Any, *, folder: Path | None = None) -> Predictions:
        """The answers, one a row, in the order of the rows; as they come, finite or not.

        Args:
            inputs: a RecordBatch or Table that holds at least these columns; or a list of texts
                where one column of text feeds the model. Many rows a call are cheaper than many
                calls.
            folder: what names of image files are relative to; the folder of the data where None.

        Raises:
            DataError: a value does not fit the input it feeds.
            ModelError, ModelCrashedError: the model did not answer.
        """
        ...

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """The same rows with images as pixels, which are answered as the images were.

        Args:
            rows: in which a column may name image files, or hold their bytes.
            sized: bring the images to one size; done anyway where the sizes of these differ.

        Returns:
            The model's columns, images as uint8 (height, width, channels); all other columns, and
            images that are arrays already, as they are.

        Raises:
            DataError: an image cannot be read.
        """
        ...


class Champion(Model, Protocol):
    """The model to compare with, asked likewise; it answers in the candidate's classes."""
