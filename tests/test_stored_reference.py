"""A suite whose reference is a profile: the rows that it is of need not be there."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.demo import write
from modelgate.drifting import profiled, save
from modelgate.errors import DataError, UsageError
from modelgate.options import Options

SUITE = """
model: {inputs: {features: [x]}}
data:
  test: {path: test.csv, target: label}
  reference: REFERENCE
checks:
  - metric: accuracy
  - drift: features
    at_most: 0.2
  - drift: target
    at_most: 0.2
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rng = np.random.default_rng(0)
    (tmp_path / "modelgate.yaml").write_text("suite: suite.yaml\n", encoding="utf-8")
    for name, moved in {"train": 0.0, "test": 1.0}.items():
        frame = pd.DataFrame({"x": rng.integers(0, 100, 1_000) + 30 * moved})
        frame["label"] = rng.choice(["yes", "no"], 1_000)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    monkeypatch.chdir(tmp_path)
    save(Path("train.json"), *profiled("train.csv"))
    return tmp_path


def _judged(project: Path, reference: str, more: str = "", **options: Any) -> Any:
    text = SUITE.replace("REFERENCE", reference) + more
    (project / "suite.yaml").write_text(text, encoding="utf-8")
    return modelgate.evaluate(_answer, options=Options(cache=False, **options))


def _answer(frame: pd.DataFrame) -> Any:
    return np.where(frame["x"] > 50, "yes", "no")


@pytest.mark.parametrize("quick", [False, True])
def test_a_profile_stands_for_the_rows_it_is_of(project: Path, quick: bool) -> None:
    direct = _judged(project, "train.csv", quick=quick)
    (project / "train.csv").unlink()
    stored = _judged(project, "train.json", quick=quick)
    for one, other in zip(direct.results, stored.results, strict=True):
        assert (one.id, one.status, one.value) == (other.id, other.status, other.value)
        assert one.details == other.details
    found = {one.id: one.status.value for one in stored.results}
    assert (found["drift[features]"], found["drift[target]"]) == ("failed", "passed")
    told = stored.subject["data"]["reference"]
    assert told["rows"] == 1_000
    assert told["path"] == "train.json"


def test_a_question_that_takes_rows_is_left_unasked(project: Path) -> None:
    steps = "  - drift: multivariate\n"
    found = {one.id: one for one in _judged(project, "train.json", steps).results}
    result = found["drift[multivariate]"]
    assert result.status.value not in {"passed", "failed"}
    assert "train.json is a profile, which holds no rows" in str(result.reason)


def test_a_model_cannot_be_asked_about_a_profile(project: Path) -> None:
    with pytest.raises(DataError) as caught:
        _judged(project, "train.json", "  - drift: predictions\n")
    assert caught.value.code == "MG3583"
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("project")
def test_a_ready_made_suite_leaves_out_what_takes_rows() -> None:
    found = modelgate.evaluate(
        _answer, data="test.csv", target="label", reference="train.json", suite="drift"
    )
    asked = {one.id for one in found.results}
    assert {"drift[features]", "drift[target]", "duplicates[all]"} <= asked
    assert not asked & {"drift[predictions]", "drift[multivariate]", "split_overlap[all]"}
    left_out = "not asked: drift predictions, drift multivariate, split_overlap; train.json is a"
    assert any(line.startswith(left_out) for line in found.taken)


@pytest.mark.usefixtures("project")
def test_a_suite_that_compares_is_no_use_without_what_it_compares_with() -> None:
    with pytest.raises(UsageError, match="MG2123 the suite 'drift' compares with rows of the role"):
        modelgate.evaluate(_answer, data="test.csv", target="label", suite="drift")


def test_rows_without_labels_are_read_as_those_of_the_reference_tell(project: Path) -> None:
    pd.read_csv("test.csv").drop(columns="label").to_csv("today.csv", index=False)
    suite = SUITE.replace("test: {path: test.csv, target: label}", "test: {path: today.csv}")
    suite = suite.replace("reference: REFERENCE", "reference: {path: train.csv, target: label}")
    steps = "checks:\n  - drift: predictions\n    at_most: 0.2\n"
    (project / "suite.yaml").write_text(suite[: suite.index("checks:")] + steps, "utf-8")
    found = {one.id: one for one in modelgate.evaluate(_answer).results}
    assert found["drift[predictions]"].status.value == "failed"


def test_where_no_question_is_one_for_the_model_its_columns_are_compared_all_the_same(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    rows = pd.read_csv(tmp_path / "data" / "test.csv")
    features = ", ".join(f'"{name}"' for name in rows.columns if name != "diagnosis")
    for name, first in {"train": 0, "test": 1_000}.items():
        rows.assign(row=range(first, first + len(rows))).to_csv(tmp_path / f"{name}.csv")
    (tmp_path / "suite.yaml").write_text(
        f"model: {{inputs: {{measurements: [{features}]}}}}\n"
        "data: {test: {path: test.csv, target: diagnosis}, reference: train.csv}\n"
        "checks:\n  - split_overlap: all\n",
        "utf-8",
    )
    model = tmp_path / "models" / "champion.onnx"
    found = modelgate.evaluate(model, suite=tmp_path / "suite.yaml")
    (overlap,) = [one for one in found.results if one.check == "split_overlap"]
    assert (overlap.status.value, overlap.details["share"]) == ("failed", 1.0)
