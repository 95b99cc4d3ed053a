"""Checks are found by path; every file that cannot be asked is told, with its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from modelgate.errors import MistakesError, UsageError
from modelgate.library import Library, builtin_root, examples_of

HEAD = """\
from modelgate import Aggregate, Examples, Need, Outcome, Probe, check
from modelgate.aggregates.confusion import Confusion

"""


def write(root: Path, name: str, body: str, family: str = "artifact") -> Path:
    path = root / "checks" / family / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + body, "utf-8")
    return path


def good(name: str, family: str = "artifact", before: str = "probe: Probe") -> str:
    text = f"""\
        @check(family="{family}", at_most=0)
        def {name}({before}) -> Outcome:
            '''It holds.'''
            return Outcome(value=0.0, better="lower", kind="exact")
        """
    return dedent(text)


def mistakes(*roots: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(MistakesError) as caught:
        Library(*roots)
    assert caught.value.exit_code == 2
    return [
        (one.code, one.where.line if one.where else None, one.message)
        for one in caught.value.mistakes
    ]


def test_the_built_in_checks_load() -> None:
    library = Library(builtin_root())
    assert {"metric", "naive_gain", "finite_outputs"} <= set(library)
    assert all(check.path and check.path.stem == name for name, check in library.items())


def test_a_projects_check_stands_beside_the_built_in_ones(tmp_path: Path) -> None:
    write(tmp_path, "mine", good("mine"))
    library = Library(builtin_root(), tmp_path)
    assert library["mine"].path == tmp_path / "checks" / "artifact" / "mine.py"
    assert "metric" in library


def test_a_folder_is_taken_once_by_its_real_path(tmp_path: Path) -> None:
    real, other = tmp_path / "real", tmp_path / "other"
    write(real, "mine", good("mine"))
    other.symlink_to(real)
    assert list(Library(real, other, real / ".." / "real")) == ["mine"]


def test_a_root_without_checks_holds_none(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert (len(library), library.suites) == (0, {})


def test_a_projects_suite_takes_the_place_of_a_ready_made_one(tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    own = tmp_path / "suites" / "smoke.yaml"
    own.write_text("checks: [finite_outputs: all]", "utf-8")
    library = Library(builtin_root(), tmp_path)
    assert library.suites["smoke"] == own
    assert library.suites["classification"] == builtin_root() / "suites" / "classification.yaml"


def test_private_files_serve_and_are_no_checks(tmp_path: Path) -> None:
    write(tmp_path, "_shared", "x = 1")
    write(tmp_path, "mine", good("mine"))
    assert list(Library(tmp_path)) == ["mine"]


REFUSED = [
    pytest.param("def f(:\n", "MG2210", 4, "invalid syntax", id="syntax"),
    pytest.param("x = 1\nimport nowhere_at_all\n", "MG2211", 5, "nowhere_at_all", id="import"),
    pytest.param("raise SystemExit(0)\n", "MG2211", 4, "SystemExit", id="exit-while-loading"),
    pytest.param("def mine(): ...\n", "MG2212", 1, "declares no check", id="no-check"),
    pytest.param(good("other"), "MG2213", 4, "'other'", id="other-name"),
    pytest.param(good("mine") + good("second"), "MG2213", 8, "'second'", id="two-checks"),
    pytest.param(good("mine", "drift"), "MG2217", 4, "folder 'artifact'", id="other-family"),
    pytest.param(
        good("mine", before="model: int"), "MG2215", 4, "cannot provide 'model': int", id="type"
    ),
    pytest.param(good("mine", before="model"), "MG2215", 4, "'model'", id="no-type"),
    pytest.param(
        good("mine", before="*, by: str = ''"), "MG2217", 4, "engine's own key", id="engine-key"
    ),
    pytest.param(
        good("mine", before="*, a: set[str]"), "MG2217", 4, "cannot hold the setting", id="set"
    ),
    pytest.param(
        good("mine", before="*, a: str = object()"), "MG2217", 4, "default of 'a'", id="default"
    ),
    pytest.param(
        good("mine").replace("at_most=0", "at_most=0, subject='x'"),
        "MG2217",
        4,
        "subject 'x'",
        id="subject",
    ),
    pytest.param(
        good("mine").replace("at_most=0", "at_most=0, at_least=0"),
        "MG2217",
        4,
        "one default limit",
        id="two-limits",
    ),
]


@pytest.mark.parametrize(("body", "code", "line", "part"), REFUSED)
def test_a_file_that_cannot_be_asked_is_refused(
    body: str, code: str, line: int, part: str, tmp_path: Path
) -> None:
    write(tmp_path, "mine", body)
    (found,) = mistakes(tmp_path)
    assert found[:2] == (code, line), found
    assert part in found[2]


def test_two_checks_of_one_name_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    write(tmp_path, "mine", good("mine"))
    write(tmp_path, "mine", good("mine", "drift"), family="drift")
    ((code, _, message),) = mistakes(tmp_path)
    assert code == "MG2214"
    assert str(tmp_path / "checks" / "artifact" / "mine.py") in message


def test_a_project_cannot_put_its_own_in_place_of_a_built_in_check(tmp_path: Path) -> None:
    write(tmp_path, "finite_outputs", good("finite_outputs"))
    assert [code for code, _, _ in mistakes(builtin_root(), tmp_path)] == ["MG2214"]


def test_all_files_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, "a", "def f(:\n")
    write(tmp_path, "b", "import nowhere_at_all\n")
    write(tmp_path, "c", good("d", "drift"))
    assert [code for code, _, _ in mistakes(tmp_path)] == ["MG2210", "MG2211", "MG2213"]


def asking(root: Path) -> Library:
    write(root, "words", good("words", before="examples: Examples"))
    return Library(root)


def test_examples_are_the_yaml_beside_the_check(tmp_path: Path) -> None:
    check = asking(tmp_path)["words"]
    (tmp_path / "checks" / "artifact" / "words.yaml").write_text("plain: [no, 1e-3]", "utf-8")
    assert examples_of(check) == {"plain": ["no", 0.001]}


def test_a_check_that_asks_for_no_examples_gets_none(tmp_path: Path) -> None:
    write(tmp_path, "mine", good("mine"))
    assert examples_of(Library(tmp_path)["mine"]) == {}


def test_examples_that_are_not_there_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"words\.yaml: MG2216 .*No such file") as caught:
        examples_of(asking(tmp_path)["words"])
    assert caught.value.exit_code == 2


def test_examples_that_are_a_list_are_a_mistake(tmp_path: Path) -> None:
    check = asking(tmp_path)["words"]
    (tmp_path / "checks" / "artifact" / "words.yaml").write_text("- a", "utf-8")
    with pytest.raises(UsageError, match=r"words\.yaml:1:1: MG2216 .*a list"):
        examples_of(check)


def test_a_check_beside_the_families_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "words.py").write_text("WORDS = ['a']\n", encoding="utf-8")
    Library(tmp_path)
    lost = tmp_path / "checks" / "above.py"
    lost.write_text("@check(family='behaviour')\ndef above(): ...\n", encoding="utf-8")
    with pytest.raises(MistakesError) as error:
        Library(tmp_path)
    (mistake,) = error.value.mistakes
    assert mistake.code == "MG2218"
    assert str(mistake.where).startswith(str(lost))
