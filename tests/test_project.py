"""`modelgate.yaml` is looked for upward, and read as strictly as a suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.errors import MistakesError
from modelgate.project import find_project


def test_the_nearest_project_is_taken(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "modelgate.yaml").write_text("title: Outer\nsuite: suites/a.yaml\n", "utf-8")
    project = find_project(inner)
    assert project is not None
    assert (project.root, project.title, project.suite) == (tmp_path, "Outer", "suites/a.yaml")
    (tmp_path / "a" / "modelgate.yaml").write_text("", "utf-8")
    nearer = find_project(inner)
    assert nearer is not None
    assert (nearer.root, nearer.title, nearer.suite) == (tmp_path / "a", "a", None)


def test_without_a_file_there_is_no_project(tmp_path: Path) -> None:
    assert find_project(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "code", "place", "part"),
    [
        pytest.param("suit: a\n", "MG2108", "1:1", "did you mean 'suite'?", id="unknown-key"),
        pytest.param("suite: 3\n", "MG2109", "1:8", 'quotes: "3"', id="number"),
        pytest.param("suite: [a]\n", "MG2109", "1:8", "not a list", id="list"),
        pytest.param("- a\n", "MG2107", "1:1", "block of keys", id="a-list"),
        pytest.param("suite: a\nsuite: b\n", "MG2105", "2:1", "line 1", id="twice"),
        pytest.param("suite: !x a\n", "MG2106", "1:8", "tag", id="tag"),
        pytest.param("suite: 'a\n", "MG2103", "1:8", "no end", id="syntax"),
    ],
)
def test_a_mistake_in_the_project_file_is_told_with_its_place(
    text: str, code: str, place: str, part: str, tmp_path: Path
) -> None:
    path = tmp_path / "modelgate.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(MistakesError) as caught:
        find_project(tmp_path)
    (mistake,) = caught.value.mistakes
    assert (mistake.code, str(mistake.where)) == (code, f"{path}:{place}")
    assert part in mistake.message
    assert mistake.exit_code == 2
