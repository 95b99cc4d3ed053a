"""Where Evidently's pages are kept."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from modelgate.errors import StorageError
from modelgate.evidently_worker.pages import PLACE, keep, place_of


def test_the_same_question_has_the_same_place_and_another_has_another() -> None:
    one, two = ({"current": pa.table({"x": [value]})} for value in (1, 2))
    places = [place_of({"name": "RowCount", "tests": tests}, one) for tests in ([], [], ["lt 1"])]
    assert places[0] == places[1] != places[2]
    assert place_of({"name": "RowCount", "tests": []}, two) not in places
    assert places[0].parent == PLACE


def test_a_page_is_kept_in_the_project(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        keep(tmp_path, PLACE / "page.html", content)
    assert [(one.name, one.read_bytes()) for one in (tmp_path / PLACE).iterdir()] == [
        ("page.html", b"second")
    ]


def test_a_link_that_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    (project / PLACE).parent.mkdir(parents=True)
    (project / PLACE).symlink_to(outside)
    with pytest.raises(StorageError, match=r"MG6050 .* leads out of the project") as error:
        keep(project, PLACE / "page.html", b"page")
    assert error.value.exit_code == 6
    assert not list(outside.iterdir())


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / ".modelgate").write_text("a file", "utf-8")
    with pytest.raises(StorageError, match="MG6050 cannot make the folder") as error:
        keep(tmp_path, PLACE / "page.html", b"page")
    assert error.value.exit_code == 6
