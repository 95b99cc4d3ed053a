"""The rules of the house: layers, sizes, names, words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
PROJECT = REPOSITORY / "pyproject.toml"
MOST_LINES, MANY_LINES = 350, 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "handler"}
HEAVY = {"numpy", "pyarrow", "pandas", "onnxruntime", "sklearn", "scipy", "pydantic", "yaml"}


def _written(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


def _named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


ENGINE = [pytest.param(path, id=_named(path)) for path in _written("modelgate")]
SOURCES = [pytest.param(path, id=_named(path)) for path in _written("modelgate", "checks")]


def test_imports_run_downward_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    if not lint.exists():
        pytest.skip("import-linter is not installed: pip install -e '.[dev]'")
    ended = subprocess.run([lint], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("path", SOURCES)
def test_a_file_is_short(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines; divide it by what it does"


def test_few_files_are_nearly_too_long() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in _written("modelgate")}
    long = [_named(path) for path, lines in sizes.items() if lines > MANY_LINES]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for name in long:
            warnings.warn(f"{name} has more than {MANY_LINES} lines", stacklevel=1)
    assert len(long) <= len(sizes) / 20, "more than one file in twenty asks to be divided"


@pytest.mark.parametrize("path", ENGINE)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said
    assert said[0].isupper() or said[0] in "`\"'" or said.startswith("modelgate")


@pytest.mark.parametrize("path", SOURCES)
def test_a_file_is_named_after_one_thing(path: Path) -> None:
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", SOURCES)
def test_no_file_leaves_work_for_later(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text("utf-8"))


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import modelgate, sys; print(*sys.modules)"
    assert not HEAVY & _modules_of([sys.executable, "-c", code])


def test_the_face_has_all_that_it_lists() -> None:
    code = "import modelgate, sys; [getattr(modelgate, name) for name in modelgate.__all__]"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["--version"]], ids=" ".join)
def test_a_page_of_help_loads_no_heavy_library(words: list[str]) -> None:
    code = (
        "import sys; from modelgate.cli import main; code = main(sys.argv[1:]);"
        "print('\\n', *sys.modules); sys.exit(code)"
    )
    assert not (HEAVY | {"rich"}) & _modules_of([sys.executable, "-c", code, *words])


def _modules_of(command: list[str]) -> set[str]:
    """The top-level modules that a program had loaded, of which it prints the names last."""
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in ended.stdout.splitlines()[-1].split()}


def test_the_version_stands_in_one_place() -> None:
    settings = tomllib.loads(PROJECT.read_text("utf-8"))
    assert "version" not in settings["project"]
    assert settings["project"]["dynamic"] == ["version"]
    assert settings["tool"]["hatch"]["version"]["path"] == "modelgate/__init__.py"
    set_in = [
        _named(path)
        for path in _written("modelgate")
        if re.search(r"^__version__\s*=", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert set_in == ["modelgate/__init__.py"]


def test_the_wheel_carries_checks_and_suites() -> None:
    wheel = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["modelgate"]
    assert wheel["force-include"] == {
        "checks": "modelgate/_builtin/checks",
        "suites": "modelgate/_builtin/suites",
    }


def test_every_rule_that_the_linter_ignores_has_its_reason() -> None:
    lint = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["ruff"]["lint"]
    ignored = [
        *lint["ignore"],
        *(rule for part in lint["per-file-ignores"].values() for rule in part),
    ]
    assert ignored
    text = PROJECT.read_text("utf-8")
    bare = [
        rule for rule in ignored if not re.search(rf'^\s*"{rule}",\s*# \S.+$', text, re.MULTILINE)
    ]
    assert not bare


def test_every_exception_to_a_rule_names_the_rule() -> None:
    bare = [
        f"{_named(path)}:{number}"
        for path in _written("modelgate", "checks", "tests")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"#\s*(noqa(?!: [A-Z])|type: ignore(?!\[))", line) and "re.search" not in line
    ]
    assert not bare


def test_every_error_code_that_is_raised_is_explained_and_the_other_way_round() -> None:
    explained: set[str] = set()
    for path in sorted((REPOSITORY / "modelgate" / "codes").glob("*.yaml")):
        codes = yaml.safe_load(path.read_text("utf-8"))
        twice = explained & set(codes)
        assert not twice, f"{path.name} explains again what another file explains"
        explained |= set(codes)
        for code, words in codes.items():
            assert set(words) == {"title", "cause", "mend"}, code
            assert all(isinstance(text, str) and text.strip() for text in words.values()), code
    raised = {
        code
        for path in _written("modelgate", "checks")
        for code in re.findall(r'"(MG\d{4})"', path.read_text("utf-8"))
    }
    said = {
        code
        for path in _written("modelgate", "checks")
        for code in re.findall(r"MG\d{4}", path.read_text("utf-8"))
    }
    assert raised - explained == set()
    assert explained - said == set()
