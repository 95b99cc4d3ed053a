"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, however busy the machine: a red run is a finding, never luck.
# `HYPOTHESIS_PROFILE=search pytest` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

REPOSITORY = Path(__file__).parents[1]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All processors share the whole run; one that names what it wants starts at once, alone."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return len(os.sched_getaffinity(0)) if whole else 0


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the answers that whoever runs it has kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODELGATE_CACHE", str(tmp_path_factory.mktemp("answers")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets and models that may lie beside the repository."""
    beside = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("MODELGATE_SHARED", beside))
    if not (folder / "README.md").exists():
        pytest.skip(f"the real data sets are not here ({folder.name} folder beside the repository)")
    return folder
