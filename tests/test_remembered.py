"""Answers given before are recalled bit for bit, and for the same bytes alone."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import modelgate
from modelgate import recording, remembered_shelves
from modelgate.asking.worker import WorkerAsker
from modelgate.coding import ColumnCoder
from modelgate.demo import write
from modelgate.options import Options
from modelgate.provided import SAMPLED
from modelgate.report import Report
from modelgate.report_file import report_json
from modelgate.sampling import Sampling
from modelgate.sources import open_dataset

ROWS = 24_000
CHANGED = SAMPLED + 30 + 33 * 30
"""Rows asked about with noise; of the first that it turns, each of its thirty columns alone; and 33
rows for each column, to see whether it is read."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's models and many rows, drawn from its few; the answers are labels in words."""
    folder = tmp_path_factory.mktemp("remembered")
    write(folder / "demo")
    few = pa.Table.from_batches(open_dataset(folder / "demo" / "data" / "test.csv").batches())
    draw = np.random.default_rng(0).integers(0, len(few), ROWS)
    parquet.write_table(few.take(pa.array(draw.tolist())), folder / "many.parquet")
    for name in ("champion", "equal"):
        shutil.copy(folder / "demo" / "models" / f"{name}.onnx", folder / f"{name}.onnx")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELGATE_CACHE", str(tmp_path / "answers"))
    return tmp_path / "answers"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each block that a model was really asked."""
    rows: list[int] = []
    submit = WorkerAsker.submit

    def counted(asker: WorkerAsker, block: pa.RecordBatch) -> None:
        rows.append(len(block))
        submit(asker, block)

    monkeypatch.setattr(WorkerAsker, "submit", counted)
    return rows


def judged(place: Path, data: str = "many.parquet", **options: Any) -> Report:
    return modelgate.evaluate(
        place / "equal.onnx",
        data=place / data,
        target="diagnosis",
        champion=place / "champion.onnx",
        options=Options(**options),
    )


def lasting(report: Report) -> dict[str, Any]:
    return {**json.loads(report_json(report)), "provenance": None}


def kept(cache: Path) -> list[Path]:
    return sorted(path.parent for path in cache.glob(f"*/*/{remembered_shelves.META}"))


def test_a_second_run_asks_nobody_and_says_the_same(
    place: Path, cache: Path, asked: list[int]
) -> None:
    first = judged(place)
    assert sum(asked) == 2 * ROWS + CHANGED
    assert len(kept(cache)) == 2
    asked.clear()
    second = judged(place)
    assert asked == []
    assert lasting(first) == lasting(second)
    assert lasting(judged(place, cache=False)) == lasting(first)
    assert sum(asked) == 2 * ROWS + CHANGED


def test_a_known_champion_leaves_the_candidate_to_be_asked(
    place: Path, cache: Path, asked: list[int]
) -> None:
    modelgate.evaluate(place / "champion.onnx", data=place / "many.parquet", target="diagnosis")
    asked.clear()
    judged(place)
    assert sum(asked) == ROWS + CHANGED
    assert len(kept(cache)) == 2


def test_other_rows_and_other_bytes_are_asked_about(
    place: Path, cache: Path, asked: list[int], tmp_path: Path
) -> None:
    judged(place)
    asked.clear()
    table = parquet.read_table(place / "many.parquet")
    parquet.write_table(table.slice(1), tmp_path / "fewer.parquet")
    judged(place, data=str(tmp_path / "fewer.parquet"))
    assert sum(asked) == 2 * (ROWS - 1) + CHANGED
    assert len(kept(cache)) == 4


METAS = ["{", "[" * 9, "{}", "[]", '{"rows": 1, "outputs": []}', '{"rows": 1, "outputs": {}}']


@pytest.mark.parametrize("harm", ["changed", "short", "gone", "edited", *METAS])
def test_what_was_tampered_with_is_thrown_away_and_asked_again(
    place: Path, cache: Path, asked: list[int], harm: str
) -> None:
    first = judged(place)
    for folder in kept(cache):
        file = folder / "0.bin"
        if harm == "changed":
            content = bytearray(file.read_bytes())
            content[100] ^= 1
            file.write_bytes(content)
        elif harm == "short":
            file.write_bytes(file.read_bytes()[:-4])
        elif harm == "gone":
            file.unlink()
        elif harm == "edited":
            meta = folder / remembered_shelves.META
            meta.write_text(meta.read_text().replace("[", "[[", 1))
        else:
            (folder / remembered_shelves.META).write_text(harm)
    asked.clear()
    second = judged(place)
    assert sum(asked) == 2 * ROWS + CHANGED
    assert lasting(first) == lasting(second)


def test_a_sample_and_few_rows_are_not_kept(place: Path, cache: Path) -> None:
    judged(place, quick=True)
    judged(place, data="demo/data/test.csv")
    judged(place, cache=False)
    assert kept(cache) == []
    assert list(cache.glob(".unfinished-*")) == []


def test_the_oldest_go_where_there_is_too_much(
    place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modelgate.evaluate(place / "champion.onnx", data=place / "many.parquet", target="diagnosis")
    (old,) = kept(cache)
    size = sum(file.stat().st_size for file in old.iterdir())
    monkeypatch.setattr(remembered_shelves, "MOST_IN_ALL", size + 1)
    modelgate.evaluate(place / "equal.onnx", data=place / "many.parquet", target="diagnosis")
    (left,) = kept(cache)
    assert left != old


def test_a_cache_that_cannot_be_written_changes_nothing(
    place: Path, cache: Path, asked: list[int]
) -> None:
    first = judged(place, cache=False)
    cache.write_text("a file where the folder should be")
    asked.clear()
    assert lasting(judged(place)) == lasting(first)
    assert sum(asked) == 2 * ROWS + CHANGED


def test_answers_too_large_to_keep_are_given_all_the_same(
    place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged(place, cache=False)
    monkeypatch.setattr(recording, "MOST_BYTES", 10_000)
    assert lasting(judged(place)) == lasting(first)
    assert kept(cache) == []


def pieces(cache: Path, kind: str = "search") -> list[Path]:
    """What is remembered beside answers."""
    return sorted(cache.glob(f"*/*/{kind}-*"))


def test_a_search_for_weak_slices_is_not_done_twice(
    place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged(place)
    assert len(pieces(cache)) == 1
    read: list[Any] = []
    of = ColumnCoder.of

    def counted(*given: Any) -> Any:
        read.append(given)
        return of(*given)

    monkeypatch.setattr(ColumnCoder, "of", counted)
    assert lasting(judged(place)) == lasting(first)
    assert not read
    judged(place, cache=False)
    assert read


def test_no_column_is_read_again_for_the_rows_of_a_sample(
    place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged(place)
    assert len(pieces(cache, "sample")) == 1
    assert len(pieces(cache, "asked")) == 3
    drawn: list[Any] = []
    monkeypatch.setattr(Sampling, "add", lambda *given: drawn.append(given))
    assert lasting(judged(place)) == lasting(first)
    assert not drawn


@pytest.mark.parametrize("harm", ["changed", "short", "gone", "empty", "another"])
def test_what_is_remembered_beside_answers_is_made_again_where_it_was_tampered_with(
    place: Path, cache: Path, harm: str
) -> None:
    first = judged(place)
    for file in (*pieces(cache), *pieces(cache, "sample"), *pieces(cache, "asked")):
        content = bytearray(file.read_bytes())
        if harm == "changed":
            content[len(content) // 2] ^= 1
            file.write_bytes(content)
        elif harm == "gone":
            file.unlink()
        elif harm == "another":
            file.write_bytes(sha256(b"PK").digest() + b"PK")
        else:
            file.write_bytes(content[: len(content) // 2] if harm == "short" else b"")
    assert lasting(judged(place)) == lasting(first)


def test_another_question_about_the_same_answers_is_searched_anew(
    place: Path, cache: Path, tmp_path: Path
) -> None:
    judged(place)
    suite = tmp_path / "benign.yaml"
    suite.write_text("model: {positive: benign}\nchecks: [{metric: accuracy}]\n")
    rows = place / "many.parquet"
    modelgate.evaluate(place / "equal.onnx", data=rows, target="diagnosis", suite=suite)
    assert len(pieces(cache)) == 2
