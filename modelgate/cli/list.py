"""`modelgate list [TOPIC]`: what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from modelgate.cli.page import Page
    from modelgate.library import Library

Rows = list[tuple[str, ...]]
MODELS: Rows = [
    ("onnx", "", "a file of any ONNX model, run by onnxruntime in a process of its own"),
    ("sklearn", "[sklearn]", "a `.skops` file of an estimator or pipeline of scikit-learn"),
    ("xgboost", "[xgboost]", "a JSON or UBJSON file of a booster of XGBoost"),
    ("lightgbm", "[lightgbm]", "a text file of a booster of LightGBM"),
    ("FILE.py:FUNCTION", "", "a Python function, or MODULE:FUNCTION, where its digest is approved"),
    ("http(s)://HOST/v2/models/NAME", "", "an endpoint of the Open Inference Protocol, version 2"),
    ("models:/NAME@ALIAS", "[mlflow]", "a version in MLflow; models:/NAME/3 by its number"),
    ("columns:NAME[,NAME...]", "", "answers made beforehand, in columns of the data"),
]


@click.command(
    name="list",
    short_help="the checks, suites and formats that there are",
    epilog="Example: modelgate list checks",
)
@click.argument("topic", metavar="[TOPIC]", required=False)
def command(topic: str | None) -> None:
    """Show what there is to choose from, all of it or one TOPIC.

    TOPIC is checks, perturbations (changes of inputs that checks ask about), suites, formats (of
    models), sources (formats of data), reporters (formats of reports), targets (what makes a
    promoted model serve), or schema: the JSON Schema of a suite, for editors.
    """
    from modelgate.cli.page import Page
    from modelgate.errors import UsageError, did_you_mean
    from modelgate.escape import shown

    if topic == "schema":
        return _schema()
    if topic is not None and topic not in TOPICS:
        near = did_you_mean(topic, [*TOPICS, "schema"])
        raise UsageError("MG2006", f"there is nothing to list as {shown(topic)}; {near}")
    page = Page()
    for place, name in enumerate(TOPICS if topic is None else [topic]):
        if place:
            page.gap()
        TOPICS[name](page)
    return None


def library_here() -> Library:
    """The checks, perturbations and suites that are built in, and those of the project here."""
    from pathlib import Path

    from modelgate.library import Library, builtin_root
    from modelgate.project import find_project

    project = find_project(Path.cwd())
    return Library(builtin_root(), *([project.root] if project else []))


def _schema() -> None:
    import json

    from modelgate.suite_file.schema import suite_json_schema

    click.echo(json.dumps(suite_json_schema(library_here()), indent=2))


def _checks(page: Page) -> None:
    from modelgate.check_text import summary

    library = library_here()
    page.heading("Checks", "`modelgate explain CHECK` tells more of one")
    families = sorted({check.family for check in library.values()})
    checks = sorted(library.values(), key=lambda check: (families.index(check.family), check.name))
    rows = [(one.name, one.family, one.severity.value, summary(one.ask)) for one in checks]
    page.table(rows or [("none", "")])


def _perturbations(page: Page) -> None:
    from modelgate.check_text import summary

    page.heading("Perturbations", "`modelgate explain PERTURBATION` tells more of one")
    ones = sorted(library_here().perturbations.values(), key=lambda one: (one.of, one.name))
    page.table([(one.name, one.of, summary(one.change)) for one in ones])


def _suites(page: Page) -> None:
    from modelgate.errors import UsageError
    from modelgate.library import builtin_root
    from modelgate.yaml_file import read_yaml

    page.heading("Suites", "`modelgate check MODEL --suite NAME` runs one")
    rows: Rows = []
    own = builtin_root().resolve()
    for name, path in sorted(library_here().suites.items()):
        try:
            said = read_yaml(path.read_bytes(), file=path.name).plain
        except (UsageError, OSError) as error:
            rows.append((name, "", f"cannot be read: {error}"))
            continue
        steps = said.get("checks") if isinstance(said, dict) else None
        title = str(said.get("title", "")) if isinstance(said, dict) else ""
        count = f"{len(steps) if isinstance(steps, list) else 0} checks"
        beside = "" if path.is_relative_to(own) else f" ({path})"
        rows.append((name, count, title + beside))
    page.table(rows or [("none", "", "")])


def _formats(page: Page) -> None:
    page.heading("Models", "what `modelgate check MODEL` takes, and the extra that it needs")
    page.table(MODELS)


def _sources(page: Page) -> None:
    from modelgate.sources import GROUP, Source

    page.heading("Data", "what `--data` takes")
    page.table(_seam("modelgate.sources", GROUP, Source))


def _reporters(page: Page) -> None:
    from modelgate.reporters import GROUP, Reporter

    page.heading("Reports", "what `--report FORMAT[:PATH]` takes")
    page.table(_seam("modelgate.reporters", GROUP, Reporter))


def _targets(page: Page) -> None:
    from modelgate.targets import GROUP, Target

    page.heading("Targets", "what `target:` of an alias in modelgate.yaml names")
    page.table(_seam("modelgate.targets", GROUP, Target))


def _seam(package: str, group: str, kind: type[object]) -> Rows:
    """Each implementation's name and the first line of what it says."""
    from inspect import getdoc

    from modelgate.plugins import found

    return [
        (getattr(one, "name", plugin.name), (getdoc(one) or "").split("\n", maxsplit=1)[0])
        for plugin in found(package, group=group)
        for one in plugin.classes(kind)
    ]


TOPICS: dict[str, Callable[[Page], None]] = {
    "checks": _checks,
    "perturbations": _perturbations,
    "suites": _suites,
    "formats": _formats,
    "sources": _sources,
    "reporters": _reporters,
    "targets": _targets,
}
