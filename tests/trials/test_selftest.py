"""The ready-made suite for classification meets 5-point faults on four real tables."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from modelgate.evaluation import started
from modelgate.judgement import prepare
from modelgate.options import Options
from modelgate.replay import play, record
from modelgate.selftest import behaves, selftest
from modelgate.selftest.fault import Fault
from modelgate.selftest.label_faults import label_faults
from modelgate.selftest.labels import Labels
from modelgate.selftest.trying import Tried, tried
from tests.trials.test_tables import CASES
from tests.trials.training import Trained, train

TABLES = ("titanic", "german_credit", "telco_churn", "penguins")
KINDS = ("copy", "equal", "constant", "shuffled", "drop-5", "noise")
DRAWS = 20


def trained(name: str, shared: Path, folder: Path) -> Trained:
    case = CASES[name]
    return train(
        shared / "tabular" / case.table,
        case.target,
        case.estimator(),
        folder,
        drop=case.drop,
        zipmap=case.zipmap,
    )


@pytest.fixture(scope="module", params=TABLES)
def found(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Tried]:
    """Kind of fault -> what the suite did; slices are left out here, they take minutes."""
    model = trained(request.param, shared_data, tmp_path_factory.mktemp(request.param))
    options = Options()
    with ExitStack() as stack:
        asked = started(str(model.model), options, stack)
        trial = prepare(asked, model.test, model.target, "classification", options, start=None)
        recording = record(trial)
        assert recording is not None
        unchanged = play(recording)
        return {
            fault.name: tried(fault, recording, unchanged)
            for fault in label_faults(Labels.of(recording), [], DRAWS, 1)
            if isinstance(fault, Fault) and fault.name in KINDS
        }


@pytest.mark.parametrize("kind", ["drop-5", "noise"])
def test_at_least_nine_in_ten_worse_models_are_caught(kind: str, found: dict[str, Tried]) -> None:
    assert found[kind].models == DRAWS
    assert found[kind].promoted <= 0.1 * DRAWS


def test_the_controls_end_as_they_have_to(found: dict[str, Tried]) -> None:
    assert found["copy"].promoted == 1
    assert all(behaves(found[name], good=True) for name in KINDS[:4])


def test_a_whole_selftest_tells_what_to_add(shared_data: Path, tmp_path: Path) -> None:
    model = trained("penguins", shared_data, tmp_path)
    told = selftest(str(model.model), data=model.test, target=model.target, draws=4)
    assert told.subject["suite"]["title"] == "Classification, with labelled rows"
    assert told.misbehaved == ()
    assert "scores-flat" in {kind.name for kind in told.holes}
    advice = next(one for one in told.advice if one.group == "scores")
    assert advice.step is not None
    assert 0 < advice.caught <= advice.models
