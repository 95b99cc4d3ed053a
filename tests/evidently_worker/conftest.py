"""One Evidently for a module of tests, ended with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import modelgate.evidently_worker.process as process_of


@pytest.fixture(scope="module", autouse=True)
def _one_process() -> Iterator[None]:
    yield
    while process_of._RUNNING:
        process_of._RUNNING.pop().close()
