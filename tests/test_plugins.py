"""A seam's own modules come first; what is installed adds to them, or is refused by its name."""

from pathlib import Path

import pytest

from modelgate.delivery import page_options
from modelgate.errors import UsageError
from modelgate.plugins import found
from modelgate.reporters import ReportOption, parse_report_option
from modelgate.sources import Source, open_dataset, sources

SOURCE = """
from modelgate.sources.csv import Csv

class Weird(Csv):
    name = "weird"
    suffixes = (".weird",)

class NoSource:
    pass
"""


REPORTER = """
from modelgate.reporters.json import Json

class Html(Json):
    name = "html"
"""


def install(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    points: str,
    code: str = SOURCE,
    group: str = "modelgate.sources",
) -> None:
    """Put a package where Python looks, with its entry points, as pip would."""
    about = folder / "weird_source-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: weird-source\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
    (folder / f"{folder.name}_weird.py").write_text(code)
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # Modules stay imported, so each test has one of its own name.
    (tmp_path / tmp_path.name).mkdir()
    return tmp_path / tmp_path.name


def test_own_modules_by_name() -> None:
    names = [plugin.name for plugin in found("modelgate.sources", group="modelgate.nothing")]
    assert names == sorted(names)
    assert {"csv", "parquet", "arrow", "jsonlines", "npz"} <= set(names)


def test_own_sources() -> None:
    names = ["arrow", "csv", "jsonlines", "npz", "parquet", "profile"]
    assert [source.name for source in sources()] == names


def test_an_installed_source_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, f"weird = {folder.name}_weird:Weird")
    (folder / "a.weird").write_text("a,b\n1,2\n")
    (block,) = open_dataset("a.weird", base=folder).blocks()
    assert block.to_pylist() == [{"a": 1, "b": 2}]


def test_an_installed_reporter_draws_reports_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = f"html = {folder.name}_weird:Html"
    install(folder, monkeypatch, points, REPORTER, "modelgate.reporters")
    assert parse_report_option("html:page.html") == ReportOption("html", "page.html")
    with pytest.raises(UsageError, match="a plan is written as terminal or json") as caught:
        page_options(["html:page.html"], "a plan")
    assert (caught.value.code, caught.value.exit_code) == ("MG2036", 2)


@pytest.mark.parametrize(
    ("points", "code", "says"),
    [
        pytest.param("weird = {}_weird:Gone", SOURCE, "no attribute 'Gone'", id="no-class"),
        pytest.param("weird = no_such_module_at_all:X", SOURCE, "No module named", id="no-module"),
        pytest.param("weird = {}_weird:NoSource", SOURCE, "offers no Source", id="another-class"),
        pytest.param("weird = {}_weird:Weird", "def (", "SyntaxError", id="syntax"),
        pytest.param("weird = {}_weird:Weird", "1 / 0", "ZeroDivisionError", id="raises"),
    ],
)
def test_a_broken_plugin_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, points: str, code: str, says: str
) -> None:
    install(folder, monkeypatch, points.format(folder.name), code)
    with pytest.raises(UsageError, match=says) as caught:
        list(sources())
    assert (caught.value.code, caught.value.exit_code) == ("MG2250", 2)
    assert "'weird' of weird-source" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_plugin_cannot_take_the_place_of_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, monkeypatch, f"csv = {folder.name}_weird:Weird")
    with pytest.raises(UsageError, match="weird-source and modelgate both") as caught:
        list(sources())
    assert caught.value.code == "MG2251"


def test_a_module_that_serves_the_others_offers_nothing() -> None:
    plugins = {plugin.name: plugin for plugin in found("modelgate.sources", group="none")}
    assert plugins["text"].classes(Source) == ()  # type: ignore[type-abstract]
