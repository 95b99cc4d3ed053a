"""A model behind an address, asked over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import MADE_UP, Immediate, Raw
from modelgate.binding import Feed
from modelgate.binding.inputs import bind_inputs
from modelgate.encoding import feeds
from modelgate.errors import (
    ModelCrashedError,
    ModelError,
    ModelgateError,
    RefusedError,
    ServiceError,
)
from modelgate.escape import printable
from modelgate.formats.endpoint import Endpoint, wide
from modelgate.formats.endpoint.address import address
from modelgate.formats.endpoint.calls import UNFIT, Patience
from modelgate.formats.refusal import Refusal
from modelgate.model import Artifact
from modelgate.stand_in import stand_in
from modelgate.suite import ModelPart
from modelgate.worker.calls import answer

_KINDS: Mapping[str, type[ModelgateError]] = {
    "MG4": ModelCrashedError,
    "MG5": RefusedError,
    "MG7": ServiceError,
}
Fed = Mapping[str, NDArray[Any]]


class EndpointAsker(Immediate):
    """A model behind an address. Its metadata is read at once."""

    def __init__(self, url: str, patience: Patience | None = None) -> None:
        """Ask for what it takes and gives.

        Args:
            url: "http(s)://HOST/v2/models/NAME[/versions/VERSION]".
            patience: how long it is waited for.

        Raises:
            UsageError: MG2037, it is no such address.
            ModelgateError: nobody answers there, or not as a model that can be put on trial.
        """
        super().__init__()
        where = address(url)
        self._where = where
        try:
            self._endpoint = Endpoint(where, patience or Patience())
        except Refusal as error:
            raise self._explained(error) from None
        self._feeds: tuple[Feed, ...] = ()
        self._fed: Fed = {}
        self._all: tuple[str, ...] = ()
        self._most: int | None = None  # rows a request, once more were refused
        self._wide = wide(self._endpoint.signature.outputs)
        self.artifact = Artifact(
            name=where.name,
            path=where.url,
            format="endpoint",
            digest=None,
            bytes=0,
            signature=self._endpoint.signature,
            facts={**self._endpoint.facts, "version": where.version},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._endpoint.close()

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`.

        Raises:
            ModelError: MG3184, `prepare:` is to make its inputs; MG31.., the columns do not fit.
        """
        if told.prepare is not None:
            raise ModelError(
                "MG3184",
                f"{self.artifact.name}: an endpoint is given the columns as they are; `prepare:`"
                " makes the inputs of files alone",
                where=told.where,
                hint="put the preparation behind the endpoint, or put the model's file on trial",
            )
        self._feeds, notes = bind_inputs(
            self.artifact.signature, schema, apart=apart, named=told.inputs, where=told.where
        )
        known = "version" if self._where.version else "the version that it says"
        identity = f"known by its name and {known} alone; it has no bytes to take a digest of"
        return [f"{self._where.name} at {self._where.host}: {identity}", *notes]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return tuple(dict.fromkeys(name for feed in self._feeds for name in feed.columns))

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        if rows is not None:
            fed, count = feeds(self._feeds, rows), len(rows)
        else:
            fed, count = stand_in(self.artifact.signature, MADE_UP), MADE_UP
        self._fed = self._fed or fed  # of a second data set, nothing is asked again
        try:
            self._all = self._all or self._endpoint.names(fed)
        except Refusal as error:
            raise self._explained(error) from None
        seen = self._asked(fed, count, self._all)
        self._wide = sum(prod(array.shape[1:]) for array in seen.values())
        facts = {**self.artifact.facts, "version": self._endpoint.version}
        self.artifact = replace(self.artifact, facts=facts)
        return seen

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        whole = set(self._fed) - set(self.artifact.signature.batched or self._fed)
        some = {name: v if name in whole else v[:rows] for name, v in self._fed.items()}
        return self._asked(some, rows, self._all, batch=batch)

    def _answer(self, rows: pa.RecordBatch, *, batch: int | None = None) -> Raw:
        return self._asked(feeds(self._feeds, rows), len(rows), self._outputs, batch=batch)

    def _asked(
        self, fed: Fed, rows: int, outputs: Sequence[str], *, batch: int | None = None
    ) -> Raw:
        """The outputs wanted; asked again in smaller requests where one is too large."""
        while True:
            step = batch or self._endpoint.rows_a_call(fed, rows, self._wide)
            step = min(step, rows, self._most or rows)
            try:
                return answer(
                    self._endpoint,
                    fed,
                    rows,
                    outputs=outputs,
                    rows_a_call=max(1, step),
                    after_each=_nothing,
                )
            except Refusal as error:
                one = step <= 1 or not self.artifact.signature.batched
                if error.code != UNFIT or one or self.artifact.signature.batch:
                    raise self._explained(error) from None
                self._most = step // 2

    def _explained(self, error: Refusal) -> ModelgateError:
        kind = _KINDS.get(error.code[:3], ModelError)
        message = printable(error.message, 500)
        return kind(error.code, f"{self._where.name}: {message}", hint=error.hint or None)


def _nothing() -> None:
    """After a call; a worker tells the time here."""
