"""A decided model, open in this process: raw rows in, answers out.

What opens and prepares it is what did so at its trial. Only formats of data are served, and only
bytes that a decision speaks for, so that no process of their own stands between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.binding import Reading
from modelgate.errors import DeployError, RefusedError
from modelgate.formats.answering import Answering
from modelgate.model import Tensor
from modelgate.prepare import CELL, Step
from modelgate.release import Release
from modelgate.stand_in import stand_in
from modelgate.worker import openers, prepared
from modelgate.worker.calls import answer
from modelgate.worker.explain import Refusal

Arrays = Mapping[str, NDArray[Any]]
PROVIDER = "CPUExecutionProvider"
ROWS_A_CALL = 8192
PLATFORMS = {"onnx": "onnx_onnxv1", "sklearn": "sklearn_skops"}
"""As the protocol names them: PROJECT_FORMAT."""
WARM_ROWS = 2
OF_ANSWERS = {"max_probability", "entropy", "margin", "energy"}
"""The scores that hang on answers alone; distances would need the rows of the trial."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenModel:
    """It.

    Attributes:
        release: what it was opened from.
        inputs: that a request holds, in the model's order.
        outputs: that an answer holds.
        batched: whether the first axis of inputs counts rows.
        of_rows: the inputs of which it does.
    """

    release: Release
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    batched: bool
    of_rows: frozenset[str]
    _model: Answering
    _step: Step | None
    _reading: Reading | None

    @property
    def platform(self) -> str:
        """As the protocol names it."""
        form = self.release.format
        return PLATFORMS.get(form, f"{form}_{form}")

    def answer(self, feeds: Arrays, rows: int, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """What it answers.

        Args:
            feeds: by input (rows, ...); where no axis counts rows, each input whole with an axis of
                one before it.
            rows: their number, 1 or more.
            outputs: those wanted.

        Raises:
            Refusal: it does not take these rows, or broke off.
        """
        made = feeds if self._step is None else prepared.prepared(self._step, feeds, rows)
        return answer(
            self._model,
            made,
            rows,
            outputs=outputs,
            rows_a_call=ROWS_A_CALL,
            after_each=_nothing,
        )

    def asked_once(self) -> dict[str, NDArray[Any]]:
        """What it answers to made-up rows; nothing where raw rows would have to be made up."""
        if self._step is not None:
            return {}  # the trial has asked it about real ones
        signature = self._model.signature
        rows = signature.batch or (WARM_ROWS if self.batched else 1)
        outputs = [one.name for one in self.outputs]
        return self.answer(stand_in(signature, rows), rows, outputs)

    def out_of_domain(self, answers: Arrays) -> list[bool] | None:
        """Which rows lie beyond the decision's out-of-domain threshold; None where none is said."""
        threshold, reading = self.release.out_of_domain, self._reading
        if threshold is None or reading is None or not self.watched:
            return None
        from modelgate.binding.labels import Coder
        from modelgate.judging import predictions, told
        from modelgate.out_of_domain.answers import unfamiliar

        coder = Coder(reading.classes, reading.own)
        read = told(answers, reading, *predictions(answers, reading, coder))
        found = unfamiliar(read, threshold["score"])
        return None if isinstance(found, str) else (found > threshold["above"]).tolist()

    @property
    def watched(self) -> tuple[str, ...]:
        """The outputs that `out_of_domain` needs, whatever a request asks for."""
        threshold, reading = self.release.out_of_domain, self._reading
        if threshold is None or reading is None or threshold["score"] not in OF_ANSWERS:
            return ()
        return reading.outputs


def opened(release: Release) -> OpenModel:
    """Open a release, and ask it once about made-up rows.

    Raises:
        RefusedError: MG5110, it is of a format that is code, or holds types that nobody trusted.
        DeployError: MG8010, it does not open, or answers no finite numbers.
    """
    try:
        model = _model(release)
        step = _step(release, model)
        inputs = _inputs(release, model, step)
        found = OpenModel(
            release=release,
            inputs=inputs,
            outputs=model.signature.outputs,
            batched=bool(model.signature.batched) or step is not None,
            of_rows=frozenset(
                model.signature.batched if step is None else [one.name for one in inputs]
            ),
            _model=model,
            _step=step,
            _reading=_reading(release),
        )
        _refuse_nonsense(found)
    except Refusal as refusal:
        raise DeployError("MG8010", f"{release} {refusal.message}", hint=refusal.hint) from None
    return found


def _model(release: Release) -> Answering:
    if release.format not in {"onnx", "sklearn", "xgboost", "lightgbm"}:
        raise RefusedError(
            "MG5110", f"{release} is {release.format}: only formats of data are served"
        )
    trusted = set(release.reading.get("types") or ())

    def ask(what: Mapping[str, Any]) -> Mapping[str, Any]:
        strange = sorted(set(what.get("types", ())) - trusted)
        if strange:
            raise RefusedError("MG5110", f"{release} holds types that its suite did not trust")
        return {}

    order = {"format": release.format, "backend": "onnxruntime", "function": None}
    openers.warm_up(order)
    return openers.opened(release.model, order, PROVIDER, ask)


def _step(release: Release, model: Answering) -> Step | None:
    asked = release.reading.get("prepare")
    if asked is None:
        return None
    if asked["kind"] == "python":
        raise RefusedError(
            "MG5110",
            f"{release} is prepared by a function: only formats of data are served",
            hint="write the preparation as an ONNX graph, `prepare: {onnx: FILE}`",
        )
    file: str | None = asked["file"]
    content = b"" if file is None else Path(release.folder, file).read_bytes()
    return prepared.load(asked, content, model, PROVIDER)


def _inputs(release: Release, model: Answering, step: Step | None) -> tuple[Tensor, ...]:
    """What a request holds: the preparation's inputs, or the model's own."""
    if step is None:
        return model.signature.inputs
    if step.takes:
        return step.takes
    columns = release.reading.get("columns") or ()
    return tuple(Tensor(name, CELL, (None,)) for name in columns)


def _reading(release: Release) -> Reading | None:
    """How the trial read the answers."""
    said = release.reading
    if said.get("task") is None:
        return None
    classes = tuple(said["classes"])
    positive = said["positive"]
    return Reading(
        task=said["task"],
        scores=said["scores"],
        scores_are=said["scores_are"],
        labels=None,
        values=said["values"],
        classes=classes,
        positive=classes.index(positive) if positive in classes else None,
        threshold=said["threshold"],
    )


def _refuse_nonsense(found: OpenModel) -> None:
    """Made-up rows are answered with finite numbers: a model that cannot is not let in."""
    for name, values in found.asked_once().items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise Refusal("MG4004", f"answers no finite numbers in output {name!r}")


def _nothing() -> None:
    return None
