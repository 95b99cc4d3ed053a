"""The demo's story is true of its models, and stays so with a few rows more or less."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.demo import CANDIDATES, MARK, TUMOURS, Candidate, gate, write
from modelgate.errors import StorageError, UsageError
from modelgate.sources import open_dataset
from modelgate.stats.paired import paired_share
from modelgate.stats.shares import share

SLACK = 1
"""Rows that may be answered otherwise without any change of the story."""
ACCURACY, RECALL, AUROC = 0.90, 0.75, 0.95


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo") / "tumours"
    write(place)
    return place


def answers(folder: Path, candidate: Candidate) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """What the model says, by onnxruntime alone; and the truth."""
    onnxruntime = pytest.importorskip("onnxruntime")
    with (folder / "data" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    inputs = np.array([row[:-1] for row in rows], dtype=np.float32)
    session = onnxruntime.InferenceSession(
        (folder / candidate.path).read_bytes(), providers=["CPUExecutionProvider"]
    )
    said = session.run(["label"], {"measurements": inputs})[0]
    return np.asarray(said, dtype=np.str_), np.array([row[-1] for row in rows])


@pytest.mark.parametrize("candidate", TUMOURS, ids=lambda one: Path(one.path).stem)
@pytest.mark.parametrize("more", [-SLACK, 0, SLACK])
def test_no_verdict_hangs_by_a_row(folder: Path, candidate: Candidate, more: int) -> None:
    said, truth = answers(folder, candidate)
    before, _ = answers(folder, TUMOURS[0])
    right, right_before = said == truth, before == truth
    gains = int((right & ~right_before).sum()) + max(more, 0)
    losses = int((~right & right_before).sum()) + max(-more, 0)
    apart = paired_share(gains, losses, len(truth))
    expected = {"promote": apart.low > -0.03, "hold": -0.05 < apart.low < -0.03 < apart.high < 0}
    shown = paired_share(gains, losses, len(truth), level=0.995)
    assert expected.get(candidate.decision, shown.high < 0)
    if candidate.decision == "promote":
        assert share(int(right.sum()) + more, len(truth)).low >= ACCURACY


def test_one_of_each_is_shown() -> None:
    assert {candidate.decision for candidate in CANDIDATES} == {"promote", "hold", "block"}


def test_the_files_are_small(folder: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    models = {name: size for name, size in sizes.items() if name.endswith(".onnx")}
    assert max(models.values()) < 60_000
    assert sum(sizes.values()) < 320_000


def test_the_gate_says_what_the_story_says(folder: Path) -> None:
    told = [(candidate.path, report.verdict.decision) for candidate, report in gate(folder)]
    assert told == [(candidate.path, candidate.decision) for candidate in CANDIDATES]


def test_the_reports_judge_every_row(folder: Path) -> None:
    _, report = next(iter(gate(folder)))
    assert report.subject["data"]["test"]["rows"] == 342
    limits = {result.id: dict(result.limit) for result in report.results if result.limit}
    limits = {name.removeprefix("metric"): limit for name, limit in limits.items()}
    assert limits["[accuracy]"] == {"at_least": ACCURACY}
    assert limits["[accuracy] v champion"] == {"margin": 0.03}
    assert limits["[recall]"] == {"at_least": RECALL}
    assert limits["[auroc]"] == {"at_least": AUROC}


def test_writing_again_writes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    first = write(place)
    assert {path.name for path in first} >= {"champion.onnx", "demo.yaml", "test.csv", MARK}
    assert write(place) == ()


def test_what_is_missing_comes_back_and_what_was_changed_stays(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    write(place)
    (place / "models" / "worse.onnx").unlink()
    (place / "suites" / "demo.yaml").write_text("title: mine\n", encoding="utf-8")
    assert write(place) == (place / "models" / "worse.onnx",)
    assert (place / "suites" / "demo.yaml").read_text(encoding="utf-8") == "title: mine\n"


def test_a_folder_with_other_things_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write(tmp_path)
    assert caught.value.code == "MG2058"
    assert caught.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"MG2058 .* is a file"):
        write(tmp_path / "demo")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        write(tmp_path / "file" / "demo")
    assert caught.value.code == "MG6050"
    assert caught.value.exit_code == 6


def test_a_changed_limit_is_found_to_be_the_reason(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    write(place)
    suite = place / "suites" / "demo.yaml"
    text = suite.read_text(encoding="utf-8").replace("at_least: 0.90", "at_least: 0.999")
    suite.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        list(gate(place))
    assert caught.value.code == "MG2059"
    assert "suites/demo.yaml was changed" in caught.value.message


def test_the_data_has_named_columns_and_labels_in_words(folder: Path) -> None:
    data = open_dataset(folder / "data" / "test.csv")
    assert len(data.schema.names) == 31
    assert data.schema.names[-1] == "diagnosis"
    labels = {
        label for batch in data.batches(["diagnosis"]) for label in batch.column(0).to_pylist()
    }
    assert labels == {"malignant", "benign"}
